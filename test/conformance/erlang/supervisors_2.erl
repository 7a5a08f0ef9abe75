%% SUP-042 to SUP-066 and SUP-076 to SUP-080; what is Elixir's is in elixir_supervisors.exs.
-module(supervisors_2).
-export(['SUP-042'/0, 'SUP-043'/0, 'SUP-044'/0, 'SUP-045'/0, 'SUP-046'/0, 'SUP-047'/0, 'SUP-048'/0]).
-export(['SUP-049'/0, 'SUP-050'/0, 'SUP-051'/0, 'SUP-052'/0, 'SUP-053'/0, 'SUP-054'/0, 'SUP-055'/0, 'SUP-056'/0, 'SUP-057'/0]).
-export(['SUP-058'/0, 'SUP-059'/0, 'SUP-060'/0]).
-export(['SUP-061'/0, 'SUP-062'/0, 'SUP-063'/0, 'SUP-064'/0, 'SUP-065'/0, 'SUP-066'/0]).
-export(['SUP-076'/0, 'SUP-077'/0, 'SUP-078'/0, 'SUP-079'/0, 'SUP-080'/0]).
-export([log/2, leaver/3]).

%% ---- shutdown

'SUP-042'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [
        trapping(a, Scribe),
        worker:spec(b, Scribe, #{shutdown => infinity}, #{traps => true, terminate => hang}),
        trapping(c, Scribe)
    ]),
    [A, B, C] = first_lives(Scribe, [a, b, c]),
    exit(Sup, shutdown),
    Asked = stops(worker:entries(Scribe, 5)),
    Alive = [is_process_alive(Pid) || Pid <- [A, B, C]],
    exit(B, kill),
    Reason = exit_of(Sup),
    #{asked => Asked, alive => Alive, all => stops(worker:entries(Scribe, 6)), reason => Reason}.

