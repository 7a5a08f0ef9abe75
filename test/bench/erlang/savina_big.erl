%% Savina 7: big, as 07-big.ts.
-module(savina_big).
-export([run/1]).

run(#{actors := W, pings := N}) ->
    Sink = self(),
    Actors = [spawn_link(fun() ->
                  receive
                      {neighbours, From, All} ->
                          From ! known,
                          big(Id, N, -1, Id + 1, All, Sink, 1, 0)
                  end
              end) || Id <- lists:seq(0, W - 1)],
    All = list_to_tuple(Actors),
    _ = [A ! {neighbours, Sink, All} || A <- Actors],
    Known = length([receive known -> ok end || _ <- Actors]),
    _ = [A ! {pong, -1} || A <- Actors],
    Finished = finished(W, Known),
    _ = [A ! exit || A <- Actors],
    {Handled, Checksum} = ended(W, Finished, 0),
    #{spawns => length(Actors), messages => Handled, checksum => Checksum}.

finished(0, Handled) -> Handled;
finished(W, Handled) -> receive finished -> finished(W - 1, Handled + 1) end.

ended(0, Handled, Checksum) -> {Handled, Checksum};
ended(W, Handled, Checksum) ->
    receive {ended, H, C} -> ended(W - 1, Handled + H, Checksum + C) end.

big(Id, Left, Pinged, Seed, All, Sink, Handled, Pings) ->
    receive
        {ping, From} ->
            element(From + 1, All) ! {pong, Id},
            big(Id, Left, Pinged, Seed, All, Sink, Handled + 1, Pings + 1);
        {pong, Pinged} when Left =:= 0 ->
            Sink ! finished,
            big(Id, Left, Pinged, Seed, All, Sink, Handled + 1, Pings);
        {pong, Pinged} ->
            {To, Next} = savina_random:below(Seed, tuple_size(All)),
            element(To + 1, All) ! {ping, Id},
            big(Id, Left - 1, To, Next, All, Sink, Handled + 1, Pings);
        exit -> Sink ! {ended, Handled + 1, (Id + 1) * Pings}
    end.
