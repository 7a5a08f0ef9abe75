%% PROC-041 to PROC-076.
-module(processes_2).
-export(['PROC-041'/0, 'PROC-042'/0, 'PROC-043'/0, 'PROC-044'/0, 'PROC-045'/0, 'PROC-046'/0, 'PROC-047'/0, 'PROC-048'/0]).
-export(['PROC-049'/0, 'PROC-050'/0, 'PROC-051'/0, 'PROC-052'/0, 'PROC-053'/0, 'PROC-054'/0, 'PROC-055'/0]).

%% ---- exit signals

'PROC-041'() ->
    Victim = idle(),
    Ref = monitor(process, Victim),
    Returned = [exit(Victim, normal), exit(Victim, first), exit(Victim, second)],
    Reason = receive {'DOWN', Ref, process, Victim, R} -> R end,
    #{returned => Returned, reason => Reason, dead => exit(Victim, again)}.

'PROC-042'() ->
    Victim = puppet(false),
    Flags = [do(Victim, fun() -> process_flag(trap_exit, Trap) end) || Trap <- [true, true]],
    exit(Victim, one),
    Heard = heard(Victim, 1),
    Last = do(Victim, fun() -> process_flag(trap_exit, false) end),
    Ref = monitor(process, Victim),
    exit(Victim, two),
    Reason = receive {'DOWN', Ref, process, Victim, R} -> R end,
    #{flags => Flags ++ [Last], trapped => label(Heard, #{self() => sender}), reason => Reason}.

