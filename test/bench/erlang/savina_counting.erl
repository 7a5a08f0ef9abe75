%% Savina 2: counting, as 02-counting.ts.
-module(savina_counting).
-export([run/1]).

run(#{increments := N}) ->
    Main = self(),
    Counter = spawn_link(fun() -> counter(0, 0) end),
    Producer = spawn_link(fun() -> producer(Counter) end),
    Producer ! {produce, Main, N},
    receive
        {produced, Count, Handled} -> #{spawns => 2, messages => Handled + 1, checksum => Count}
    end.

producer(Counter) ->
    receive
        {produce, From, N} ->
            send(Counter, N),
            Counter ! {retrieve, self()},
            receive {count, Count, Handled} -> From ! {produced, Count, Handled + 2} end
    end.

send(_, 0) -> ok;
send(Counter, N) ->
    Counter ! increment,
    send(Counter, N - 1).

counter(Count, Handled) ->
    receive
        increment -> counter(Count + 1, Handled + 1);
        {retrieve, From} -> From ! {count, Count, Handled + 1}
    end.
