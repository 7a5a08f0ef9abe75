%% SUP-001 to SUP-041.
-module(supervisors_1).
-behaviour(supervisor).
-export(['SUP-001'/0, 'SUP-002'/0, 'SUP-003'/0, 'SUP-004'/0, 'SUP-005'/0, 'SUP-006'/0, 'SUP-007'/0, 'SUP-008'/0, 'SUP-009'/0,
         'SUP-010'/0, 'SUP-011'/0, 'SUP-012'/0, 'SUP-013'/0, 'SUP-014'/0, 'SUP-015'/0, 'SUP-016'/0, 'SUP-017'/0, 'SUP-018'/0,
         'SUP-019'/0, 'SUP-020'/0, 'SUP-021'/0, 'SUP-022'/0, 'SUP-023'/0, 'SUP-024'/0, 'SUP-025'/0, 'SUP-026'/0, 'SUP-027'/0,
         'SUP-028'/0, 'SUP-029'/0, 'SUP-030'/0, 'SUP-031'/0, 'SUP-032'/0, 'SUP-033'/0, 'SUP-034'/0, 'SUP-035'/0, 'SUP-036'/0,
         'SUP-037'/0, 'SUP-038'/0, 'SUP-039'/0, 'SUP-040'/0, 'SUP-041'/0]).
-export([init/1, start/1]).

%% ---- starts

