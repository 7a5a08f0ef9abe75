%% PROC-041 to PROC-076.
-module(processes_2).
-export(['PROC-041'/0, 'PROC-042'/0, 'PROC-043'/0, 'PROC-044'/0, 'PROC-045'/0, 'PROC-046'/0, 'PROC-047'/0, 'PROC-048'/0]).
-export(['PROC-049'/0, 'PROC-050'/0, 'PROC-051'/0, 'PROC-052'/0, 'PROC-053'/0, 'PROC-054'/0, 'PROC-055'/0, 'PROC-056'/0]).
-export(['PROC-057'/0, 'PROC-058'/0, 'PROC-059'/0, 'PROC-060'/0, 'PROC-061'/0, 'PROC-062'/0, 'PROC-063'/0, 'PROC-064'/0]).
-export(['PROC-065'/0, 'PROC-066'/0, 'PROC-067'/0, 'PROC-068'/0, 'PROC-069'/0, 'PROC-070'/0, 'PROC-071'/0, 'PROC-072'/0]).
-export(['PROC-073'/0, 'PROC-074'/0, 'PROC-075'/0, 'PROC-076'/0]).
-export([woken/2, child/2]).

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

%% ---- aliases

'PROC-056'() ->
    [Self, Sender] = [self(), puppet(false)],
    Alias = alias(),
    do(Sender, fun() -> Alias ! one, Self ! two, Alias ! three end),
    Delivered = observe:take(3),
    do(Sender, fun() -> Alias ! queued end),
    waiting(1),
    Unaliased = unalias(Alias),
    do(Sender, fun() -> Alias ! late, Self ! the_end end),
    #{delivered => Delivered, unaliased => Unaliased, then => observe:take(2), more => observe:quiet(10)}.

'PROC-057'() ->
    Other = puppet(false),
    Alias = alias(),
    Foreign = do(Other, fun() -> unalias(Alias) end),
    do(Other, fun() -> Alias ! still_active end),
    Heard = observe:take(1),
    Own = [unalias(Alias), unalias(Alias)],
    #{foreign => Foreign, heard => Heard, own => Own, unknown => unalias(make_ref())}.

'PROC-058'() ->
    [Self, Sender] = [self(), puppet(false)],
    Alias = alias([reply]),
    do(Sender, fun() -> Self ! before, Alias ! reply, Alias ! again, Self ! the_end end),
    #{heard => observe:take(3), more => observe:quiet(10), unaliased => unalias(Alias)}.

'PROC-059'() ->
    Try = fun(How) ->
        [Self, Victim, Sender] = [self(), idle(), puppet(false)],
        Stays = monitor(process, Victim, [{alias, explicit_unalias}]),
        Goes = monitor(process, Victim, [{alias, demonitor}]),
        do(Sender, fun() -> Stays ! stays, Goes ! goes end),
        Before = observe:take(2),
        case How of
            demonitor -> demonitor(Stays), demonitor(Goes);
            down -> exit(Victim, kill), observe:take(2)
        end,
        do(Sender, fun() -> Goes ! goes, Stays ! stays, Self ! the_end end),
        #{before => Before, 'after' => observe:take(2), more => observe:quiet(10), unaliased => [unalias(Stays), unalias(Goes)]}
    end,
    #{demonitor => Try(demonitor), down => Try(down)}.

'PROC-060'() ->
    [Self, Victim, Sender] = [self(), puppet(false), puppet(false)],
    Set = fun() -> monitor(process, Victim, [{alias, reply_demonitor}]) end,
    Monitors = fun() -> length([W || W <- element(2, process_info(Victim, monitored_by)), W =:= Self]) end,
    Answered = Set(),
    Watched = [do(Victim, Monitors)],
    do(Sender, fun() -> Answered ! answer, Answered ! another, Self ! the_end end),
    Heard = observe:take(2),
    Unwatched = [do(Victim, Monitors), demonitor(Answered, [info])],
    Unaliased = Set(),
    unalias(Unaliased),
    Ended = Set(),
    exit(Victim, boom),
    Downs = observe:take(2),
    do(Sender, fun() -> Ended ! late, Unaliased ! late, Self ! the_end end),
    #{
        reply => #{heard => Heard, monitors => Watched ++ Unwatched},
        down => #{
            told => lists:sort([Ref || {'DOWN', Ref, process, _, boom} <- Downs]) =:= lists:sort([Unaliased, Ended]),
            heard => observe:take(1),
            unaliased => unalias(Ended)
        },
        more => observe:quiet(10)
    }.

