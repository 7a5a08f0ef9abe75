%% Savina 8: Fibonacci, as 08-fibonacci.ts.
-module(savina_fibonacci).
-export([run/1]).

run(#{n := N}) ->
    Main = self(),
    spawn_link(fun() -> fib(Main) end) ! {request, N},
    receive
        {response, Value, Spawns, Messages} ->
            #{spawns => Spawns + 1, messages => Messages + 1, checksum => Value}
    end.

fib(Parent) ->
    receive
        {request, N} when N =< 2 -> Parent ! {response, 1, 0, 1};
        {request, N} ->
            Me = self(),
            spawn_link(fun() -> fib(Me) end) ! {request, N - 1},
            spawn_link(fun() -> fib(Me) end) ! {request, N - 2},
            receive
                {response, V1, S1, M1} ->
                    receive
                        {response, V2, S2, M2} ->
                            Parent ! {response, V1 + V2, 2 + S1 + S2, 1 + M1 + 1 + M2 + 1}
                    end
            end
    end.
