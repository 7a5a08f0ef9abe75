%% Savina 10: concurrent sorted list, as 10-concurrent-sorted-list.ts.
-module(savina_concurrent_sorted_list).
-export([run/1]).

run(#{workers := W, messages := N, write_percent := Writes, size_percent := Sizes}) ->
    Main = self(),
    List = spawn_link(fun() -> list([], 0) end),
    Workers = [spawn_link(fun() ->
                   receive work -> next(Main, List, Writes, Sizes, N, Id + N + Writes + Sizes, 1) end
               end) || Id <- lists:seq(0, W - 1)],
    _ = [Worker ! work || Worker <- Workers],
    Handled = ended(W, 0),
    List ! {count, Main},
    receive
        {count, Digest, H} ->
            #{spawns => length(Workers) + 1, messages => Handled + H, checksum => Digest}
    end.

ended(0, Handled) -> Handled;
ended(W, Handled) -> receive {ended, H} -> ended(W - 1, Handled + H + 1) end.

next(Main, _, _, _, 0, _, Handled) -> Main ! {ended, Handled};
next(Main, List, Writes, Sizes, Left, Seed, Handled) ->
    {Kind, Next} = savina_random:below(Seed, 100),
    Last = if
        Kind < Sizes ->
            List ! {size, self()},
            Next;
        Kind < Sizes + Writes ->
            Value = savina_random:next(Next),
            List ! {write, self(), Value},
            Value;
        true ->
            Value = savina_random:next(Next),
            List ! {contains, self(), Value},
            Value
    end,
    receive {result, _} -> next(Main, List, Writes, Sizes, Left - 1, Last, Handled + 1) end.

list(List, Handled) ->
    receive
        {write, From, Value} ->
            New = add(Value, List),
            From ! {result, Value},
            list(New, Handled + 1);
        {contains, From, Value} ->
            From ! {result, case lists:member(Value, List) of true -> 1; false -> 0 end},
            list(List, Handled + 1);
        {size, From} ->
            From ! {result, length(List)},
            list(List, Handled + 1);
        {count, From} ->
            From ! {count, lists:foldl(fun(V, D) -> (D * 31 + V) rem 2147483647 end, 0, List), Handled}
    end.

add(Value, [First | Rest]) when Value >= First -> [First | add(Value, Rest)];
add(Value, List) -> [Value | List].