%% ---- timers

'PROC-061'() ->
    erlang:send_after(1, self(), #{a => message}),
    [Bare] = observe:take(1),
    Ref = erlang:start_timer(1, self(), #{a => message}),
    [{timeout, Ref, _} = Timeout] = observe:take(1),
    Abs = fun(Set) ->
        Deadline = erlang:monotonic_time(millisecond) + 20,
        Set(Deadline),
        [Message] = observe:take(1),
        [Message, case erlang:monotonic_time(millisecond) >= Deadline of true -> in_time; false -> early end]
    end,
    Past = erlang:monotonic_time(millisecond) - 1,
    erlang:send_after(Past, self(), past, [{abs, true}]),
    #{
        send_after => Bare,
        start_timer => Timeout,
        past => observe:take(1),
        abs => [
            Abs(fun(At) -> erlang:send_after(At, self(), later, [{abs, true}]) end),
            Abs(fun(At) -> erlang:start_timer(At, self(), later, [{abs, true}]) end)
        ]
    }.

'PROC-062'() ->
    One = erlang:start_timer(60000, self(), never),
    Left = [left(erlang:cancel_timer(One)), erlang:cancel_timer(One)],
    Fired = erlang:start_timer(0, self(), fired),
    Heard = observe:take(1),
    Two = erlang:send_after(30, self(), never),
    Cancelled = left(erlang:cancel_timer(Two)),
    erlang:start_timer(40, self(), later),
    #{
        left => Left,
        fired => [Heard, erlang:cancel_timer(Fired)],
        unknown => erlang:cancel_timer(make_ref()),
        short => [Cancelled, observe:take(1)]
    }.

'PROC-063'() ->
    Fired = erlang:start_timer(0, self(), fired),
    waiting(1),
    Cancelled = erlang:start_timer(60000, self(), never),
    erlang:cancel_timer(Cancelled),
    #{
        delivered => [erlang:cancel_timer(Fired), observe:take(one, 0), observe:take(one, 0)],
        not_delivered => [erlang:cancel_timer(Cancelled), observe:take(one, 0)]
    }.

'PROC-064'() ->
    [Self, Other] = [self(), puppet(false)],
    Ref = erlang:start_timer(60000, Self, never),
    Own = left(erlang:read_timer(Ref)),
    Read = left(do(Other, fun() -> erlang:read_timer(Ref) end)),
    Cancelled = left(do(Other, fun() -> erlang:cancel_timer(Ref) end)),
    After = [erlang:read_timer(Ref), erlang:read_timer(make_ref()), do(Other, fun() -> erlang:read_timer(Ref) end)],
    Late = erlang:start_timer(60000, Self, never),
    Async = do(Other, fun() -> [erlang:cancel_timer(Late, [{async, true}]), erlang:cancel_timer(Late, [{async, true}])] end),
    Answers = [[Word, ref, left(Result)] || {Word, R, Result} <- heard(Other, 2), R =:= Late],
    #{own => Own, read => Read, cancelled => Cancelled, 'after' => After, async => Async, answers => Answers, more => observe:quiet(10)}.

'PROC-065'() ->
    [Setter, Target, Other] = [puppet(false), puppet(false), puppet(false)],
    Gone = do(Setter, fun() -> erlang:send_after(60000, Target, never) end),
    Own = do(Target, fun() -> erlang:start_timer(60000, Target, never) end),
    do(Setter, fun() -> erlang:send_after(30, Other, posthumous) end),
    Before = [left(erlang:read_timer(Timer)) || Timer <- [Gone, Own]],
    exit(Target, kill),
    exit(Setter, kill),
    until(fun() -> erlang:read_timer(Gone) end, false),
    #{before => Before, 'after' => [erlang:read_timer(Gone), erlang:read_timer(Own)], heard => heard(Other, 1)}.

