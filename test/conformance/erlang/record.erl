%% Runs what the modules export whose name is an id, each in a process of its own, and writes down what it returns:
%%   erl -noshell -run record main Folder Module...
-module(record).
-export([main/1]).

main([Folder | Modules]) ->
    logger:set_primary_config(level, none),
    Failed = lists:sum([record(Folder, list_to_atom(Module)) || Module <- Modules]),
    halt(min(Failed, 1)).

record(Folder, Module) ->
    Ids = lists:sort([Name || {Name, 0} <- Module:module_info(exports), is_id(atom_to_list(Name))]),
    Seen = [{Id, observed(Module, Id)} || Id <- Ids],
    Lines = [["    ", observe:json(Id), ": ", observe:json(Value)] || {Id, {ok, Value}} <- Seen],
    Text = ["{\n  \"of\": \"", platform(Module), "\",\n  \"items\": {\n",
            lists:join(",\n", Lines), "\n  }\n}\n"],
    ok = file:write_file(filename:join(Folder, atom_to_list(Module) ++ ".json"), unicode:characters_to_binary(Text)),
    Failures = [{Id, Reason} || {Id, {failed, Reason}} <- Seen],
    [io:format("~s: ~p~n", [Id, Reason]) || {Id, Reason} <- Failures],
    length(Failures).

%% What ran it: a program in another language says so itself.
platform(Module) ->
    case erlang:function_exported(Module, platform, 0) of
        true -> Module:platform();
        false -> ["Erlang/OTP ", erlang:system_info(otp_release)]
    end.

is_id(Name) -> re:run(Name, "^[A-Z]+-[0-9]{3}$") =/= nomatch.

observed(Module, Id) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({seen, Module:Id()}) end),
    receive
        {'DOWN', Ref, process, Pid, {seen, Value}} -> {ok, Value};
        {'DOWN', Ref, process, Pid, Reason} -> {failed, Reason}
    after 60000 ->
        exit(Pid, kill),
        {failed, timeout}
    end.
