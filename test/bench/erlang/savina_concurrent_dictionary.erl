%% Savina 9: concurrent dictionary, as 09-concurrent-dictionary.ts.
-module(savina_concurrent_dictionary).
-export([run/1]).

run(#{workers := W, messages := N, write_percent := Percent, entries := Entries}) ->
    Main = self(),
    Dictionary = spawn_link(fun() -> dictionary(filled(Entries), 0) end),
    Workers = [spawn_link(fun() ->
                   receive work -> next(Main, Dictionary, Percent, N, Id + N + Percent, 1, 0) end
               end) || Id <- lists:seq(0, W - 1)],
    _ = [Worker ! work || Worker <- Workers],
    {Handled, Written} = ended(W, 0, 0),
    Dictionary ! {count, Main},
    receive
        {count, Size, H} ->
            #{spawns => length(Workers) + 1, messages => Handled + H, checksum => Written + Size}
    end.

ended(0, Handled, Written) -> {Handled, Written};
ended(W, Handled, Written) ->
    receive {ended, H, Sum} -> ended(W - 1, Handled + H + 1, Written + Sum) end.

next(Main, _, _, 0, _, Handled, Written) -> Main ! {ended, Handled, Written};
next(Main, Dictionary, Percent, Left, Seed0, Handled, Written) ->
    Seed1 = savina_random:next(Seed0),
    Key = savina_random:next(Seed1),
    if
        Seed1 rem 100 < Percent ->
            Value = savina_random:next(Key),
            Dictionary ! {write, self(), Key, Value},
            receive
                {value, V} -> next(Main, Dictionary, Percent, Left - 1, Value, Handled + 1, Written + V)
            end;
        true ->
            Dictionary ! {read, self(), Key},
            receive
                {value, _} -> next(Main, Dictionary, Percent, Left - 1, Key, Handled + 1, Written)
            end
    end.

filled(Entries) -> maps:from_list([{K, K} || K <- lists:seq(0, Entries - 1)]).

dictionary(Map, Handled) ->
    receive
        {write, From, Key, Value} ->
            From ! {value, Value},
            dictionary(Map#{Key => Value}, Handled + 1);
        {read, From, Key} ->
            From ! {value, case Map of #{Key := Value} -> Value; _ -> 0 end},
            dictionary(Map, Handled + 1);
        {count, From} -> From ! {count, map_size(Map), Handled}
    end.