'PROC-066'() ->
    [First, Next] = [puppet(false), puppet(false)],
    register(proc_066, First),
    erlang:send_after(50, proc_066, found),
    erlang:send_after(50, proc_066_later, found),
    erlang:send_after(1, proc_066_nobody, lost),
    unregister(proc_066),
    register(proc_066, Next),
    Third = puppet(false),
    register(proc_066_later, Third),
    #{next => heard(Next, 1), third => heard(Third, 1), first => heard(First, 0)}.

'PROC-067'() ->
    Other = puppet(false),
    [erlang:send_after(Ms, Other, Ms) || Ms <- [60, 20, 40, 1]],
    Ordered = heard(Other, 4),
    Same = erlang:monotonic_time(millisecond) + 10,
    [erlang:send_after(Same, self(), Name, [{abs, true}]) || Name <- [b, a]],
    #{ordered => Ordered, equal => lists:sort(observe:take(2))}.

'PROC-068'() ->
    Negative = [
        outcome(fun() -> erlang:send_after(-1, self(), never) end),
        outcome(fun() -> erlang:start_timer(-1, self(), never) end)
    ],
    erlang:send_after(0, self(), timer),
    self() ! message,
    First = observe:take(2),
    erlang:start_timer(0, self(), timer),
    #{negative => Negative, send_after => First, start_timer => observe:take(1), more => observe:quiet(10)}.

'PROC-069'() ->
    Times = [(1 bsl 31) + 1000, (1 bsl 31) + 2000, 1 bsl 40],
    Far = [Set(Ms) || {Set, Ms} <- lists:zip([
        fun(Ms) -> erlang:start_timer(Ms, self(), far) end,
        fun(Ms) -> erlang:send_after(Ms, self(), far) end,
        fun(Ms) -> erlang:start_timer(Ms, self(), far) end
    ], Times)],
    erlang:send_after(5, self(), near),
    Heard = observe:take(1),
    Left = [Ms - erlang:cancel_timer(Timer) || {Timer, Ms} <- lists:zip(Far, Times)],
    #{heard => Heard, left => [Passed >= 0 andalso Passed < 100000 || Passed <- Left], more => observe:quiet(10)}.

%% ---- names

'PROC-070'() ->
    [One, Other] = [puppet(false), puppet(false)],
    Try = fun(Name, Pid) -> outcome(fun() -> register(Name, Pid) end) end,
    #{
        first => Try(proc_070, One),
        taken => Try(proc_070, Other),
        taken_by_itself => Try(proc_070, One),
        second_name => Try(proc_070_too, One),
        dead => Try(proc_070_dead, dead()),
        not_a_name => [Try(undefined, Other), Try(42, Other), Try([a], Other)],
        none_of_them => [whereis(proc_070_too), whereis(proc_070_dead)]
    }.

'PROC-071'() ->
    One = puppet(false),
    Unknown = [whereis(proc_071), outcome(fun() -> unregister(proc_071) end)],
    register(proc_071, One),
    Known = [whereis(proc_071), unregister(proc_071)],
    #{
        unknown => Unknown,
        known => label(Known, #{One => one}),
        then => [whereis(proc_071), outcome(fun() -> unregister(proc_071) end)]
    }.

%% ---- process_info

'PROC-072'() ->
    [Dead, Waiter, Other] = [dead(), idle(), puppet(false)],
    Labels = #{Other => other},
    Waiter ! a,
    Waiter ! [b],
    until(fun() -> process_info(Waiter, [status, message_queue_len]) end, [{status, waiting}, {message_queue_len, 2}]),
    [One, Two] = [puppet(false), puppet(false)],
    register(proc_072, Two),
    Sets = fun() ->
        Items = process_info(One, [links, monitors, monitored_by]),
        [[Item, lists:sort([label(watched(Value), Labels) || Value <- Values])] || {Item, Values} <- Items]
    end,
    Tied = do(One, fun() -> link(Other), [monitor(process, Other), monitor(process, Other), monitor(process, proc_072)] end),
    Watching = do(Other, fun() -> monitor(process, One) end),
    Set = Sets(),
    do(One, fun() -> unlink(Other), [demonitor(Ref) || Ref <- Tied] end),
    do(Other, fun() -> demonitor(Watching) end),
    #{
        dead => [process_info(Dead), process_info(Dead, links), process_info(Dead, [links, status])],
        in_order => process_info(Waiter, [status, message_queue_len, status, links, messages, trap_exit]),
        messages => process_info(Waiter, messages),
        set => Set,
        removed => Sets(),
        name => process_info(Two, registered_name),
        no_name => process_info(One, registered_name),
        no_name_in_list => process_info(One, [registered_name, status])
    }.

