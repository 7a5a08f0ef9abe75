%% Savina 5: thread ring, as 05-thread-ring.ts.
-module(savina_thread_ring).
-export([run/1]).

run(#{actors := N, hops := Hops}) ->
    Main = self(),
    Ring = [First | Others] = [spawn_link(fun() -> member(Main, Place, N) end) || Place <- lists:seq(1, N)],
    _ = [M ! {link, Main, Next} || {M, Next} <- lists:zip(Ring, Others ++ [First])],
    Linked = length([receive linked -> ok end || _ <- Ring]),
    First ! {ping, Hops},
    receive
        {ended, Handled, Checksum} -> #{spawns => length(Ring), messages => Linked + Handled, checksum => Checksum}
    end.

member(Main, Place, N) ->
    receive
        {link, From, Next} ->
            From ! linked,
            member(Main, Place, N, Next, 1, 0)
    end.

member(Main, Place, N, Next, Handled, Sum) ->
    receive
        {ping, 0} ->
            Next ! {'end', N - 1, 0, 0},
            member(Main, Place, N, Next, Handled + 1, Sum);
        {ping, Left} ->
            Next ! {ping, Left - 1},
            member(Main, Place, N, Next, Handled + 1, Sum + Left);
        {'end', 0, H, C} -> Main ! {ended, H + Handled + 1, C + Place * Sum};
        {'end', Left, H, C} -> Next ! {'end', Left - 1, H + Handled + 1, C + Place * Sum}
    end.