'SUP-001'() ->
    Scribe = worker:scribe(),
    Test = self(),
    spawn_link(fun() ->
        process_flag(trap_exit, true),
        {ok, Sup} = worker:supervise(#{}, [gated:spec(Id, Scribe, 0, Test) || Id <- [a, b, c]]),
        Test ! {returned, Sup},
        receive stop -> ok end
    end),
    Begun = [begin
        {Pid, _} = gated:at(Id),
        Soon = {[worker:begun(Scribe, Each) || Each <- [a, b, c]], receive {returned, _} -> returned after 50 -> starting end},
        gated:go(Pid, ok),
        Soon
    end || Id <- [a, b, c]],
    receive {returned, Sup} -> #{begun => Begun, then => children(Sup)} end.

'SUP-002'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe), worker:spec(b, Scribe), worker:spec(t, Scribe, #{restart => transient})]),
    [T] = worker:lives(Scribe, t),
    gen_server:cast(T, {exit, normal}),
    Ended = after_end(Sup, t, T),
    Restarts = restarts(Sup, a),
    #{t => Ended, restarts => Restarts, reason => ended(Sup), lives => lives(Scribe, [a, b]),
      period => default_period(), auto_shutdown => refused(worker:supervise(#{}, [worker:spec(t, Scribe, #{restart => transient, significant => true})]))}.

%% In seconds.
default_period() ->
    {ok, Sup} = worker:supervise(#{}, []),
    {ok, Marked} = worker:supervise(#{period => 77777}, []),
    [Period] = [P || {P, 77777} <- lists:zip(tuple_to_list(sys:get_state(Sup)), tuple_to_list(sys:get_state(Marked)))],
    Period.

'SUP-003'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe), inner(s, #{}, [], #{})]),
    Shown = fun(Id) ->
        {ok, Spec} = supervisor:get_childspec(Sup, Id),
        #{start := {Module, _, _}, modules := [Module]} = Spec,
        (maps:with([restart, type, significant, shutdown], Spec))#{modules => of_the_start}
    end,
    [A] = worker:lives(Scribe, a),
    gen_server:cast(A, {exit, normal}),
    #{a => Shown(a), s => Shown(s), 'then' => after_end(Sup, a, A),
      unknown => element(1, supervisor:start_child(Sup, (worker:spec(b, Scribe))#{colour => blue}))}.

'SUP-004'() ->
    trap(),
    Scribe = worker:scribe(),
    Bad = [#{strategy => bad}, #{intensity => -1}, #{intensity => 1.5}, #{intensity => bad}, #{period => 0}, #{period => -1},
           #{period => 1.5}, #{period => bad}, #{auto_shutdown => bad}, bad],
    #{refused => [worker:supervise(Flags, [worker:spec(a, Scribe)]) || Flags <- Bad], begun => worker:begun(Scribe, a),
      zero => element(1, worker:supervise(#{intensity => 0}, []))}.

'SUP-005'() ->
    trap(),
    Scribe = worker:scribe(),
    Refused = worker:supervise(#{}, [worker:spec(a, Scribe), worker:spec(b, Scribe), worker:spec(c, Scribe, #{restart => bad})]),
    #{refused => Refused, begun => [worker:begun(Scribe, Id) || Id <- [a, b, c]]}.

'SUP-006'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{}, []),
    Spec = worker:spec(a, Scribe),
    Bad = #{missing_id => maps:remove(id, Spec), missing_start => maps:remove(start, Spec), start => Spec#{start => bad},
            restart => Spec#{restart => bad}, shutdown => Spec#{shutdown => bad}, negative => Spec#{shutdown => -1},
            type => Spec#{type => bad}, significant => Spec#{significant => bad}, spec => bad},
    Tries = fun(Each) ->
        [worker:supervise(#{}, [Each]), supervisor:check_childspecs([Each]), supervisor:start_child(Sup, Each)]
    end,
    Modules = [[element(1, Answer) || Answer <- Tries(Spec#{modules => Wrong})] || Wrong <- [bad, [1]]],
    #{tried => maps:map(fun(_, Each) -> Tries(Each) end, Bad), modules => Modules, fine => supervisor:check_childspecs([Spec]), begun => worker:begun(Scribe, a)}.

'SUP-007'() ->
    trap(),
    Scribe = worker:scribe(),
    Specs = [worker:spec(a, Scribe), worker:spec(b, Scribe), worker:spec(a, Scribe)],
    #{start => worker:supervise(#{}, Specs), check => supervisor:check_childspecs(Specs),
      begun => [worker:begun(Scribe, Id) || Id <- [a, b]]}.

'SUP-008'() ->
    trap(),
    Scribe = worker:scribe(),
    Significant = fun(Restart) -> worker:spec(a, Scribe, #{restart => Restart, significant => true}) end,
    {ok, Never} = worker:supervise(#{}, []),
    {ok, Any} = worker:supervise(#{auto_shutdown => any_significant}, []),
    Refused = #{never => worker:supervise(#{}, [Significant(transient)]),
                never_added => supervisor:start_child(Never, Significant(transient)),
                permanent => worker:supervise(#{auto_shutdown => any_significant}, [Significant(permanent)]),
                permanent_added => supervisor:start_child(Any, Significant(permanent))},
    Refused#{begun => worker:begun(Scribe, a), fine => element(1, supervisor:start_child(Any, Significant(transient)))}.

'SUP-009'() ->
    Test = self(),
    [begin
        spawn_link(fun() ->
            process_flag(trap_exit, true),
            Test ! {result, supervisor:start_link(?MODULE, {opened, Test, Answer})}
        end),
        Sup = receive {init, Pid} -> Pid end,
        Ref = monitor(process, Sup),
        Sup ! go,
        Result = receive {result, R} -> R end,
        receive {'DOWN', Ref, _, _, Reason} ->
            case Result of
                ignore -> [ignore, Reason];
                {error, {bad_return, {?MODULE, init, V}}} -> [error, {bad_return, V}];
                {error, {R2, [_ | _]}} -> [error, {R2, stack}]
            end
        end
    end || Answer <- [ignore, nonsense, crash]].

init({opened, To, Answer}) ->
    To ! {init, self()},
    receive go -> ok end,
    case Answer of
        crash -> error(crashed);
        _ -> Answer
    end.

'SUP-010'() ->
    trap(),
    Scribe = worker:scribe(),
    Traps = fun(Id) -> worker:spec(Id, Scribe, #{}, #{traps => true}) end,
    Refuses = fun(Id) -> worker:spec(Id, Scribe, #{}, #{starts => [refuse]}) end,
    Flat = worker:supervise(#{}, [Traps(a), Traps(b), Refuses(c), Traps(d)]),
    Entries = worker:entries(Scribe, 4),
    Nested = worker:supervise(#{}, [Traps(x), inner(inner, #{}, [Traps(y), Refuses(z)], #{}), Traps(d)]),
    All = worker:entries(Scribe, 8),
    #{flat => Flat, nested => Nested, entries => Entries, nested_entries => All -- Entries, begun => worker:begun(Scribe, d)}.

'SUP-011'() ->
    trap(),
    Scribe = worker:scribe(),
    Reason = fun(Start) ->
        case worker:supervise(#{}, [#{id => a, start => Start}]) of
            {error, {shutdown, {failed_to_start_child, a, {'EXIT', {R, [_ | _]}}}}} -> {'EXIT', {R, stack}};
            {error, {shutdown, {failed_to_start_child, a, {R, [_ | _]}}}} -> {R, stack};
            {error, {shutdown, {failed_to_start_child, a, R}}} -> R;
            {ok, _} -> started
        end
    end,
    Own = fun(How) -> Reason({?MODULE, start, [How]}) end,
    Child = fun(Outcome) -> Reason({worker, start_link, [a, Scribe, #{starts => [Outcome]}]}) end,
    #{error => Own({return, {error, refused}}), other => Own({return, other}), thrown => Own({throw, thrown}),
      thrown_success => Own({throw, {ok, self()}}), exception => Own({error, crashed}),
      refuse => Child(refuse), stop => Child(stop), crash => Child(crash)}.

%% Start functions that are no gen_server's.
start({return, Value}) -> Value;
start({throw, Value}) -> throw(Value);
start({error, Reason}) -> error(Reason);
start({extra, Id, Scribe}) ->
    {ok, Pid} = worker:start_link(Id, Scribe, #{}),
    {ok, Pid, info}.

'SUP-012'() ->
    trap(),
    Scribe = worker:scribe(),
    Extra = fun(Id) -> #{id => Id, start => {?MODULE, start, [{extra, Id, Scribe}]}} end,
    {ok, Sup} = worker:supervise(#{}, [Extra(a)]),
    Started = supervisor:start_child(Sup, Extra(b)),
    Terminated = supervisor:terminate_child(Sup, b),
    Restarted = supervisor:restart_child(Sup, b),
    #{start_child => Started, terminate_child => Terminated, restart_child => Restarted, children => children(Sup)}.

%% ---- ignored children

'SUP-013'() ->
    trap(),
    Scribe = worker:scribe(),
    Plan = #{starts => [ignore, ignore, ok]},
    [begin
        Id = fun(Name) -> list_to_atom(atom_to_list(Restart) ++ Name) end,
        Spec = fun(Name) -> worker:spec(Id(Name), Scribe, #{restart => Restart}, Plan) end,
        {ok, Sup} = worker:supervise(#{}, [Spec("_a"), worker:spec(z, Scribe)]),
        Atfirst = children(Sup),
        #{first => Atfirst, start_child => supervisor:start_child(Sup, Spec("_b")), added => children(Sup),
          restart_child => [supervisor:restart_child(Sup, Id("_a")), supervisor:restart_child(Sup, Id("_a"))],
          last => children(Sup)}
    end || Restart <- [permanent, transient]].

'SUP-014'() ->
    trap(),
    Scribe = worker:scribe(),
    Spec = fun(Id) -> worker:spec(Id, Scribe, #{restart => temporary}, #{starts => [ignore]}) end,
    {ok, Sup} = worker:supervise(#{}, [Spec(a), worker:spec(z, Scribe)]),
    Atfirst = children(Sup),
    #{first => Atfirst, start_child => supervisor:start_child(Sup, Spec(b)), children => children(Sup),
      restart_child => [supervisor:restart_child(Sup, Id) || Id <- [a, b]]}.

'SUP-015'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{intensity => 1}, [gated:spec(a, Scribe, 1), worker:spec(z, Scribe)]),
    [A] = worker:lives(Scribe, a),
    exit(A, kill),
    Again = gated:at(a, Sup),
    gated:go(Again, ignore),
    Ended = after_end(Sup, a, A),
    #{a => Ended, children => children(Sup), begun => worker:begun(Scribe, a), lives => lives(Scribe, [a, z])}.

%% ---- what is restarted

'SUP-016'() -> endings(permanent).
'SUP-017'() -> endings(transient).
'SUP-018'() -> endings(temporary).

endings(Restart) ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe, #{restart => Restart})]),
        [A] = worker:lives(Scribe, a),
        case End of
            kill -> exit(A, kill);
            crash -> gen_server:cast(A, crash);
            Reason -> gen_server:cast(A, {exit, Reason})
        end,
        [End, after_end(Sup, a, A)]
    end || End <- [normal, shutdown, {shutdown, why}, boom, killed, kill, crash]].

'SUP-019'() ->
    Scribe = worker:scribe(),
    worker:supervise(#{strategy => one_for_one}, [worker:spec(a, Scribe), worker:spec(b, Scribe), worker:spec(c, Scribe)]),
    worker:entries(Scribe, 3),
    [B] = worker:lives(Scribe, b),
    exit(B, boom),
    Entries = worker:entries(Scribe, 4),
    #{entries => Entries, lives => [length(worker:lives(Scribe, Id)) || Id <- [a, b, c]]}.

'SUP-020'() -> group(one_for_all).
'SUP-021'() -> group(rest_for_one).

%% The second of four ends.
group(Strategy) ->
    trap(),
    Scribe = worker:scribe(),
    Ids = [a, b, c, d],
    {ok, Sup} = worker:supervise(#{strategy => Strategy}, [worker:spec(Id, Scribe, #{}, #{traps => true}) || Id <- Ids]),
    [B] = worker:lives(Scribe, b),
    exit(B, kill),
    Ended = after_end(Sup, b, B),
    #{b => Ended, entries => worker:entries(Scribe, 8), lives => lives(Scribe, Ids), children => children(Sup)}.

'SUP-022'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 0},
            [worker:spec(t, Scribe, #{restart => transient}), worker:spec(u, Scribe, #{restart => temporary}),
             worker:spec(v, Scribe, #{restart => temporary}), worker:spec(z, Scribe, #{}, #{traps => true})]),
        Ends = [begin
            [Pid] = worker:lives(Scribe, Id),
            gen_server:cast(Pid, {exit, Reason}),
            after_end(Sup, Id, Pid)
        end || {Id, Reason} <- [{t, normal}, {u, boom}, {v, normal}]],
        #{ends => Ends, entries => worker:entries(Scribe, 7), children => children(Sup), lives => lives(Scribe, [t, u, v, z])}
    end || Strategy <- [one_for_one, one_for_all, rest_for_one]].

'SUP-023'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{strategy => Strategy},
            [worker:spec(a, Scribe), worker:spec(b, Scribe), worker:spec(c, Scribe, #{restart => transient}),
             worker:spec(d, Scribe, #{}, #{starts => [ignore, ok]})]),
        ok = supervisor:terminate_child(Sup, b),
        [C] = worker:lives(Scribe, c),
        gen_server:cast(C, {exit, normal}),
        after_end(Sup, c, C),
        Before = children(Sup),
        [A] = worker:lives(Scribe, a),
        exit(A, kill),
        after_end(Sup, a, A),
        #{before => Before, children => children(Sup), entries => worker:entries(Scribe, 8)}
    end || Strategy <- [one_for_all, rest_for_one]].

'SUP-024'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 1},
            [worker:spec(a, Scribe), worker:spec(t, Scribe, #{restart => temporary}, #{traps => true}),
             worker:spec(u, Scribe, #{restart => temporary}, #{traps => true}), worker:spec(b, Scribe, #{}, #{traps => true})]),
        [A] = worker:lives(Scribe, a),
        exit(A, kill),
        Ended = after_end(Sup, a, A),
        #{a => Ended, children => children(Sup), entries => worker:entries(Scribe, 9), begun => worker:begun(Scribe, t)}
    end || Strategy <- [one_for_all, rest_for_one]].

'SUP-025'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        Spec = fun(Id) -> worker:spec(Id, Scribe, #{}, #{traps => true}) end,
        {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 9}, [Spec(a), Spec(b)]),
        {ok, _} = supervisor:start_child(Sup, Spec(c)),
        Orders = [begin
            Pid = lists:last(worker:lives(Scribe, Id)),
            exit(Pid, kill),
            after_end(Sup, Id, Pid),
            children(Sup)
        end || Id <- [b, a, c]],
        #{orders => Orders, entries => worker:entries(Scribe, Count)}
    end || {Strategy, Count} <- [{one_for_one, 6}, {rest_for_one, 12}, {one_for_all, 18}]].

'SUP-026'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 0},
            [worker:spec(Id, Scribe, #{}, #{traps => true}) || Id <- [a, b, c]]),
        Answer = supervisor:terminate_child(Sup, b),
        #{answer => Answer, children => children(Sup), entries => worker:entries(Scribe, 4), lives => lives(Scribe, [a, b, c])}
    end || Strategy <- [one_for_one, one_for_all, rest_for_one]].

'SUP-027'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{}, [inner(inner, #{}, [worker:spec(a, Scribe)], #{})]),
    Inner = pid_of(Sup, inner),
    {ok, _} = supervisor:start_child(Inner, worker:spec(b, Scribe)),
    Before = children(Inner),
    exit(Inner, kill),
    after_end(Sup, inner, Inner),
    #{before => Before, children => children(pid_of(Sup, inner)), lives => lives(Scribe, [a, b])}.

'SUP-028'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{intensity => 0}, [worker:spec(a, Scribe), worker:spec(b, Scribe)]),
    [A] = worker:lives(Scribe, a),
    gen_server:call(A, {unlink, Sup}),
    exit(A, kill),
    observe:down(A),
    Still = pid_of(Sup, a) =:= A,
    Before = children(Sup),
    Answer = supervisor:terminate_child(Sup, a),
    #{still => Still, before => Before, answer => Answer, children => children(Sup), lives => lives(Scribe, [a, b])}.

'SUP-029'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{intensity => 1}, [gated:spec(a, Scribe, 9), worker:spec(b, Scribe)]),
    [A] = worker:lives(Scribe, a),
    {ok, Other} = gated:start_link(other, Scribe, 9, self()),
    gen_server:call(Other, {signal, Sup, fake}),
    spawn(fun() -> exit(Sup, fake) end),
    Strangers = [children(Sup), lives(Scribe, [a, b])],
    gen_server:call(A, {signal, Sup, fake}),
    Ended = after_end(Sup, a, A),
    #{strangers => Strangers, a => Ended, lives => lives(Scribe, [a, b]), first_life => is_process_alive(A)}.

%% ---- intensity and retry

'SUP-030'() ->
    trap(),
    Count = fun(Strategy, Intensity) ->
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => Intensity},
            [worker:spec(Id, Scribe) || Id <- [a, b, c]]),
        Restarts = restarts(Sup, a),
        [Restarts, ended(Sup)]
    end,
    Together = fun(Reason) ->
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{intensity => 1}, [worker:spec(a, Scribe), worker:spec(b, Scribe)]),
        Pids = [pid_of(Sup, Id) || Id <- [a, b]],
        [exit(Pid, Reason) || Pid <- Pids],
        ended(Sup)
    end,
    #{alone => [Count(one_for_one, Intensity) || Intensity <- [0, 1, 3]],
      groups => [Count(Strategy, 2) || Strategy <- [one_for_all, rest_for_one]],
      two_at_once => Together(kill), of_one_node => Together(noconnection)}.

'SUP-031'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 0},
            [worker:spec(Id, Scribe, #{}, #{traps => true}) || Id <- [a, b, c]]),
        [B] = worker:lives(Scribe, b),
        gen_server:cast(B, {exit, boom}),
        #{reason => ended(Sup), entries => worker:entries(Scribe, 6), lives => lives(Scribe, [a, b, c])}
    end || Strategy <- [one_for_one, one_for_all, rest_for_one]].

'SUP-032'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{intensity => 2, period => 1}, [worker:spec(a, Scribe)]),
    next_second(),
    One = kill(Sup, a),
    next_second(),
    Two = kill(Sup, a),
    next_second(),
    Three = kill(Sup, a),
    Four = kill(Sup, a),
    #{one => One, two => Two, three => Three, four => Four, reason => ended(Sup)}.

'SUP-033'() ->
    trap(),
    Later = fun(Seconds) ->
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{intensity => 1, period => 1}, [worker:spec(a, Scribe)]),
        next_second(),
        restarted = kill(Sup, a),
        timer:sleep(round(Seconds * 1000)),
        kill(Sup, a)
    end,
    #{periods_1_8 => Later(1.8), periods_2_2 => Later(2.2)}.

next_second() -> next_second(erlang:monotonic_time(1)).
next_second(Second) ->
    timer:sleep(1),
    case erlang:monotonic_time(1) of
        Second -> next_second(Second);
        _ -> ok
    end.

'SUP-034'() ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{intensity => 1}, [worker:spec(a, Scribe)]),
    Normal = [begin
        Pid = lists:last(worker:lives(Scribe, a)),
        gen_server:cast(Pid, {exit, normal}),
        after_end(Sup, a, Pid)
    end || _ <- [1, 2]],
    {ok, Other} = worker:supervise(#{intensity => 0},
        [worker:spec(t, Scribe, #{restart => temporary}), worker:spec(u, Scribe, #{restart => temporary}),
         worker:spec(v, Scribe, #{restart => transient}), worker:spec(w, Scribe, #{restart => transient})]),
    Uncounted = [begin
        [Pid] = worker:lives(Scribe, Id),
        gen_server:cast(Pid, {exit, Reason}),
        after_end(Other, Id, Pid)
    end || {Id, Reason} <- [{t, boom}, {u, normal}, {v, normal}, {w, shutdown}]],
    #{normal => Normal, reason => ended(Sup), uncounted => Uncounted, children => children(Other)}.

'SUP-035'() ->
    {Scribe, Sup, Pid} = at_restart(one_for_one),
    First = between(Sup, Pid, [which_children, count_children]),
    Second = gated:at(a, Sup),
    Then = between(Sup, Second, [which_children]),
    Third = gated:at(a, Sup),
    gated:go(Third, ok),
    Answer = children(Sup),
    #{first => First, 'then' => Then, last => Answer, begun => worker:begun(Scribe, a)}.

'SUP-036'() ->
    trap(),
    [begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{intensity => Intensity}, [worker:spec(a, Scribe, #{}, #{starts => [ok, refuse]})]),
        [A] = worker:lives(Scribe, a),
        exit(A, kill),
        #{reason => ended(Sup), begun => worker:begun(Scribe, a)}
    end || Intensity <- [1, 3]].

'SUP-037'() ->
    [begin
        {_, Sup, Pid} = at_restart(Strategy),
        between(Sup, Pid, [which_children, count_children])
    end || Strategy <- [one_for_one, rest_for_one, one_for_all]].

'SUP-038'() ->
    [begin
        {Scribe, Sup, Pid} = at_restart(Strategy),
        Refused = between(Sup, Pid, [{restart_child, a}, {delete_child, a}, {start_child, worker:spec(a, Scribe)}]),
        Second = gated:at(a, Sup),
        Terminated = between(Sup, Second, [{terminate_child, a}]),
        timer:sleep(20),
        Children = children(Sup),
        Begun = worker:begun(Scribe, a),
        {_, Other, Third} = at_restart(Strategy),
        exit(Other, shutdown),
        gated:go(Third, refuse),
        #{refused => Refused, terminated => Terminated, children => Children, begun => Begun, shut_down => ended(Other)}
    end || Strategy <- [one_for_one, rest_for_one, one_for_all]].

%% A supervisor whose child a is being started again, and asks how that shall go.
at_restart(Strategy) ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 9}, [gated:spec(a, Scribe, 1), worker:spec(b, Scribe)]),
    [A] = worker:lives(Scribe, a),
    exit(A, kill),
    {Scribe, Sup, gated:at(a, Sup)}.

%% Lets a start fail and tells what the supervisor answers to requests that were there before.
between(Sup, Pid, Requests) ->
    Sent = [{Request, gen_server:send_request(Sup, Request)} || Request <- Requests],
    gated:go(Pid, refuse),
    [begin
        {reply, Reply} = gen_server:wait_response(Id, 10000),
        case Request of
            which_children -> in_order(Reply);
            count_children -> maps:from_list(Reply);
            _ -> Reply
        end
    end || {Request, Id} <- Sent].

'SUP-039'() -> later_fails(rest_for_one, b, 9).
'SUP-040'() -> later_fails(one_for_all, a, 15).

%% The first restart of c, which shares the fate of another, fails.
later_fails(Strategy, Id, Count) ->
    trap(),
    Scribe = worker:scribe(),
    {ok, Sup} = worker:supervise(#{strategy => Strategy, intensity => 2},
        [worker:spec(a, Scribe, #{}, #{traps => true}), worker:spec(b, Scribe, #{}, #{traps => true}),
         worker:spec(c, Scribe, #{}, #{traps => true, starts => [ok, refuse, ok]}), worker:spec(d, Scribe, #{}, #{traps => true})]),
    [Pid] = worker:lives(Scribe, Id),
    exit(Pid, kill),
    Entries = worker:entries(Scribe, Count),
    #{entries => Entries, children => children(Sup), lives => lives(Scribe, [a, b, c, d]), begun => worker:begun(Scribe, c)}.

'SUP-041'() ->
    trap(),
    maps:from_list([begin
        Scribe = worker:scribe(),
        {ok, Sup} = worker:supervise(#{intensity => 1},
            [inner(inner, #{intensity => 0}, [worker:spec(x, Scribe)], #{restart => Restart}), worker:spec(b, Scribe)]),
        Inner = pid_of(Sup, inner),
        Ref = monitor(process, Inner),
        exit(pid_of(Inner, x), kill),
        Reason = receive {'DOWN', Ref, _, _, R} -> R end,
        Ended = after_end(Sup, inner, Inner),
        Before = children(Sup),
        Again = case Ended of
            restarted ->
                Next = pid_of(Sup, inner),
                exit(pid_of(Next, x), kill),
                [after_end(Sup, inner, Next), ended(Sup)];
            _ -> kill(Sup, b)
        end,
        {Restart, #{reason => Reason, inner => Ended, children => Before, again => Again, lives => lives(Scribe, [x, b])}}
    end || Restart <- [permanent, transient, temporary]]).

%% ---- what all of them need

trap() -> process_flag(trap_exit, true).

%% A supervisor as a child of another.
inner(Id, Flags, Specs, Options) ->
    maps:merge(#{id => Id, type => supervisor, start => {supervisor, start_link, [overseer, {ok, {Flags, Specs}}]}}, Options).

%% Ids and pids in start order.
children(Sup) -> in_order(supervisor:which_children(Sup)).
in_order(Children) -> [[Id, Pid] || {Id, Pid, _, _} <- lists:reverse(Children)].

pid_of(Sup, Id) ->
    {_, Pid, _, _} = lists:keyfind(Id, 1, supervisor:which_children(Sup)),
    Pid.

lives(Scribe, Ids) -> [length(worker:lives(Scribe, Id)) || Id <- Ids].

%% The reason with which a supervisor of the caller ends.
ended(Sup) ->
    receive {'EXIT', Sup, Reason} -> Reason
    after 10000 -> error({alive, Sup})
    end.

%% What the supervisor has made of the end of a child.
after_end(Sup, Id, Pid) ->
    case catch supervisor:which_children(Sup) of
        {'EXIT', _} -> gave_up;
        Children ->
            case lists:keyfind(Id, 1, Children) of
                {_, Same, _, _} when Same =:= Pid; Same =:= restarting ->
                    timer:sleep(1),
                    after_end(Sup, Id, Pid);
                {_, undefined, _, _} -> kept;
                {_, _, _, _} -> restarted;
                false -> deleted
            end
    end.

%% Kills a child.
kill(Sup, Id) ->
    Pid = pid_of(Sup, Id),
    exit(Pid, kill),
    after_end(Sup, Id, Pid).

%% How often a child is restarted when it is killed again and again.
restarts(Sup, Id) ->
    case kill(Sup, Id) of
        restarted -> 1 + restarts(Sup, Id);
        gave_up -> 0
    end.

%% Why a start was refused, without what it is wrapped in.
refused({error, {start_spec, Why}}) -> Why.