'SUP-043'() ->
    Scribe = begin_item(),
    Hangs = #{traps => true, terminate => hang},
    Timed = [
        worker:spec(brief, Scribe, #{shutdown => 60}, Hangs),
        worker:spec(none, Scribe, #{shutdown => 0}, Hangs),
        worker:spec(plain, Scribe, #{shutdown => 60000}, #{}),
        worker:spec(polite, Scribe, #{shutdown => 60000}, #{traps => true})
    ],
    {ok, Sup} = worker:supervise(#{}, Timed),
    {ok, Patient} = worker:supervise(#{}, [worker:spec(patient, Scribe, #{shutdown => infinity}, Hangs)]),
    [Worker] = first_lives(Scribe, [patient]),
    exit(Patient, shutdown),
    worker:entries(Scribe, 6),
    Refs = [watch(Pid) || Pid <- first_lives(Scribe, [brief, none, plain, polite])],
    Since = erlang:monotonic_time(millisecond),
    exit(Sup, shutdown),
    Reasons = [reason_of(Ref) || Ref <- Refs],
    Took = erlang:monotonic_time(millisecond) - Since,
    Told = [Entry || [Id | _] = Entry <- stops(worker:entries(Scribe, 7)), Id =:= patient orelse Id =:= polite],
    Alive = is_process_alive(Worker),
    Ref = watch(Worker),
    exit(Worker, kill),
    #{reasons => Reasons, waited => Took >= 60, told => Told, patient_alive => Alive, patient => reason_of(Ref),
      supervisors => [exit_of(Sup), exit_of(Patient)]}.

'SUP-044'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [trapping(a, Scribe), worker:spec(b, Scribe, #{shutdown => brutal_kill}, #{traps => true})]),
    [B] = first_lives(Scribe, [b]),
    Ref = watch(B),
    exit(Sup, shutdown),
    Reason = exit_of(Sup),
    #{b => reason_of(Ref), told => stops(worker:entries(Scribe, 3)), reason => Reason}.

'SUP-045'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [
        trapping(a, Scribe),
        worker:spec(b, Scribe, #{}, #{traps => true, terminate => crash}),
        #{id => c, start => {?MODULE, leaver, [c, Scribe, finished]}},
        trapping(d, Scribe)
    ]),
    Refs = [watch(Pid) || Pid <- first_lives(Scribe, [b, c])],
    exit(Sup, shutdown),
    Reason = exit_of(Sup),
    [{crashed_in_terminate, Stack}, Finished] = [reason_of(Ref) || Ref <- Refs],
    true = is_list(Stack),
    #{told => stops(worker:entries(Scribe, 8)), b => [<<"crashed in terminate">>, stack], c => Finished, reason => Reason}.

'SUP-046'() ->
    [stopped_with(Reason) || Reason <- [shutdown, normal, {shutdown, night}, boom]].

stopped_with(Reason) ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [trapping(a, Scribe)]),
    exit(Sup, Reason),
    Own = exit_of(Sup),
    #{supervisor => Own, child => stops(worker:entries(Scribe, 0))}.

'SUP-047'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe)]),
    Before = supervisor:which_children(Sup),
    Me = self(),
    Stranger = spawn(fun() ->
        process_flag(trap_exit, true),
        exit(Sup, boom),
        exit(Sup, normal),
        exit(Sup, shutdown),
        Sup ! unexpected,
        link(Sup),
        Me ! {same, supervisor:which_children(Sup) =:= Before},
        receive go -> exit(linked) end
    end),
    Same = receive {same, It} -> It end,
    Ref = watch(Stranger),
    Stranger ! go,
    linked = reason_of(Ref),
    until(fun() -> {links, Links} = process_info(Sup, links), not lists:member(Stranger, Links) end),
    #{same => Same, after_the_linked_one => supervisor:which_children(Sup) =:= Before}.

'SUP-048'() ->
    Scribe = begin_item(),
    {ok, Top} = worker:supervise(#{}, [overseer(mid, #{}, [
        worker:spec(x, Scribe, #{shutdown => brutal_kill}, #{traps => true, terminate => hang}),
        overseer(inner, #{}, [trapping(y, Scribe)]),
        worker:spec(z, Scribe)
    ])]),
    [{mid, Mid, _, _}] = supervisor:which_children(Top),
    {inner, Inner, _, _} = lists:keyfind(inner, 1, supervisor:which_children(Mid)),
    [X, Z] = first_lives(Scribe, [x, z]),
    Refs = [watch(Inner), watch(Z)],
    exit(Mid, kill),
    Entries = worker:entries(Scribe, 8),
    Alive = is_process_alive(X),
    exit(X, kill),
    #{entries => lists:sort(Entries), orphan_alive => Alive, ends => [reason_of(Ref) || Ref <- Refs]}.

%% ---- administration

'SUP-049'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [
        worker:spec(running, Scribe),
        worker:spec(terminated, Scribe),
        worker:spec(ended, Scribe, #{restart => transient}),
        worker:spec(ignored, Scribe, #{}, #{starts => [ignore]})
    ]),
    [Running, Ended] = first_lives(Scribe, [running, ended]),
    ok = supervisor:terminate_child(Sup, terminated),
    gen_server:cast(Ended, {exit, normal}),
    until(fun() -> element(2, lists:keyfind(ended, 1, supervisor:which_children(Sup))) =:= undefined end),
    {error, {already_started, Pid}} = supervisor:start_child(Sup, worker:spec(running, Scribe)),
    #{running => [error, [already_started, label(Pid, Running)]],
      others => [supervisor:start_child(Sup, worker:spec(Id, Scribe)) || Id <- [terminated, ended, ignored]],
      begun => worker:begun(Scribe, running)}.

'SUP-050'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe)]),
    Failing = worker:spec(b, Scribe, #{}, #{starts => [refuse, stop, ok]}),
    First = failed_with(supervisor:start_child(Sup, Failing)),
    Second = failed_with(supervisor:start_child(Sup, Failing)),
    Counts = supervisor:count_children(Sup),
    NotFound = supervisor:get_childspec(Sup, b),
    {ok, _} = supervisor:start_child(Sup, Failing),
    Holder = spawn_link(fun() -> receive after infinity -> ok end end),
    register(taken, Holder),
    Taken = #{id => c, start => {gen_server, start_link, [{local, taken}, worker, {c, Scribe, #{}, []}, []]}},
    Started = case supervisor:start_child(Sup, Taken) of
        {error, {{already_started, Pid}, Info}} -> [error, [already_started, label(Pid, Holder)], element(3, Info)];
        {error, {already_started, Pid}} -> [error, [already_started, label(Pid, Holder)]]
    end,
    #{failures => [First, Second], counts => maps:from_list(Counts), spec => NotFound, taken => Started,
      ids => [Id || {Id, _, _, _} <- supervisor:which_children(Sup)]}.

