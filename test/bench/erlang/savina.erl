%% Runs one program of the suite: erl ... -run savina main -extra NAME WARM_UPS RUNS key=value ...
%% A fresh process for each run. Prints one line of JSON: wall and CPU milliseconds of each run, and what came out.
-module(savina).
-export([main/0]).

main() ->
    [Name, WarmUps, Runs | Pairs] = init:get_plain_arguments(),
    Module = list_to_atom("savina_" ++ Name),
    Sizes = maps:from_list([sized(Pair) || Pair <- Pairs]),
    _ = [once(Module, Sizes) || _ <- lists:seq(1, list_to_integer(WarmUps))],
    Results = [once(Module, Sizes) || _ <- lists:seq(1, list_to_integer(Runs))],
    {Walls, Cpus, Outcomes} = lists:unzip3(Results),
    io:format("{\"wallMs\":~s,\"cpuMs\":~s,\"outcomes\":[~s],\"schedulers\":~b,\"otp\":\"~s\"}~n",
              [list(Walls), list(Cpus), lists:join(",", [outcome(O) || O <- Outcomes]),
               erlang:system_info(schedulers_online), erlang:system_info(otp_release)]),
    halt(0).

sized(Pair) ->
    [Key, Value] = string:split(Pair, "="),
    {list_to_atom(Key), number(Value)}.

number(Text) ->
    case string:to_float(Text) of
        {Float, ""} -> Float;
        _ -> list_to_integer(Text)
    end.

once(Module, Sizes) ->
    _ = [garbage_collect(P) || P <- processes()],
    {Cpu, Wall} = {erlang:statistics(runtime), erlang:monotonic_time(microsecond)},
    {Pid, Ref} = spawn_monitor(fun() -> exit({outcome, Module:run(Sizes)}) end),
    receive
        {'DOWN', Ref, process, Pid, {outcome, Outcome}} ->
            WallMs = (erlang:monotonic_time(microsecond) - Wall) / 1000,
            {WallMs, float(element(1, erlang:statistics(runtime)) - element(1, Cpu)), Outcome};
        {'DOWN', Ref, process, Pid, Reason} ->
            io:format(standard_error, "~p failed: ~p~n", [Module, Reason]),
            halt(1)
    end.

list(Numbers) -> ["[", lists:join(",", [io_lib:format("~.3f", [N]) || N <- Numbers]), "]"].

outcome(#{spawns := Spawns, messages := Messages, checksum := Checksum}) ->
    io_lib:format("{\"spawns\":~b,\"messages\":~b,\"checksum\":~s}", [Spawns, Messages, json(Checksum)]).

json(Number) when is_integer(Number) -> integer_to_list(Number);
json(Number) when is_float(Number) -> io_lib:format("~w", [Number]);
json(Text) when is_list(Text) -> ["\"", Text, "\""].
