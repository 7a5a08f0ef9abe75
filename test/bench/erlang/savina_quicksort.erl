%% Savina 25: quicksort, as 25-quicksort.ts.
-module(savina_quicksort).
-export([run/1]).

run(#{values := Values, threshold := Threshold}) ->
    Data = input(Values, 1024),
    Main = self(),
    Root = spawn_link(fun() -> sorter(Main, left, Threshold) end),
    Root ! {sort, Data},
    receive
        {left, Sorted, Spawns, Handled} ->
            #{spawns => Spawns + 1, messages => Handled + 1, checksum => checksum(Sorted, 0)}
    end.

input(0, _) -> [];
input(Left, Seed) ->
    Next = savina_random:next(Seed),
    [Next | input(Left - 1, Next)].

checksum([Value | Values], Sum) -> checksum(Values, (31 * Sum + Value) rem 2147483647);
checksum([], Sum) -> Sum.

sorter(Parent, Side, Threshold) ->
    receive {sort, Data} -> ok end,
    case length(Data) of
        Length when Length < Threshold -> Parent ! {Side, quicksort(Data), 0, 1};
        Length ->
            Pivot = lists:nth(Length div 2 + 1, Data),
            Self = self(),
            A = spawn_link(fun() -> sorter(Self, left, Threshold) end),
            A ! {sort, [Value || Value <- Data, Value < Pivot]},
            B = spawn_link(fun() -> sorter(Self, right, Threshold) end),
            B ! {sort, [Value || Value <- Data, Value > Pivot]},
            Equal = [Value || Value <- Data, Value =:= Pivot],
            receive {left, Less, SpawnsA, HandledA} -> ok end,
            receive {right, Greater, SpawnsB, HandledB} -> ok end,
            Parent ! {Side, Less ++ Equal ++ Greater, SpawnsA + SpawnsB + 2, HandledA + HandledB + 3}
    end.

quicksort([]) -> [];
quicksort([_] = Data) -> Data;
quicksort(Data) ->
    Pivot = lists:nth(length(Data) div 2 + 1, Data),
    quicksort([Value || Value <- Data, Value < Pivot])
        ++ [Value || Value <- Data, Value =:= Pivot]
        ++ quicksort([Value || Value <- Data, Value > Pivot]).
