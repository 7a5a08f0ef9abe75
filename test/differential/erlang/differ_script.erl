%% Runs one script: this process is the parent of its tree. After each step it waits until everything has come to rest.
-module(differ_script).
-export([run/1]).

-record(run, {
    observer,
    stranger,
    spec,
    top = none,
    %% Workers that told their supervisor that they had ended, and those that unlinked themselves from it.
    pretenders = [],
    unlinked = []
}).

-define(look_again_ms, 2).
%% Far beyond what anything takes.
-define(patience_ms, 60000).

run(#{top := Spec, plans := Plans, steps := Steps}) ->
    process_flag(trap_exit, true),
    {ok, Observer} = differ_observer:start(),
    Stranger = spawn_link(fun stranger/0),
    ok = differ_observer:plan(Observer, Plans),
    Run = #run{observer = Observer, stranger = Stranger, spec = Spec},
    {Observations, Last} = steps(Steps, Run, []),
    End = observe(begin_at(Last), fun close/1),
    sweep(Last),
    exit(Stranger, kill),
    gen_server:stop(Observer),
    Observations ++ [element(1, End)].

steps([], Run, Observations) ->
    {lists:reverse(Observations), Run};
steps([Step | Rest], Run, Observations) ->
    ok = differ_observer:plan(Run#run.observer, maps:get(plans, Step, [])),
    {Observation, Next} = observe(begin_at(Run), fun(Started) -> act(Step, Started) end),
    steps(Rest, Next, [Observation | Observations]).

%% The top runs, if it can.
begin_at(#run{top = none, observer = Observer, spec = Spec} = Run) ->
    case differ_supervisor:start(Observer, Spec) of
        {ok, Pid} ->
            {started, Run#run{top = Pid}};
        Other ->
            receive {'EXIT', _, _} -> ok after 0 -> ok end,
            {Other, Run}
    end;
begin_at(Run) ->
    {runs, Run}.

observe({Began, Run}, Act) ->
    {Rested, Before} = rested(Began, Run),
    {Result, Acted} = Act(Rested),
    {Tree, Settled, After} = settle(Acted),
    Ended = lists:reverse(After ++ Before),
    Events = differ_observer:take(Run#run.observer),
    {_, Procs} = differ_observer:look(Run#run.observer),
    At = erlang:monotonic_time(millisecond),
    {labelled({Began, Result, Events, Tree, Ended, At}, Procs), Settled}.

%% What a start of the top has left behind is over before anything else happens.
rested(runs, Run) -> {Run, []};
rested(_, Run) ->
    {_, Rested, Ended} = settle(Run),
    {Rested, Ended}.

%% Actions

act(#{do := 'end', at := Path, how := How}, Run) ->
    {with(Path, Run, fun(Pid) -> finish(Run, Pid, How) end), Run};
act(#{do := signal, at := Path, reason := Reason}, Run) ->
    Send = fun(Pid) ->
        by_stranger(Run, fun() ->
            exit(Pid, signal(Reason)),
            ping(Pid)
        end)
    end,
    {with(Path, Run, Send), Run};
act(#{do := parent}, #run{top = none} = Run) ->
    {nobody, Run};
act(#{do := parent, reason := Reason}, #run{top = Top} = Run) ->
    exit(Top, signal(Reason)),
    ping(Top),
    {done, Run};
act(#{do := pretend, at := Path, reason := Reason}, #run{pretenders = Pretenders} = Run) ->
    case latest(Path, Run) of
        Pid when is_pid(Pid) ->
            catch gen_server:call(Pid, {pretend, signal(Reason)}, infinity),
            {done, Run#run{pretenders = [Pid | Pretenders]}};
        nobody ->
            {nobody, Run}
    end;
act(#{do := unlink, at := Path}, #run{unlinked = Unlinked} = Run) ->
    case latest(Path, Run) of
        Pid when is_pid(Pid) ->
            catch gen_server:call(Pid, unlink, infinity),
            {done, Run#run{unlinked = [Pid | Unlinked]}};
        nobody ->
            {nobody, Run}
    end;
act(#{do := mail, at := Path}, Run) ->
    {with(Path, Run, fun(Pid) -> by_stranger(Run, fun() -> Pid ! unexpected, ping(Pid) end) end), Run};
act(#{do := ask, at := Path, request := Request}, Run) ->
    {with(Path, Run, fun(Pid) -> ask(Run, Pid, meant(Run, Request)) end), Run};
act(#{do := during, at := Path, how := How, supervisor := Above, requests := Requests}, Run) ->
    {with(Above, Run, fun(Pid) -> during(Run, Path, How, Pid, Requests) end), Run};
act(#{do := wait, ms := Ms}, Run) ->
    timer:sleep(Ms),
    {done, Run}.

finish(Run, Pid, How) ->
    by_stranger(Run, fun() ->
        gen_server:cast(Pid, {finish, How}),
        ping(Pid)
    end).

%% Until the child starts again or everything rests; then the requests, one behind the other; then the start goes on.
during(#run{observer = Observer} = Run, Path, How, Supervisor, Requests) ->
    ok = differ_observer:gate(Observer, Path),
    Meant = [meant(Run, Request) || Request <- Requests],
    with(Path, Run, fun(Pid) -> finish(Run, Pid, How) end),
    case at_gate(Run) of
        true ->
            Answers = [behind(Run, Supervisor, Request) || Request <- Meant],
            ok = differ_observer:open(Observer),
            {true, [receive {Answer, Result} -> Result end || Answer <- Answers]};
        false ->
            % Nothing holds the supervisor up: each request is answered before the next one.
            ok = differ_observer:open(Observer),
            {false, [ask(Run, Supervisor, Request) || Request <- Meant]}
    end.

%% A request of its own process that lies in the mailbox of the supervisor.
behind(Run, Supervisor, Request) ->
    Answer = later(fun() -> ask(Run, Supervisor, Request) end),
    queued(Supervisor, Answer),
    Answer.

at_gate(#run{observer = Observer} = Run) ->
    case differ_observer:gated(Observer) of
        true ->
            true;
        false ->
            {Version, _} = differ_observer:look(Observer),
            case rests(Run, Version) of
                true ->
                    differ_observer:gated(Observer);
                false ->
                    timer:sleep(?look_again_ms),
                    at_gate(Run)
            end
    end.

%% Whether the tree has come to rest; it must not be asked while a start waits at the gate, since the supervisor cannot answer.
rests(#run{observer = Observer} = Run, Version) ->
    Asked = later(fun() -> looks_settled(Run) end),
    until_answered(Observer, Asked, Version).

until_answered(Observer, Asked, Version) ->
    receive
        {Asked, {true, _, Version}} -> true;
        {Asked, _} -> false
    after ?look_again_ms ->
        case differ_observer:gated(Observer) of
            true -> true;
            false -> until_answered(Observer, Asked, Version)
        end
    end.

%% Until the request of this process lies in that mailbox.
queued(Pid, Caller) ->
    case process_info(Pid, messages) of
        {messages, Messages} ->
            case [found || {'$gen_call', {From, _}, _} <- Messages, From =:= Caller] of
                [] ->
                    timer:sleep(?look_again_ms),
                    queued(Pid, Caller);
                _ ->
                    ok
            end;
        undefined ->
            ok
    end.

later(Do) ->
    Self = self(),
    spawn_link(fun() -> Self ! {self(), Do()} end).

ask(Run, Supervisor, Request) ->
    try
        asked(Run, Supervisor, Request)
    catch
        exit:{Reason, {gen_server, call, _}} -> {exit, Reason}
    end.

asked(_, Supervisor, #{call := which}) -> supervisor:which_children(Supervisor);
asked(_, Supervisor, #{call := count}) -> supervisor:count_children(Supervisor);
asked(_, Supervisor, #{call := spec, id := Id}) ->
    case supervisor:get_childspec(Supervisor, Id) of
        {ok, Spec} -> {ok, maps:without([start, modules], Spec)};
        Error -> Error
    end;
asked(_, Supervisor, #{call := terminate, id := Id}) -> supervisor:terminate_child(Supervisor, Id);
asked(_, Supervisor, #{call := restart, id := Id}) -> supervisor:restart_child(Supervisor, Id);
asked(_, Supervisor, #{call := delete, id := Id}) -> supervisor:delete_child(Supervisor, Id);
asked(#run{observer = Observer}, Supervisor, #{call := start, child := Child}) ->
    supervisor:start_child(Supervisor, differ_supervisor:child(Observer, Child));
asked(_, Supervisor, #{call := start_dynamic, number := Number}) -> supervisor:start_child(Supervisor, [Number]);
asked(_, _, #{call := terminate_dynamic, pid := nobody}) -> nobody;
asked(_, Supervisor, #{call := terminate_dynamic, pid := Pid}) -> supervisor:terminate_child(Supervisor, Pid).

%% Who is meant is who has the path when the step begins.
meant(Run, #{call := terminate_dynamic, path := Path} = Request) -> Request#{pid => latest(Path, Run)};
meant(_, Request) -> Request.

%% In order, as the parent would.
close(#run{top = none} = Run) ->
    {nobody, Run};
close(#run{top = Top} = Run) ->
    exit(Top, shutdown),
    ping(Top),
    {done, Run}.

%% Those that unlinked themselves have outlived their tree.
sweep(#run{observer = Observer}) ->
    {_, Procs} = differ_observer:look(Observer),
    [exit(Pid, kill) || {Pid, {_, _, _, _, alive}} <- maps:to_list(Procs)].

with(Path, Run, Do) ->
    case latest(Path, Run) of
        nobody -> nobody;
        Pid -> Do(Pid)
    end.

latest(Path, #run{observer = Observer}) -> differ_observer:latest(Observer, Path).

signal(clean) -> {shutdown, done};
signal(Reason) -> Reason.

%% Whatever this process sent before has been dealt with, or the other one has ended.
ping(Pid) -> catch gen_server:call(Pid, ping_or_count(Pid), infinity).

ping_or_count(Pid) ->
    case process_info(Pid, dictionary) of
        {dictionary, Dictionary} ->
            case lists:keyfind('$initial_call', 1, Dictionary) of
                {_, {supervisor, _, _}} -> count_children;
                _ -> ping
            end;
        undefined ->
            ping
    end.

stranger() ->
    receive
        {do, From, Do} ->
            Do(),
            From ! {self(), done},
            stranger()
    end.

by_stranger(#run{stranger = Stranger}, Do) ->
    Stranger ! {do, self(), Do},
    receive {Stranger, done} -> done end.

%% Rest

%% Looks until two looks in a row see the same, and everybody is where he belongs.
settle(Run) -> settle(Run, none, [], erlang:monotonic_time(millisecond) + ?patience_ms).

settle(Run, Before, Ended, Until) ->
    {Next, More} = take_ends(Run, Ended),
    {Settled, Tree, Version} = looks_settled(Next),
    Now = {Settled, Tree, Version, Next#run.top},
    {_, Procs} = differ_observer:look(Next#run.observer),
    IsTold = Next#run.top =:= none orelse is_live(Next#run.top, Procs),
    case Now of
        Before when Settled, IsTold ->
            {Tree, Next, More};
        _ ->
            erlang:monotonic_time(millisecond) < Until orelse
                error({nothing_comes_to_rest, labelled({Now, Procs}, Procs)}),
            Settled orelse timer:sleep(?look_again_ms),
            settle(Next, Now, More, Until)
    end.

take_ends(#run{top = Top, stranger = Stranger} = Run, Ended) ->
    receive
        {'EXIT', Top, Reason} -> take_ends(Run#run{top = none}, [Reason | Ended]);
        {'EXIT', Pid, _} when Pid =/= Stranger -> take_ends(Run, Ended)
    after 0 -> {Run, Ended}
    end.

looks_settled(#run{observer = Observer, top = Top} = Run) ->
    {Version, Before} = differ_observer:look(Observer),
    Tree =
        case is_live(Top, Before) of
            false -> [];
            true -> walk(Top)
        end,
    {After, Procs} = differ_observer:look(Observer),
    Settled = Version =:= After andalso listed_live(Tree, Procs, Run) andalso live_listed(Tree, Procs, Run),
    {Settled, Tree, After}.

%% Each supervisor of the tree, the top first: {pid, which_children, count_children}.
walk(Pid) ->
    try
        Children = supervisor:which_children(Pid),
        Counts = lists:sort(supervisor:count_children(Pid)),
        Below = [walk(Child) || {_, Child, supervisor, _} <- lists:reverse(Children), is_pid(Child)],
        [{Pid, Children, Counts} | lists:append(Below)]
    catch
        exit:_ -> [{Pid, gone, []}]
    end.

%% Nobody listed is dead without the supervisor's noticing, or about to be started again.
listed_live(Tree, Procs, #run{unlinked = Unlinked}) ->
    lists:all(
        fun
            ({_, gone, _}) ->
                false;
            ({_, Children, _}) ->
                lists:all(
                    fun({_, Child, _, _}) ->
                        Child =:= undefined orelse
                            (is_pid(Child) andalso (is_live(Child, Procs) orelse lists:member(Child, Unlinked)))
                    end,
                    Children
                )
        end,
        Tree
    ).

%% Whoever is alive is where he belongs: in the list of his supervisor, unless the script has made it otherwise.
live_listed(Tree, Procs, #run{top = Top, unlinked = Unlinked, pretenders = Pretenders}) ->
    Listed = [Child || {_, Children, _} <- Tree, is_list(Children), {_, Child, _, _} <- Children],
    lists:all(
        fun
            ({_, {_, _, _, _, dead}}) ->
                true;
            ({Pid, {_, _, Parent, _, alive}}) ->
                Pid =:= Top orelse lists:member(Pid, Listed) orelse lists:member(Pid, Unlinked) orelse
                    (lists:member(Pid, Pretenders) andalso is_live(Parent, Procs))
        end,
        maps:to_list(Procs)
    ).

is_live(Pid, Procs) ->
    case Procs of
        #{Pid := {_, _, _, _, alive}} -> true;
        _ -> false
    end.

%% Pids as what the observer calls them, in whatever they stand.
labelled(Pid, Procs) when is_pid(Pid) ->
    case Procs of
        #{Pid := {Label, _, _, _, _}} -> Label;
        _ -> stranger
    end;
labelled([Head | Tail], Procs) -> [labelled(Head, Procs) | labelled(Tail, Procs)];
labelled(Tuple, Procs) when is_tuple(Tuple) -> list_to_tuple(labelled(tuple_to_list(Tuple), Procs));
labelled(Map, Procs) when is_map(Map) -> maps:map(fun(_, Value) -> labelled(Value, Procs) end, Map);
labelled(Other, _) -> Other.