'SUP-051'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [
        worker:spec(running, Scribe),
        worker:spec(ignored, Scribe, #{}, #{starts => [ignore]}),
        worker:spec(other, Scribe)
    ]),
    {ok, Pool} = pool([]),
    {ok, Member} = supervisor:start_child(Pool, [member, Scribe, #{}]),
    [Other] = first_lives(Scribe, [other]),
    #{running => supervisor:terminate_child(Sup, running),
      stopped => supervisor:terminate_child(Sup, running),
      ignored => supervisor:terminate_child(Sup, ignored),
      unknown => supervisor:terminate_child(Sup, unknown),
      pid => supervisor:terminate_child(Sup, Other),
      simple => supervisor:terminate_child(Pool, Member),
      left => [[Id, word(Pid)] || {Id, Pid, _, _} <- supervisor:which_children(Sup)],
      pool => supervisor:which_children(Pool)}.

'SUP-052'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{intensity => 1000000, period => 1000}, [
        worker:spec(stopped, Scribe),
        worker:spec(running, Scribe),
        worker:spec(failing, Scribe, #{}, #{starts => [ok, refuse, crash]}),
        worker:spec(ignored, Scribe, #{}, #{starts => [ok, ignore]}),
        worker:spec(retried, Scribe, #{}, #{starts => [ok, refuse]})
    ]),
    [ok = supervisor:terminate_child(Sup, Id) || Id <- [stopped, failing, ignored]],
    {ok, Pid} = supervisor:restart_child(Sup, stopped),
    Refused = supervisor:restart_child(Sup, failing),
    {error, {crashed, Stack}} = supervisor:restart_child(Sup, failing),
    Answers = #{
        stopped => [ok, label(Pid, lists:last(worker:lives(Scribe, stopped)))],
        running => supervisor:restart_child(Sup, running),
        unknown => supervisor:restart_child(Sup, unknown),
        crashed => [error, [crashed, stack(Stack)]],
        ignored => supervisor:restart_child(Sup, ignored)
    },
    fail_to_restart(Scribe, retried),
    Restarting = supervisor:restart_child(Sup, retried),
    ok = supervisor:terminate_child(Sup, retried),
    Answers#{refused => Refused, restarting => Restarting,
        kept => [[Id, word(Child)] || {Id, Child, _, _} <- supervisor:which_children(Sup)]}.

'SUP-053'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{intensity => 1000000, period => 1000}, [
        worker:spec(stopped, Scribe),
        worker:spec(running, Scribe),
        worker:spec(retried, Scribe, #{}, #{starts => [ok, refuse]})
    ]),
    ok = supervisor:terminate_child(Sup, stopped),
    fail_to_restart(Scribe, retried),
    Answers = #{
        stopped => supervisor:delete_child(Sup, stopped),
        running => supervisor:delete_child(Sup, running),
        restarting => supervisor:delete_child(Sup, retried),
        unknown => supervisor:delete_child(Sup, unknown),
        again => supervisor:delete_child(Sup, stopped)
    },
    ok = supervisor:terminate_child(Sup, retried),
    Answers#{left => [Id || {Id, _, _, _} <- supervisor:which_children(Sup)]}.

'SUP-054'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe, #{restart => temporary}), worker:spec(b, Scribe, #{restart => transient})]),
    #{terminated => [supervisor:terminate_child(Sup, Id) || Id <- [a, b]],
      left => [Id || {Id, _, _, _} <- supervisor:which_children(Sup)],
      restart => supervisor:restart_child(Sup, a),
      delete => supervisor:delete_child(Sup, a),
      terminate => supervisor:terminate_child(Sup, a),
      spec => supervisor:get_childspec(Sup, a)}.

