%% Savina 17: a pipeline that sorts by one bit in each stage, the lowest first, as 17-radix-sort.ts.
-module(savina_radix_sort).
-export([run/1]).

run(#{values := N, bits := Bits, seed := Seed}) ->
    Main = self(),
    Validation = spawn_link(fun() -> validation(Main, N, 0, 0, 0) end),
    Stages = lists:foldl(fun(Bit, [Next | _] = Stages) ->
                             [spawn_link(fun() -> sorter(Main, N, 1 bsl Bit, Next, [], 0) end) | Stages]
                         end, [Validation], lists:seq(Bits - 1, 0, -1)),
    Source = spawn_link(fun() -> receive {start, First} -> source(Main, First, N, Bits, Seed) end end),
    Source ! {start, hd(Stages)},
    Spawns = 1 + length(Stages),
    {Handled, Checksum} = ended(Spawns, 0, 0),
    #{spawns => Spawns, messages => Handled, checksum => Checksum}.

ended(0, Handled, Checksum) -> {Handled, Checksum};
ended(Left, Handled, Checksum) ->
    receive {ended, More, Sum} -> ended(Left - 1, Handled + More, Checksum + Sum) end.

source(Main, _, 0, _, _) -> Main ! {ended, 1, 0};
source(Main, First, Left, Bits, Seed) ->
    High = savina_random:next(Seed),
    {Low, Seed1} = savina_random:below(High, 1 bsl 22),
    First ! {value, ((High bsl 22 + Low) bsl 7) band (1 bsl Bits - 1)},
    source(Main, First, Left - 1, Bits, Seed1).

sorter(Main, N, _, Next, Kept, N) ->
    [Next ! {value, Value} || Value <- lists:reverse(Kept)],
    Main ! {ended, N, 0};
sorter(Main, N, Radix, Next, Kept, Handled) ->
    receive
        {value, Value} = Message ->
            case Value band Radix of
                0 ->
                    Next ! Message,
                    sorter(Main, N, Radix, Next, Kept, Handled + 1);
                _ -> sorter(Main, N, Radix, Next, [Value | Kept], Handled + 1)
            end
    end.

validation(Main, N, _, Checksum, N) -> Main ! {ended, N, Checksum};
validation(Main, N, Previous, Checksum, Handled) ->
    receive
        {value, Value} when Value >= Previous, Checksum >= 0 ->
            validation(Main, N, Value, (31 * Checksum + Value div 128 rem 2147483647) rem 2147483647, Handled + 1);
        {value, Value} -> validation(Main, N, Value, -1, Handled + 1)
    end.