'PROC-043'() ->
    [Sender, Partner, Trapper] = [puppet(false), puppet(false), puppet(true)],
    do(Trapper, fun() -> link(Partner) end),
    do(Sender, fun() -> exit(Trapper, hello) end),
    heard(Trapper, 1),
    do(Sender, fun() -> exit(Partner, bye) end),
    label(heard(Trapper, 2), #{Sender => sender, Partner => partner}).

'PROC-044'() ->
    process_flag(trap_exit, true),
    Compound = #{list => [1, <<"two">>, [three, #{four => 5}]], big => 1 bsl 80},
    Reasons = [
        {word, boom}, {number, 42}, {float, 1.5}, {text, <<"a text">>}, {empty, []}, {compound, Compound},
        {large, lists:seq(1, 100000)}, {deep, lists:foldl(fun(_, Inner) -> [Inner] end, bottom, lists:seq(1, 500))}
    ],
    maps:from_list([{Name, unchanged(Reason)} || {Name, Reason} <- Reasons]).

%% By exit/1 and by exit/2: what the link tells, and what the monitor tells.
unchanged(Reason) ->
    Ends = [
        {by_itself, fun() -> spawn_opt(fun() -> exit(Reason) end, [link, monitor]) end},
        {by_signal, fun() ->
            {Pid, Ref} = spawn_opt(fun() -> receive after infinity -> ok end end, [link, monitor]),
            exit(Pid, Reason),
            {Pid, Ref}
        end}
    ],
    maps:from_list([{How, begin
        {Pid, Ref} = End(),
        Exit = receive {'EXIT', Pid, R1} -> R1 end,
        Down = receive {'DOWN', Ref, process, Pid, R2} -> R2 end,
        [Exit =:= Reason, Down =:= Reason]
    end} || {How, End} <- Ends]).

'PROC-045'() ->
    Victims = [idle(), puppet(true)],
    Before = [is_process_alive(Victim) || Victim <- Victims],
    After = [begin exit(Victim, kill), is_process_alive(Victim) end || Victim <- Victims],
    #{before => Before, 'after' => After}.

%% ---- monitors

'PROC-046'() ->
    Ends = [
        {returns, fun() -> ok end},
        {normal, fun() -> exit(normal) end},
        {shutdown, fun() -> exit(shutdown) end},
        {boom, fun() -> exit(boom) end},
        {crash, fun() -> error(crashed) end},
        {signal, fun() -> exit(self(), signal) end},
        {kill, fun() -> exit(self(), kill) end}
    ],
    maps:from_list([{How, begin
        Victim = spawn(fun() -> receive go -> End() end end),
        monitor(process, Victim),
        Victim ! go,
        [Down] = observe:take(1),
        [label(Down, #{Victim => victim}), observe:quiet(10)]
    end} || {How, End} <- Ends]).

'PROC-047'() ->
    Victim = idle(),
    Refs = [monitor(process, Victim) || _ <- [1, 2, 3]],
    exit(Victim, boom),
    Downs = observe:take(3),
    Told = [Ref || {'DOWN', Ref, process, Pid, boom} <- Downs, Pid =:= Victim],
    #{refs => length(lists:usort(Refs)), told => lists:sort(Told) =:= lists:sort(Refs), more => observe:quiet(10)}.

'PROC-048'() ->
    Dead = dead(),
    Ref = monitor(process, Dead),
    [Down] = observe:take(1),
    #{returned => Ref, down => label(Down, #{Dead => dead}), same => element(2, Down) =:= Ref}.

'PROC-049'() ->
    Watched = puppet(false),
    register(proc_049, Watched),
    monitor(process, proc_049),
    monitor(process, proc_049_nobody),
    [Nobody] = observe:take(1),
    exit(Watched, boom),
    [Down] = observe:take(1),
    [here(Nobody), here(Down)].

'PROC-050'() ->
    [First, Next] = [puppet(false), puppet(false)],
    register(proc_050, First),
    monitor(process, proc_050),
    unregister(proc_050),
    register(proc_050, Next),
    exit(Next, not_me),
    observe:down(Next),
    Early = observe:quiet(10),
    exit(First, me),
    [Down] = observe:take(1),
    #{early => Early, down => here(Down)}.

'PROC-051'() ->
    [Removed, Queued, Flushed] = [idle(), idle(), idle()],
    One = monitor(process, Removed),
    demonitor(One),
    exit(Removed, kill),
    observe:down(Removed),
    None = observe:take(one, 10),
    Two = monitor(process, Queued),
    exit(Queued, kill),
    waiting(1),
    demonitor(Two),
    [Kept] = observe:take(1),
    Three = monitor(process, Flushed),
    exit(Flushed, kill),
    waiting(1),
    demonitor(Three, [flush]),
    #{removed => None, queued => label(Kept, #{Queued => victim}), flushed => observe:take(one, 10)}.

'PROC-052'() ->
    Alive = idle(),
    Dead = dead(),
    Active = fun() -> monitor(process, Alive) end,
    Removed = fun() -> Ref = monitor(process, Alive), demonitor(Ref), Ref end,
    Fired = fun() -> Ref = monitor(process, Dead), waiting(1), receive {'DOWN', Ref, _, _, _} -> Ref end end,
    Queued = fun() -> Ref = monitor(process, Dead), waiting(1), Ref end,
    Each = [{active, Active}, {removed, Removed}, {fired, Fired}, {unknown, fun make_ref/0}],
    #{
        plain => maps:from_list([{How, demonitor(Make())} || {How, Make} <- Each]),
        info => maps:from_list([{How, demonitor(Make(), [info])} || {How, Make} <- Each]),
        info_and_flush => [demonitor(Queued(), [info, flush]), observe:take(one, 10), demonitor(Active(), [flush, info])],
        not_a_ref => outcome(fun() -> demonitor(not_a_ref) end),
        bad_option => outcome(fun() -> demonitor(Active(), [flus]) end)
    }.

'PROC-053'() ->
    [Watcher, Watched] = [puppet(false), puppet(true)],
    do(Watcher, fun() -> monitor(process, Watched) end),
    Before = label(element(2, process_info(Watched, monitored_by)), #{Watcher => watcher}),
    exit(Watcher, kill),
    After = until(fun() -> element(2, process_info(Watched, monitored_by)) end, []),
    #{before => Before, 'after' => After, heard => heard(Watched, 0), alive => is_process_alive(Watched)}.

'PROC-054'() ->
    Victim = idle(),
    monitor(process, Victim, [{tag, mine}]),
    exit(Victim, boom),
    [Ended] = observe:take(1),
    monitor(process, Victim, [{tag, [mine, 2]}]),
    [Late] = observe:take(1),
    monitor(process, proc_054_nobody, [{tag, <<"nobody">>}]),
    [Nobody] = observe:take(1),
    [label(Message, #{Victim => victim, node() => here}) || Message <- [Ended, Late, Nobody]].

'PROC-055'() ->
    process_flag(trap_exit, true),
    Register = fun(Tie) ->
        Owner = idle(),
        register(proc_055, Owner),
        Tie(Owner),
        exit(Owner, kill),
        [Notice] = observe:take(1),
        Found = whereis(proc_055),
        Registered = register(proc_055, self()),
        unregister(proc_055),
        [element(1, Notice), Found, Registered]
    end,
    [Register(fun(Owner) -> monitor(process, Owner) end), Register(fun erlang:link/1)].

%% ---- what they use

idle() -> spawn(fun() -> receive after infinity -> ok end end).

dead() ->
    Pid = spawn(fun() -> ok end),
    observe:down(Pid),
    Pid.

%% A process that does what it is told, and keeps what it hears.
puppet(Traps) ->
    Pid = spawn(fun() -> process_flag(trap_exit, Traps), puppet_loop([], []) end),
    do(Pid, fun() -> Pid end).

puppet_loop(Heard, Waiting) ->
    receive
        {do, From, Ref, Fun} ->
            From ! {Ref, Fun()},
            puppet_loop(Heard, Waiting);
        {heard, From, Ref, Count} ->
            puppet_loop(Heard, answered(Heard, [{From, Ref, Count} | Waiting]));
        Message ->
            puppet_loop(Heard ++ [Message], answered(Heard ++ [Message], Waiting))
    end.

answered(Heard, Waiting) ->
    {Ready, Rest} = lists:partition(fun({_, _, Count}) -> length(Heard) >= Count end, Waiting),
    [From ! {Ref, Heard} || {From, Ref, _} <- Ready],
    Rest.

%% Runs a function in a puppet; its result.
do(Puppet, Fun) -> ask(Puppet, do, Fun).
%% What a puppet heard, as soon as that is Count messages or more.
heard(Puppet, Count) -> ask(Puppet, heard, Count).

ask(Puppet, What, Argument) ->
    Ref = make_ref(),
    Puppet ! {What, self(), Ref, Argument},
    receive {Ref, Answer} -> Answer
    after 5000 -> error({silent, What, Argument})
    end.

%% Waits until so many messages are in the own mailbox.
waiting(Count) -> until(fun() -> element(2, process_info(self(), message_queue_len)) end, Count).

until(Observe, Expected) ->
    case Observe() of
        Expected -> Expected;
        _ -> timer:sleep(1), until(Observe, Expected)
    end.

%% What it returns, or the class and the reason of what it raises.
outcome(Fun) ->
    try Fun()
    catch Class:Reason -> [Class, Reason]
    end.

%% Words instead of pids, and the word stack instead of stacks.
label({Reason, [{_, _, _, _} | _]}, Labels) -> [label(Reason, Labels), stack];
label(Tuple, Labels) when is_tuple(Tuple) -> label(tuple_to_list(Tuple), Labels);
label([Head | Tail], Labels) -> [label(Head, Labels) | label(Tail, Labels)];
label(Value, Labels) -> maps:get(Value, Labels, Value).

%% This node is the word here.
here(Message) -> label(Message, #{node() => here}).