watched({process, {Name, _}}) -> Name;
watched({process, Pid}) -> Pid;
watched(Pid) -> Pid.

%% ---- hibernation

'PROC-073'() ->
    Self = self(),
    Sleeper = fun() ->
        try erlang:hibernate(?MODULE, woken, [Self, argument])
        after Self ! unwound
        end
    end,
    Next = spawn(Sleeper),
    Asleep = observe:quiet(20),
    Next ! wake_up,
    NextSeen = label(observe:take(1), #{Next => sleeper}),
    observe:down(Next),
    Stack = case observe:take(one, 10) of unwound -> kept; nothing -> empty end,
    Queued = spawn(fun() -> waiting(1), Sleeper() end),
    Queued ! queued,
    #{asleep => Asleep, next => NextSeen, queued => label(observe:take(1), #{Queued => sleeper}), continues => given_function, stack => Stack}.

woken(Test, argument) ->
    receive Message -> Test ! [woken, self(), Message] end.

%% ---- synchronous starts

%% What is started, with whom it shall tell.
child(Test, slow) ->
    Test ! {begun, self()},
    receive go -> ok end,
    Test ! acknowledging,
    proc_lib:init_ack({ok, self()}),
    receive after infinity -> ok end;
child(Test, hang) ->
    Test ! {begun, self()},
    receive after infinity -> ok end;
child(_, exit) -> exit(early);
child(_, crash) -> error(crashed);
child(_, return) -> ok.

'PROC-074'() ->
    Test = self(),
    Slow = fun(Start) ->
        spawn(fun() -> process_flag(trap_exit, true), Test ! [returned, proc_lib:Start(?MODULE, child, [Test, slow])] end),
        Child = receive {begun, Pid} -> Pid end,
        Begun = observe:quiet(20),
        Child ! go,
        [Begun | label(observe:take(2), #{Child => child})]
    end,
    Fails = fun(Start, How) ->
        spawn(fun() ->
            process_flag(trap_exit, true),
            Test ! {result, proc_lib:Start(?MODULE, child, [Test, How])}
        end),
        receive {result, Result} -> label(Result, #{}) end
    end,
    Each = fun(Start) ->
        #{slow => Slow(Start), exit => Fails(Start, exit), crash => Fails(Start, crash), return => Fails(Start, return)}
    end,
    #{start => Each(start), start_link => Each(start_link)}.

'PROC-075'() ->
    process_flag(trap_exit, true),
    Test = self(),
    Each = fun(Start) ->
        Watcher = spawn(fun() ->
            {Pid, Ref} = receive {begun, Child} -> {Child, monitor(process, Child)} end,
            receive {'DOWN', Ref, _, _, Reason} -> Test ! {ended, Pid, Reason} end
        end),
        Result = proc_lib:Start(?MODULE, child, [Watcher, hang], 50),
        {Pid, Ended} = receive {ended, P, Reason} -> {P, Reason} end,
        Plain = case Result of {Error, _} when Start =:= start_monitor -> Error; _ -> Result end,
        #{result => Plain, child => Ended, left => label(observe:quiet(20), #{Pid => child})}
    end,
    maps:from_list([{Start, Each(Start)} || Start <- [start, start_link, start_monitor]]).

'PROC-076'() ->
    process_flag(trap_exit, true),
    Each = fun(Start) ->
        Result = Start(),
        #{result => Result, left => observe:quiet(20)}
    end,
    Scribe = worker:scribe(),
    #{
        proc_lib => Each(fun() -> proc_lib:start_link(?MODULE, child, [self(), exit]) end),
        gen_server => Each(fun() -> worker:start_link(a, Scribe, #{starts => [stop]}) end)
    }.

%% ---- what they use

%% The milliseconds left of a timer of many: the word left.
left(Milliseconds) when is_integer(Milliseconds) -> left;
left(Answer) -> Answer.

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
