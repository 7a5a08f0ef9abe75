%% What the benches are held against: erl ... -run anchor main -extra MODULE WHAT key=value ...
%% Calls MODULE:run(WHAT, Sizes) so often, each time in a fresh process, and prints what it returns as a line of JSON. `runs` of them count, 1 unless
%% said otherwise; `warmups`, 1 too, come before and are not printed.
-module(anchor).
-export([main/0, cost/1, now_ns/0, order/1, median/1, pss_kb/1]).

main() ->
    _ = logger:set_primary_config(level, none),
    [Module, What | Pairs] = init:get_plain_arguments(),
    Sizes = maps:from_list([sized(Pair) || Pair <- Pairs]),
    Once = fun() -> once(list_to_atom(Module), list_to_atom(What), Sizes) end,
    _ = [Once() || _ <- lists:seq(1, maps:get(warmups, Sizes, 1))],
    _ = [io:format("~s~n", [json(Once())]) || _ <- lists:seq(1, maps:get(runs, Sizes, 1))],
    halt(0).

sized(Pair) ->
    [Key, Value] = string:split(Pair, "="),
    {list_to_atom(Key), list_to_integer(Value)}.

%% A fresh process, so that one run's heap is not another's garbage.
once(Module, What, Sizes) ->
    _ = [garbage_collect(P) || P <- processes()],
    {Pid, Ref} = spawn_monitor(fun() -> exit({figures, Module:run(What, Sizes)}) end),
    receive
        {'DOWN', Ref, process, Pid, {figures, Figures}} -> Figures;
        {'DOWN', Ref, process, Pid, Reason} ->
            io:format(standard_error, "~p:~p failed: ~p~n", [Module, What, Reason]),
            halt(1)
    end.

json(Figures) ->
    Fields = [io_lib:format("\"~s\":~s", [Name, number(Value)]) || {Name, Value} <- maps:to_list(Figures)],
    ["{", lists:join(",", Fields), "}"].

number(Value) when is_integer(Value) -> integer_to_list(Value);
number(Value) when is_float(Value) -> io_lib:format("~w", [Value]).

now_ns() -> erlang:monotonic_time(nanosecond).

%% Wall and CPU milliseconds of this VM while the function runs, and what it returns.
cost(Work) ->
    {Cpu, _} = statistics(runtime),
    Wall = now_ns(),
    Result = Work(),
    {#{wallMs => (now_ns() - Wall) / 1.0e6, cpuMs => element(1, statistics(runtime)) - Cpu}, Result}.

%% Five fields, made at run time: a literal would be shared and not copied.
order(Id) ->
    #{id => Id, name => iolist_to_binary(["actor-", integer_to_list(Id)]), kind => order, price => Id / 7, qty => Id * 3}.

median(List) ->
    Sorted = lists:sort(List),
    Length = length(Sorted),
    (lists:nth((Length + 1) div 2, Sorted) + lists:nth(Length div 2 + 1, Sorted)) / 2.

%% Memory of an OS process, what it shares with others shared out among them.
pss_kb(OsPid) ->
    {ok, Rollup} = file:read_file("/proc/" ++ OsPid ++ "/smaps_rollup"),
    {match, [Kb]} = re:run(Rollup, "Pss:\\s+(\\d+) kB", [{capture, all_but_first, list}]),
    list_to_integer(Kb).
