%% Savina 1: ping-pong, as 01-ping-pong.ts.
-module(savina_ping_pong).
-export([run/1]).

run(#{round_trips := N}) ->
    Main = self(),
    Pong = spawn_link(fun() -> pong(Main, 0) end),
    Pong ! {ping, 1},
    {Handled, Sum} = ping(Pong, N, 0, 0),
    Pong ! {handled, Main},
    receive {handled, Pong, Others} -> #{spawns => 1, messages => Handled + Others, checksum => Sum} end.

ping(Pong, N, Handled, Sum) ->
    receive
        {pong, N} -> {Handled + 1, Sum + N};
        {pong, Serial} ->
            Pong ! {ping, Serial + 1},
            ping(Pong, N, Handled + 1, Sum + Serial)
    end.

pong(Ping, Handled) ->
    receive
        {ping, Serial} ->
            Ping ! {pong, Serial},
            pong(Ping, Handled + 1);
        {handled, From} -> From ! {handled, self(), Handled}
    end.