'SUP-055'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{intensity => 1000000, period => 1000}, [
        worker:spec(first, Scribe),
        overseer(sub, #{}, []),
        worker:spec(stopped, Scribe),
        worker:spec(retried, Scribe, #{}, #{starts => [ok, refuse]})
    ]),
    ok = supervisor:terminate_child(Sup, stopped),
    {ok, Added} = supervisor:start_child(Sup, worker:spec(added, Scribe)),
    fail_to_restart(Scribe, retried),
    Children = supervisor:which_children(Sup),
    ok = supervisor:terminate_child(Sup, retried),
    {added, Added, _, _} = hd(Children),
    [[Id, Pid, Type, Modules] || {Id, Pid, Type, Modules} <- Children].

'SUP-056'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{intensity => 1000000, period => 1000}, [
        worker:spec(running, Scribe),
        worker:spec(stopped, Scribe),
        worker:spec(ignored, Scribe, #{}, #{starts => [ignore]}),
        worker:spec(gone, Scribe, #{restart => temporary}),
        overseer(sub, #{}, []),
        overseer(stopped_sub, #{}, []),
        worker:spec(retried, Scribe, #{}, #{starts => [ok, refuse]})
    ]),
    [ok = supervisor:terminate_child(Sup, Id) || Id <- [stopped, gone, stopped_sub]],
    fail_to_restart(Scribe, retried),
    Counts = supervisor:count_children(Sup),
    ok = supervisor:terminate_child(Sup, retried),
    maps:from_list(Counts).

'SUP-057'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, []),
    exit(Sup, shutdown),
    exit_of(Sup),
    Calls = fun(Target) -> [
        noproc(Target, fun() -> supervisor:start_child(Target, worker:spec(a, Scribe)) end),
        noproc(Target, fun() -> supervisor:terminate_child(Target, a) end),
        noproc(Target, fun() -> supervisor:restart_child(Target, a) end),
        noproc(Target, fun() -> supervisor:delete_child(Target, a) end),
        noproc(Target, fun() -> supervisor:get_childspec(Target, a) end),
        noproc(Target, fun() -> supervisor:which_children(Target) end),
        noproc(Target, fun() -> supervisor:count_children(Target) end)
    ] end,
    #{pid => Calls(Sup), name => Calls(nobody_of_this_name)}.

noproc(Target, Call) ->
    try Call() catch exit:{Reason, {gen_server, call, [Target, _, infinity]}} -> [Reason, call] end.

%% ---- auto_shutdown

'SUP-058'() ->
    #{any => #{
          transient => [shut_down_by(any_significant, transient, Reason) || Reason <- [normal, shutdown, {shutdown, done}]],
          temporary => [shut_down_by(any_significant, temporary, Reason) || Reason <- [normal, boom, kill]]
      },
      all => last_of_all()}.

%% What the others heard, and how the supervisor ended.
shut_down_by(Auto, Restart, Reason) ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{auto_shutdown => Auto}, [
        trapping(a, Scribe),
        worker:spec(s, Scribe, #{restart => Restart, significant => true}),
        trapping(b, Scribe)
    ]),
    end_life(Scribe, s, Reason),
    Own = exit_of(Sup),
    #{told => [Entry || [Id | _] = Entry <- stops(worker:entries(Scribe, 5)), Id =/= s], supervisor => Own}.

last_of_all() ->
    Scribe = begin_item(),
    Significant = fun(Id, Restart) -> worker:spec(Id, Scribe, #{restart => Restart, significant => true}) end,
    {ok, Sup} = worker:supervise(#{auto_shutdown => all_significant}, [
        trapping(a, Scribe),
        Significant(s, transient),
        Significant(t, temporary),
        Significant(stopped, transient),
        worker:spec(plain, Scribe, #{restart => transient})
    ]),
    ok = supervisor:terminate_child(Sup, stopped),
    Seen = [begin
        end_life(Scribe, Id, Reason),
        until(fun() -> not is_pid(pid_of(Sup, Id)) end),
        word(pid_of(Sup, a))
    end || {Id, Reason} <- [{plain, normal}, {t, boom}]],
    end_life(Scribe, s, normal),
    #{before_the_last => Seen, supervisor => exit_of(Sup)}.

'SUP-059'() ->
    [begin
        Scribe = begin_item(),
        Significant = fun(Id, Restart) -> worker:spec(Id, Scribe, #{restart => Restart, significant => true}) end,
        {ok, Sup} = worker:supervise(#{strategy => Strategy, auto_shutdown => Auto, intensity => 5}, [
            worker:spec(a, Scribe), Significant(s, transient), Significant(t, temporary), Significant(u, transient)
        ]),
        worker:entries(Scribe, 4),
        ok = supervisor:terminate_child(Sup, u),
        end_life(Scribe, a, boom),
        %% The end of a, and the start of a, s and u; then the end of s, and the start of a, unless it stays, of s and of u.
        worker:entries(Scribe, 8),
        end_life(Scribe, s, boom),
        Again = case Strategy of one_for_all -> 12; rest_for_one -> 11 end,
        worker:entries(Scribe, Again),
        #{strategy => Strategy, children => [[Id, word(Pid)] || {Id, Pid, _, _} <- supervisor:which_children(Sup)]}
    end || Strategy <- [one_for_all, rest_for_one], Auto <- [any_significant, all_significant]].

'SUP-060'() ->
    [begin
        Scribe = begin_item(),
        {ok, Outer} = worker:supervise(#{auto_shutdown => any_significant}, [
            trapping(a, Scribe),
            (overseer(inner, #{auto_shutdown => any_significant}, [
                trapping(b, Scribe),
                worker:spec(x, Scribe, #{restart => transient, significant => true})
            ]))#{restart => Restart, significant => true}
        ]),
        worker:entries(Scribe, 3),
        Ref = watch(pid_of(Outer, inner)),
        end_life(Scribe, x, normal),
        Reason = exit_of(Outer),
        #{inner => reason_of(Ref), outer => Reason,
          told => [Entry || [Id | _] = Entry <- stops(worker:entries(Scribe, 5)), Id =/= x]}
    end || Restart <- [transient, temporary]].

%% ---- simple_one_for_one

'SUP-061'() ->
    Scribe = begin_item(),
    Template = worker:spec(a, Scribe),
    Start = fun(Flags, Specs) ->
        case supervisor:start_link(overseer, {ok, {Flags#{strategy => simple_one_for_one}, Specs}}) of
            {ok, _} -> ok;
            {error, {bad_start_spec, Specs}} -> [error, bad_start_spec];
            {error, {supervisor_data, {bad_combination, _}}} -> [error, bad_combination]
        end
    end,
    #{none => Start(#{}, []), one => Start(#{}, [Template]), two => Start(#{}, [Template, worker:spec(b, Scribe)]),
      never => Start(#{auto_shutdown => never}, [Template]),
      any => Start(#{auto_shutdown => any_significant}, [Template])}.

'SUP-062'() ->
    Scribe = begin_item(),
    {ok, Sup} = pool([a, Scribe]),
    {ok, None} = supervisor:start_child(Sup, [#{}]),
    {ok, One} = supervisor:start_child(Sup, [#{}, extra]),
    Extras = [gen_server:call(Pid, extra) || Pid <- [None, One]],
    exit(One, boom),
    worker:entries(Scribe, 3),
    Again = lists:last(worker:lives(Scribe, a)),
    #{extras => Extras, id => gen_server:call(Again, id), again => gen_server:call(Again, extra)}.

'SUP-063'() ->
    Scribe = begin_item(),
    {ok, Sup} = pool([]),
    {error, {crashed, Stack}} = supervisor:start_child(Sup, [crashed, Scribe, #{starts => [crash]}]),
    Refused = supervisor:start_child(Sup, [refused, Scribe, #{starts => [refuse]}]),
    Ignored = supervisor:start_child(Sup, [ignored, Scribe, #{starts => [ignore]}]),
    Nobody = supervisor:which_children(Sup),
    {ok, Pid} = supervisor:start_child(Sup, [once, Scribe, #{starts => [ok, ignore]}]),
    exit(Pid, boom),
    until(fun() -> worker:begun(Scribe, once) =:= 2 end),
    #{failed => [Refused, [error, [crashed, stack(Stack)]]], ignored => Ignored, children => Nobody,
      after_restart => [word(Child) || {_, Child, _, _} <- supervisor:which_children(Sup)],
      counts => maps:from_list(supervisor:count_children(Sup))}.

'SUP-064'() ->
    Scribe = begin_item(),
    {ok, Sup} = pool([]),
    Empty = maps:from_list(supervisor:count_children(Sup)),
    Pids = [begin {ok, Pid} = supervisor:start_child(Sup, [Id, Scribe, #{}]), Pid end || Id <- [a, b]],
    Children = supervisor:which_children(Sup),
    #{empty => Empty, ids => [Id || {Id, _, _, _} <- Children], modules => [Modules || {_, _, _, Modules} <- Children],
      same => lists:sort(Pids) =:= lists:sort([Pid || {_, Pid, _, _} <- Children]),
      counts => maps:from_list(supervisor:count_children(Sup))}.

'SUP-065'() ->
    Scribe = begin_item(),
    {ok, Sup} = pool([]),
    {ok, Dead} = supervisor:start_child(Sup, [dead, Scribe, #{traps => true}]),
    {ok, Alive} = supervisor:start_child(Sup, [alive, Scribe, #{traps => true}]),
    #{pid => supervisor:terminate_child(Sup, Dead),
      told => stops(worker:entries(Scribe, 3)),
      dead => supervisor:terminate_child(Sup, Dead),
      stranger => supervisor:terminate_child(Sup, self()),
      terminate => supervisor:terminate_child(Sup, alive),
      restart => [supervisor:restart_child(Sup, What) || What <- [alive, Alive]],
      delete => [supervisor:delete_child(Sup, What) || What <- [alive, Alive]],
      children => length(supervisor:which_children(Sup))}.

'SUP-066'() ->
    Scribe = begin_item(),
    Hangs = #{traps => true, terminate => hang},
    {ok, Patient} = pool([], #{shutdown => infinity}),
    [{ok, _} = supervisor:start_child(Patient, [Id, Scribe, Hangs]) || Id <- [a, b, c]],
    Lives = first_lives(Scribe, [a, b, c]),
    exit(Patient, shutdown),
    Told = lists:sort(stops(worker:entries(Scribe, 6))),
    Alive = [is_process_alive(Pid) || Pid <- Lives],
    [exit(Pid, kill) || Pid <- Lives],
    Ids = [d, e, f, g],
    {ok, Timed} = pool([], #{shutdown => 100}),
    [{ok, _} = supervisor:start_child(Timed, [Id, Scribe, Hangs]) || Id <- Ids],
    [watch(Pid) || Pid <- first_lives(Scribe, Ids)],
    exit(Timed, shutdown),
    %% In the order in which they end: one after the other they would be 100 ms apart, each time.
    Ends = [receive {'DOWN', _, process, _, Reason} -> {erlang:monotonic_time(millisecond), Reason} end || _ <- Ids],
    Times = [At || {At, _} <- Ends],
    Gaps = lists:zipwith(fun(One, Next) -> Next - One end, lists:droplast(Times), tl(Times)),
    #{told => Told, alive => Alive, ends => [Reason || {_, Reason} <- Ends],
      together => lists:min(Gaps) < 50, supervisors => [exit_of(Patient), exit_of(Timed)]}.

%% ---- reports

'SUP-076'() ->
    reporting(fun() ->
        Scribe = begin_item(),
        {error, _} = worker:supervise(#{}, [worker:spec(fails, Scribe, #{}, #{starts => [refuse]})]),
        StartError = report(start_error),
        {ok, Sup} = worker:supervise(#{intensity => 0}, [
            worker:spec(a, Scribe, #{shutdown => 70, restart => transient}, #{}),
            #{id => b, start => {?MODULE, leaver, [b, Scribe, otherwise]}, restart => permanent}
        ]),
        [A, B] = first_lives(Scribe, [a, b]),
        Labels = #{A => a, B => b, Sup => supervisor},
        ok = supervisor:terminate_child(Sup, b),
        ShutdownError = report(shutdown_error),
        exit(A, boom),
        Terminated = report(child_terminated),
        Shutdown = report(shutdown),
        shutdown = exit_of(Sup),
        [fields(Report, Labels) || Report <- [StartError, ShutdownError, Terminated, Shutdown]]
    end).

'SUP-077'() ->
    reporting(fun() ->
        Scribe = begin_item(),
        Cases = [{Restart, Name, Reason} || Restart <- [permanent, transient, temporary],
            {Name, Reason} <- [{normal, normal}, {shutdown, shutdown}, {done, {shutdown, done}}, {boom, boom}, {kill, kill}]],
        Id = fun(Restart, Name) -> list_to_atom(atom_to_list(Restart) ++ "_" ++ atom_to_list(Name)) end,
        {ok, Sup} = worker:supervise(#{intensity => 100}, [worker:spec(last, Scribe)] ++
            [worker:spec(Id(Restart, Name), Scribe, #{restart => Restart}) || {Restart, Name, _} <- Cases]),
        First = maps:from_list([{Child, Pid} || {Child, Pid, _, _} <- supervisor:which_children(Sup)]),
        [end_life(Scribe, Id(Restart, Name), Reason) || {Restart, Name, Reason} <- Cases],
        until(fun() ->
            lists:all(fun({Child, Pid, _, _}) -> Child =:= last orelse Pid =/= maps:get(Child, First) end, supervisor:which_children(Sup))
        end),
        end_life(Scribe, last, boom),
        lists:sort(reported_until(last))
    end).

'SUP-078'() ->
    reporting(fun() ->
        Scribe = begin_item(),
        Cases = [{Restart, Name, Reason} || Restart <- [permanent, transient, temporary],
            {Name, Reason} <- [{shutdown, shutdown}, {normal, normal}, {done, {shutdown, done}}, {other, other}]],
        Leavers = [#{id => list_to_atom(atom_to_list(Restart) ++ "_" ++ atom_to_list(Name)), restart => Restart,
            start => {?MODULE, leaver, [Name, Scribe, Reason]}} || {Restart, Name, Reason} <- Cases],
        Hangs = #{traps => true, terminate => hang},
        {ok, Sup} = worker:supervise(#{}, [
            #{id => last, start => {?MODULE, leaver, [last, Scribe, other]}},
            worker:spec(brutal, Scribe, #{shutdown => brutal_kill}, Hangs),
            worker:spec(brutal_temporary, Scribe, #{shutdown => brutal_kill, restart => temporary}, Hangs),
            worker:spec(late, Scribe, #{shutdown => 20}, Hangs)
        ] ++ Leavers),
        exit(Sup, shutdown),
        exit_of(Sup),
        reported_until(last)
    end).

'SUP-079'() ->
    reporting(fun() ->
        Scribe = begin_item(),
        {ok, Sup} = worker:supervise(#{}, [worker:spec(started, Scribe), worker:spec(restarted, Scribe)]),
        [Restarted] = first_lives(Scribe, [restarted]),
        exit(Restarted, boom),
        worker:entries(Scribe, 3),
        {ok, _} = supervisor:start_child(Sup, worker:spec(added, Scribe)),
        ok = supervisor:terminate_child(Sup, started),
        {ok, _} = supervisor:restart_child(Sup, started),
        [receive {report, progress, Level, Report} ->
            Started = proplists:get_value(started, Report),
            [proplists:get_value(id, Started), Level]
        end || _ <- lists:seq(1, 5)]
    end).

'SUP-080'() ->
    Scribe = begin_item(),
    {ok, Sup} = worker:supervise(#{}, [worker:spec(a, Scribe)]),
    {ok, Pool} = pool([]),
    [{ok, _} = supervisor:start_child(Sup, worker:spec(Id, Scribe, #{restart => Restart})) || {Id, Restart} <- [{b, transient}, {c, temporary}]],
    supervisor:which_children(Pool),
    Arguments = fun(Id) ->
        {ok, #{start := {_, _, Args}}} = supervisor:get_childspec(Sup, Id),
        case Args of undefined -> undefined; _ -> retained end
    end,
    Hibernates = [begin
        timer:sleep(20),
        {current_function, {_, Function, _}} = process_info(Pid, current_function),
        Function =:= hibernate
    end || Pid <- [Sup, Pool]],
    #{hibernates => Hibernates, arguments => [Arguments(Id) || Id <- [a, b, c]]}.

%% ---- helpers

begin_item() ->
    process_flag(trap_exit, true),
    worker:scribe().

trapping(Id, Scribe) -> worker:spec(Id, Scribe, #{}, #{traps => true}).

%% The spec of a supervisor as a child of another.
overseer(Id, Flags, Specs) ->
    #{id => Id, type => supervisor, modules => [overseer],
      start => {supervisor, start_link, [overseer, {ok, {Flags, Specs}}]}}.

%% A simple_one_for_one supervisor of workers; Args are their first arguments.
pool(Args) -> pool(Args, #{}).
pool(Args, Options) ->
    Template = maps:merge(#{id => worker, start => {worker, start_link, Args}}, Options),
    supervisor:start_link(overseer, {ok, {#{strategy => simple_one_for_one}, [Template]}}).

%% A child that ends with Reason when it is told to stop.
leaver(Id, Scribe, Reason) ->
    Parent = self(),
    Pid = spawn_link(fun() ->
        process_flag(trap_exit, true),
        told(Scribe, [Id, started], self()),
        Parent ! {self(), ready},
        receive {'EXIT', Parent, Signal} -> told(Scribe, [Id, terminate, Signal], undefined), exit(Reason) end
    end),
    receive {Pid, ready} -> {ok, Pid} end.

told(Scribe, Entry, Pid) ->
    Scribe ! {tell, self(), Entry, Pid},
    receive {Scribe, ok} -> ok end.

stops(Entries) -> [Entry || [_, terminate | _] = Entry <- Entries].

%% The first pid of each; they have started.
first_lives(Scribe, Ids) -> [hd(worker:lives(Scribe, Id)) || Id <- Ids].

end_life(Scribe, Id, kill) -> exit(lists:last(worker:lives(Scribe, Id)), kill);
end_life(Scribe, Id, Reason) -> gen_server:cast(lists:last(worker:lives(Scribe, Id)), {exit, Reason}).

%% Kills it; its restarts fail from then on, as planned.
fail_to_restart(Scribe, Id) ->
    exit(lists:last(worker:lives(Scribe, Id)), kill),
    until(fun() -> worker:begun(Scribe, Id) > 2 end).

pid_of(Sup, Id) ->
    case lists:keyfind(Id, 1, supervisor:which_children(Sup)) of
        {Id, Pid, _, _} -> Pid;
        false -> gone
    end.

%% Why start_child failed, and the id in the child's info.
failed_with({error, {Reason, Info}}) -> [error, Reason, element(3, Info)].

exit_of(Pid) ->
    receive {'EXIT', Pid, Reason} -> Reason
    after 10000 -> error({alive, Pid})
    end.

watch(Pid) -> monitor(process, Pid).

reason_of(Ref) ->
    receive {'DOWN', Ref, process, _, Reason} -> Reason
    after 10000 -> error({alive, Ref})
    end.

until(Check) ->
    case Check() of
        true -> ok;
        false -> timer:sleep(1), until(Check)
    end.

label(Pid, Pid) -> same;
label(_, _) -> other.

word(Pid) when is_pid(Pid) -> running;
word(Other) -> Other.

stack(Stack) when is_list(Stack) -> stack.

%% ---- supervisor reports, one by one as messages of the item

reporting(Item) ->
    logger:set_handler_config(default, level, none),
    logger:add_handler(?MODULE, ?MODULE, #{level => all, config => #{to => self()}}),
    logger:set_primary_config(level, all),
    try Item()
    after
        logger:set_primary_config(level, none),
        logger:remove_handler(?MODULE)
    end.

log(#{level := Level, msg := {report, #{label := {supervisor, Context}, report := Report}}}, #{config := #{to := To}}) ->
    To ! {report, Context, Level, Report};
log(#{level := Level, msg := {report, #{label := {_, progress}, report := Report}}}, #{config := #{to := To}}) ->
    To ! {report, progress, Level, Report};
log(_, _) -> ok.

report(Context) ->
    receive {report, Context, error, Report} -> Report
    after 5000 -> error({no_report, Context})
    end.

%% The ids and reasons of all reports that are no progress, up to that of this child.
reported_until(Last) ->
    receive
        {report, Context, error, Report} ->
            Line = [proplists:get_value(id, proplists:get_value(offender, Report)), Context, proplists:get_value(reason, Report)],
            case Line of
                [Last, _, _] -> [Line];
                _ -> [Line | reported_until(Last)]
            end
    after 5000 -> error({no_report, Last})
    end.

fields(Report, Labels) ->
    Offender = maps:from_list(proplists:get_value(offender, Report)),
    #{mfargs := {Module, _, _}, pid := Pid} = Offender,
    {Supervisor, overseer} = proplists:get_value(supervisor, Report),
    #{supervisor => maps:get(Supervisor, Labels, other),
      context => proplists:get_value(errorContext, Report),
      reason => proplists:get_value(reason, Report),
      offender => (maps:remove(mfargs, Offender))#{module => case Module of ?MODULE -> leaver; _ -> Module end,
          pid => maps:get(Pid, Labels, Pid)}}.
