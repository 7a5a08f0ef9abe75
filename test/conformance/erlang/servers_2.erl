%% SRV-028 to SRV-052. The servers are those of servers_2_clerk.
-module(servers_2).
-export(['SRV-028'/0, 'SRV-029'/0, 'SRV-030'/0, 'SRV-031'/0, 'SRV-032'/0, 'SRV-033'/0, 'SRV-034'/0, 'SRV-035'/0,
    'SRV-036'/0, 'SRV-037'/0, 'SRV-038'/0, 'SRV-039'/0, 'SRV-040'/0, 'SRV-041'/0, 'SRV-042'/0, 'SRV-043'/0, 'SRV-044'/0, 'SRV-045'/0,
    'SRV-046'/0, 'SRV-047'/0, 'SRV-048'/0, 'SRV-049'/0, 'SRV-050'/0, 'SRV-051'/0, 'SRV-052'/0]).

-define(clerk, servers_2_clerk).

now_ms() -> erlang:monotonic_time(millisecond).
keep() -> #{returns => keep}.
request(Clerk, Order, Label, Ids) -> gen_server:send_request(Clerk, Order, Label, Ids).

'SRV-028'() ->
    [A, B] = [?clerk:start(), ?clerk:start()],
    Ids = request(B, keep(), b, request(A, keep(), a, gen_server:reqids_new())),
    Past = gen_server:wait_response(Ids, {abs, now_ms() - 10}, true),
    Due = now_ms() + 30,
    Waited = gen_server:wait_response(Ids, {abs, Due}, true),
    InTime = now_ms() >= Due,
    ?clerk:answer(A, first),
    ?clerk:answer(B, second),
    {First, FirstLabel, Rest} = gen_server:wait_response(Ids, infinity, true),
    {Second, SecondLabel, None} = gen_server:wait_response(Rest, {abs, now_ms() - 10}, true),
    More = request(B, keep(), d, request(A, keep(), c, None)),
    Received = gen_server:receive_response(More, {abs, now_ms() + 20}, true),
    ?clerk:answer(A, late),
    ?clerk:answer(B, late),
    #{past => Past, waited => Waited, not_before => InTime, kept => [{First, FirstLabel}, {Second, SecondLabel}], left => gen_server:reqids_size(None),
      received => Received, abandoned => gen_server:wait_response(More, 0, true), mailbox => observe:quiet(20)}.

'SRV-029'() ->
    [A, B, C, D, Gone] = [?clerk:start() || _ <- lists:seq(1, 5)],
    exit(Gone, kill),
    observe:down(Gone),
    Labels = #{B => b, D => d, Gone => gone},
    Ids = lists:foldl(fun({Clerk, Order, Label}, To) -> request(Clerk, Order, Label, To) end, gen_server:reqids_new(),
        [{A, keep(), a}, {B, #{returns => {exit, boom}}, b}, {C, keep(), c}]),
    {Exited, b, Two} = gen_server:receive_response(Ids, 5000, true),
    {Crashed, d, _} = gen_server:receive_response(request(D, #{returns => {crash, odd}}, d, Two), 5000, true),
    {Noproc, gone, _} = gen_server:receive_response(request(Gone, keep(), gone, Two), 5000, true),
    ?clerk:answer(C, 1),
    {OfC, LabelC, One} = gen_server:receive_response(Two, 5000, true),
    ?clerk:answer(A, 2),
    {OfA, LabelA, None} = gen_server:receive_response(One, 5000, true),
    Named = fun({error, {{Reason, [_ | _]}, Ref}}) -> [error, [[Reason, stack], maps:get(Ref, Labels)]];
               ({error, {Reason, Ref}}) -> [error, [Reason, maps:get(Ref, Labels)]] end,
    #{exited => Named(Exited), crashed => Named(Crashed), noproc => Named(Noproc), others => [{OfC, LabelC}, {OfA, LabelA}],
      sizes => [gen_server:reqids_size(Each) || Each <- [Two, One, None]]}.

%% Some need other nodes, and so epmd, which is left running when it was not.
distributed() ->
    os:cmd("epmd -daemon"),
    {ok, _} = net_kernel:start(list_to_atom("recorder" ++ os:getpid() ++ "@127.0.0.1"), #{name_domain => longnames}).

'SRV-030'() ->
    distributed(),
    [Path | _] = [filename:dirname(code:which(?MODULE))],
    Start = fun(Name) ->
        {ok, Peer, Node} = peer:start_link(#{name => Name ++ os:getpid(), host => "127.0.0.1", longnames => true, args => ["-pa", Path]}),
        {Peer, Node}
    end,
    [{P2, Two}, {P3, Empty}, {P4, Slow}, {P5, Lost}] = [Start(Name) || Name <- ["two", "empty", "slow", "lost"]],
    peer:stop(P5),
    Labels = #{node() => one, Two => two, Empty => empty, Slow => slow, Lost => lost},
    Clerk = fun(Node) ->
        Self = self(),
        spawn(Node, fun() -> gen_server:start({local, clerk}, ?clerk, {Self, #{}}, []), Self ! up, receive after infinity -> ok end end),
        receive up -> ok end
    end,
    [Clerk(Node) || Node <- [node(), Two, Slow]],
    Nodes = [node(), Lost, Two, Slow, Empty],
    gen_server:cast({clerk, Slow}, #{hold => true}),
    receive [cast, holds] -> ok end,
    {Replies, Bad} = gen_server:multi_call(Nodes, clerk, #{returns => {reply, done}}, 100),
    {clerk, Slow} ! 'go on',
    ok = gen_server:call({clerk, Slow}, #{}),
    Mailbox = observe:quiet(50),
    abcast = gen_server:abcast(Nodes, clerk, #{tell => heard}),
    abcast = gen_server:abcast(Nodes, nobody_at_all, #{tell => heard}),
    Heard = observe:take(3),
    Label = fun(Node) -> maps:get(Node, Labels) end,
    Observed = #{replies => lists:sort([[Label(Node), Reply] || {Node, Reply} <- Replies]), bad => lists:sort([Label(Node) || Node <- Bad]),
      mailbox => Mailbox, cast => Heard, more => observe:quiet(50)},
    [peer:stop(Peer) || Peer <- [P2, P3, P4]],
    net_kernel:stop(),
    Observed.

%% Something is queued before each callback returns; then it goes on twice.
'SRV-031'() ->
    Twice = {continue, #{tell => first, returns => {continue, #{tell => second}}}},
    Order = #{send => queued, returns => Twice},
    Init = begin ?clerk:start(#{first => Order}), observe:take(3) end,
    Clerk = ?clerk:start(),
    ok = gen_server:call(Clerk, Order),
    Call = observe:take(3),
    Answered = #{tell => first, answer => later, returns => {continue, #{tell => second}}},
    later = gen_server:call(Clerk, #{send => queued, returns => {keep_and_continue, Answered}}),
    Later = observe:take(3),
    gen_server:cast(Clerk, Order),
    Cast = observe:take(3),
    Clerk ! Order,
    Info = observe:take(3),
    #{init => Init, call => Call, later => Later, cast => Cast, info => Info}.

'SRV-032'() ->
    process_flag(trap_exit, true),
    Holds = ?clerk:start_link(#{first => #{returns => {continue, #{hold => true, tell => done}}}}),
    Holds ! 'go on',
    Held = observe:take(2),
    Crashes = ?clerk:start_link(#{first => #{returns => {continue, #{returns => {exit, boom}}}}}),
    [Last, {'EXIT', Crashes, Reason}] = observe:take(2),
    #{held => Held, crashed => [Last, ['EXIT', clerk, Reason]]}.

'SRV-033'() ->
    Idle = {timeout, 20},
    ?clerk:start(#{first => #{returns => Idle}}),
    Init = observe:take(1),
    Clerk = ?clerk:start(),
    gen_server:call(Clerk, #{returns => Idle}),
    Call = observe:take(1),
    Kept = gen_server:send_request(Clerk, #{returns => {keep_with_timeout, 20}}),
    Later = observe:take(1),
    ?clerk:answer(Clerk, late),
    {reply, late} = gen_server:receive_response(Kept, 5000),
    gen_server:cast(Clerk, #{returns => Idle}),
    Cast = observe:take(1),
    Clerk ! #{returns => Idle},
    Info = observe:take(1),
    gen_server:call(Clerk, #{returns => {continue, #{returns => Idle}}}),
    Continue = observe:take(1),
    %% Once only: the next that comes is the mark.
    gen_server:call(Clerk, #{returns => Idle}),
    Once = observe:take(1),
    gen_server:cast(Clerk, #{mark => 60}),
    Then = observe:take(1),
    Cancelled = [cancelled(Clerk, Come, 20) || Come <- [call, cast, info]],
    #{init => Init, call => Call, later => Later, cast => Cast, info => Info, continue => Continue, once => Once ++ Then,
      cancelled => Cancelled}.

%% What the clerk hears when something is there already as it begins to wait, and some time after that.
cancelled(Clerk, Come, Ms) ->
    gen_server:cast(Clerk, #{hold => true, returns => {timeout, Ms}}),
    [[cast, holds]] = observe:take(1),
    Order = #{tell => came, mark => 3 * Ms},
    case Come of
        call -> gen_server:send_request(Clerk, Order);
        cast -> gen_server:cast(Clerk, Order);
        info -> Clerk ! Order
    end,
    Clerk ! 'go on',
    [Message || Message <- heard(mark), is_list(Message)].

%% All that comes up to the mark.
heard(mark) ->
    case observe:take(1) of
        [[info, mark] = Mark] -> [Mark];
        [Message] -> [Message | heard(mark)]
    end.

'SRV-034'() ->
    Clerk = ?clerk:start(),
    Queued = cancelled(Clerk, info, 0),
    gen_server:call(Clerk, #{returns => {timeout, 0}}),
    #{queued => Queued, empty => observe:take(1)}.

'SRV-035'() ->
    Clerk = ?clerk:start(),
    gen_server:call(Clerk, #{returns => {timeout, 150}}),
    timer:sleep(60),
    Asked = now_ms(),
    sys:get_state(Clerk),
    Heard = observe:take(1),
    #{heard => Heard, full_time => now_ms() - Asked >= 150}.

%% servers_2_bare has no callback but init.
'SRV-036'() ->
    Bare = fun(Answer) -> {ok, Pid} = gen_server:start(servers_2_bare, Answer, []), Pid end,
    Info = Bare({ok, state}),
    {Kept, Logged} = servers_2_log:while(fun() -> Info ! hello, sys:get_state(Info) end),
    Undefined = fun({undef, [{servers_2_bare, Name, _, _} | _]}) -> [undef, Name] end,
    ToCall = Bare({ok, state}),
    {'EXIT', {Called, {gen_server, call, _}}} = (catch gen_server:call(ToCall, hello)),
    ToCast = Bare({ok, state}),
    Watched = erlang:monitor(process, ToCast),
    gen_server:cast(ToCast, hello),
    [{'DOWN', Watched, process, ToCast, Cast}] = observe:take(1),
    {ok, {_, Continuing}} = gen_server:start_monitor(servers_2_bare, {ok, state, {continue, hello}}, []),
    [{'DOWN', Continuing, process, _, Continue}] = observe:take(1),
    #{info => [Kept, [warned || #{level := warning} <- Logged]], call => Undefined(Called), cast => Undefined(Cast),
      continue => Undefined(Continue), terminate => gen_server:stop(Info)}.

'SRV-037'() ->
    Ended = fun(Order) ->
        [Told, Reason] = ended(?clerk:start(), cast(Order)),
        {Told, Reason}
    end,
    Clerk = ?clerk:start(),
    Reply = gen_server:call(Clerk, #{returns => {throw, {reply, given}}}),
    gen_server:call(Clerk, #{returns => {throw, {continue, #{tell => continued}}}}),
    Continue = observe:take(1),
    Stopped = gen_server:call(Clerk, #{returns => {throw, {stop, normal, last}}}),
    [Last] = observe:take(1),
    {Returned, Returned} = Ended(#{returns => odd}),
    {Thrown, Thrown} = Ended(#{returns => {throw, odd}}),
    #{reply => Reply, continue => Continue, stop => [Stopped, Last], returned => Returned, thrown => Thrown}.

'SRV-038'() ->
    Sleeps = fun(Pid) ->
        case process_info(Pid, current_function) of {_, {erlang, hibernate, 3}} -> hibernated; _ -> awake end
    end,
    Until = fun Again(Pid) -> case Sleeps(Pid) of hibernated -> hibernated; awake -> timer:sleep(5), Again(Pid) end end,
    Clerk = ?clerk:start(),
    gen_server:call(Clerk, #{returns => hibernate}),
    Returned = Until(Clerk),
    sys:get_state(Clerk),
    System = Until(Clerk),
    gen_server:call(Clerk, #{}),
    timer:sleep(10),
    Message = Sleeps(Clerk),
    Silent = ?clerk:start(#{}, [{hibernate_after, 20}]),
    First = Sleeps(Silent),
    #{returned => Returned, system => System, message => Message, silence => [First, Until(Silent)], served => gen_server:call(Silent, #{})}.

%% What terminate and a monitor hear, for each way to end.
ended(Clerk, Make) ->
    Ref = erlang:monitor(process, Clerk),
    Make(Clerk),
    [[terminate, Told], {'DOWN', Ref, process, Clerk, Reason}] = observe:take(2),
    [Told, worded(Reason)].

worded({Reason, [{_, _, _, _} | _]}) -> [Reason, stack];
worded(Reason) -> Reason.

cast(Order) -> fun(Clerk) -> gen_server:cast(Clerk, Order) end.
call(Order) -> fun(Clerk) -> catch gen_server:call(Clerk, Order) end.
info(Order) -> fun(Clerk) -> Clerk ! Order end.

'SRV-039'() ->
    Ended = fun(Make) -> ended(?clerk:start(), Make) end,
    #{stop => [Ended(Make(#{returns => {stop, why}})) || Make <- [fun call/1, fun cast/1, fun info/1]],
      last => Ended(call(#{returns => {stop, {shutdown, [why, 1]}, last}})),
      exit => [Ended(Make(#{returns => {exit, {gone, 1}}})) || Make <- [fun call/1, fun cast/1, fun info/1]],
      error => [Ended(Make(#{returns => {crash, odd}})) || Make <- [fun call/1, fun cast/1, fun info/1]],
      continue => [Ended(cast(#{returns => {continue, #{returns => Returns}}})) || Returns <- [{stop, why}, {exit, gone}, {crash, odd}]]}.

'SRV-040'() ->
    Ended = fun(Last, Make) -> ended(?clerk:start(#{last => #{returns => Last}}), Make) end,
    #{exit => Ended({exit, other}, cast(#{returns => {stop, why}})), error => Ended({crash, odd}, cast(#{returns => {stop, why}})),
      after_error => Ended({exit, other}, cast(#{returns => {crash, odd}})), normal => Ended({exit, normal}, cast(#{returns => {stop, why}}))}.

%% A parent that ends as it is told, and its clerk.
family(Plan) ->
    Item = self(),
    Parent = spawn(fun() ->
        Item ! {clerk, ?clerk:start_link(Plan#{boss => Item})},
        receive {signal, Clerk, Reason} -> exit(Clerk, Reason), receive after infinity -> ok end; {'end', Reason} -> exit(Reason) end
    end),
    receive {clerk, Clerk} -> {Parent, Clerk} end.

%% What the clerk tells, and its end, when its parent signals it or ends.
orphaned(Plan, How, Reason) ->
    {Parent, Clerk} = family(Plan),
    Ref = erlang:monitor(process, Clerk),
    case How of signal -> Parent ! {signal, Clerk, Reason}; 'end' -> Parent ! {'end', Reason} end,
    told(Ref).

told(Ref) ->
    case observe:take(1) of
        [{'DOWN', Ref, process, _, Reason}] -> [[down, Reason]];
        [Message] -> [Message | told(Ref)]
    end.

'SRV-041'() ->
    #{signal => [orphaned(#{traps => true}, signal, Reason) || Reason <- [shutdown, normal, {shutdown, late}, other]],
      'end' => [orphaned(#{traps => true}, 'end', Reason) || Reason <- [shutdown, normal, {shutdown, late}, other, kill]]}.

'SRV-042'() ->
    #{signal => [orphaned(#{}, signal, Reason) || Reason <- [shutdown, {shutdown, late}, other]],
      'end' => [orphaned(#{}, 'end', Reason) || Reason <- [shutdown, {shutdown, late}, other]]}.

'SRV-043'() ->
    {_, Clerk} = family(#{traps => true}),
    Item = self(),
    Heard = fun(Body) ->
        Other = spawn(Body),
        [[info, {'EXIT', Other, Reason}]] = observe:take(1),
        ['EXIT', other, Reason]
    end,
    Signals = [Heard(fun() -> exit(Clerk, Reason) end) || Reason <- [shutdown, normal, other]],
    Links = [Heard(fun() -> link(Clerk), exit(Reason) end) || Reason <- [shutdown, normal, other]],
    #{signals => Signals, links => Links, alive => is_process_alive(Clerk), mailbox => begin Item = self(), observe:quiet(20) end}.

'SRV-044'() ->
    Reports = fun(Reason) ->
        Clerk = ?clerk:start(),
        {_, Logged} = servers_2_log:while(fun() -> ended(Clerk, cast(#{returns => {stop, Reason}})) end),
        [Reason, length([error || #{level := error, msg := {report, #{label := {gen_server, terminate}, name := Name}}} <- Logged, Name =:= Clerk])]
    end,
    [Reports(Reason) || Reason <- [normal, shutdown, {shutdown, late}, other, killed, noproc, kill]].

'SRV-045'() ->
    Stopped = fun(Plan, Stop) ->
        Clerk = ?clerk:start(Plan),
        gen_server:cast(Clerk, #{tell => before}),
        Answer = Stop(Clerk),
        Alive = is_process_alive(Clerk),
        [Answer, observe:take(2), Alive]
    end,
    Stop = fun(Clerk) -> gen_server:stop(Clerk) end,
    Gone = ?clerk:start(),
    ok = gen_server:stop(Gone),
    observe:take(1),
    %% It waits as long as it takes.
    Slow = ?clerk:start(#{last => #{hold => true}}),
    Item = self(),
    Waiter = spawn(fun() -> Item ! {stopped, gen_server:stop(Slow)} end),
    Holds = observe:take(2),
    true = is_process_alive(Waiter),
    Slow ! 'go on',
    {stopped, Slowly} = receive {stopped, _} = Answer -> Answer end,
    #{plain => Stopped(#{}, Stop), trapping => Stopped(#{traps => true}, Stop),
      other => Stopped(#{}, fun(Clerk) -> gen_server:stop(Clerk, {shutdown, late}, infinity) end),
      slow => [Holds, Slowly], dead => exited(fun() -> gen_server:stop(Gone) end),
      unknown => exited(fun() -> gen_server:stop(nobody_at_all) end)}.

exited(Run) -> {'EXIT', Reason} = (catch Run()), Reason.

'SRV-046'() ->
    Other = ?clerk:start(#{last => #{returns => {exit, other}}}),
    Crashed = ?clerk:start(#{last => #{returns => {crash, odd}}}),
    OtherReason = exited(fun() -> gen_server:stop(Other) end),
    [CrashReason, stack] = worded(exited(fun() -> gen_server:stop(Crashed) end)),
    Told = observe:take(2),
    Slow = ?clerk:start(#{last => #{hold => true}}),
    Late = exited(fun() -> gen_server:stop(Slow, shutdown, 50) end),
    Alive = is_process_alive(Slow),
    Slow ! 'go on',
    Reason = observe:down(Slow),
    distributed(),
    Lost = 'nobody@127.0.0.1',
    {{nodedown, Lost}, _} = exited(fun() -> gen_server:stop({clerk, Lost}) end),
    net_kernel:stop(),
    #{other => OtherReason, crashed => [CrashReason, stack], told => Told, late => [Late, Alive, observe:take(2), Reason],
      lost => [nodedown, lost]}.

'SRV-047'() ->
    Clerk = ?clerk:start(),
    ok = sys:suspend(Clerk),
    ok = sys:suspend(Clerk),
    gen_server:cast(Clerk, #{tell => 1}),
    Asked = gen_server:send_request(Clerk, #{tell => 2, returns => {reply, asked}}),
    Clerk ! three,
    gen_server:cast(Clerk, #{tell => 4}),
    Served = [maps:get(entries, sys:get_state(Clerk)), status(Clerk)],
    Quiet = observe:quiet(20),
    ok = sys:resume(Clerk),
    ok = sys:resume(Clerk),
    {reply, Reply} = gen_server:wait_response(Asked, 5000),
    #{served => Served, suspended => Quiet, handled => observe:take(4), reply => Reply, status => status(Clerk)}.

status(Clerk) -> {status, Clerk, _, [_, Status | _]} = sys:get_status(Clerk), Status.

'SRV-048'() ->
    Clerk = ?clerk:start(),
    gen_server:cast(Clerk, #{note => 1}),
    Entries = fun() -> maps:get(entries, sys:get_state(Clerk)) end,
    Running = Entries(),
    sys:suspend(Clerk),
    gen_server:cast(Clerk, #{note => 2}),
    Suspended = Entries(),
    sys:resume(Clerk),
    Resumed = Entries(),
    gen_server:cast(Clerk, #{hold => true}),
    [[cast, holds]] = observe:take(1),
    {timeout, {sys, get_state, [Clerk, 20]}} = exited(fun() -> sys:get_state(Clerk, 20) end),
    Started = now_ms(),
    {timeout, {sys, get_state, [Clerk]}} = exited(fun() -> sys:get_state(Clerk) end),
    Waited = now_ms() - Started,
    Clerk ! 'go on',
    Later = Entries(),
    exit(Clerk, kill),
    observe:down(Clerk),
    {noproc, {sys, get_state, [Clerk]}} = exited(fun() -> sys:get_state(Clerk) end),
    #{running => Running, suspended => Suspended, resumed => Resumed, busy => [timeout, [sys, get_state]], seconds => Waited div 1000,
      later => Later, dead => [noproc, [sys, get_state]]}.

'SRV-049'() ->
    Clerk = ?clerk:start(),
    Entries = fun(State) -> maps:get(entries, State) end,
    Next = sys:replace_state(Clerk, fun(State) -> State#{entries := [replaced]} end),
    After = sys:get_state(Clerk),
    {callback_failed, {gen_server, system_replace_state}, {Class, Reason}} =
        callback_failed(catch sys:replace_state(Clerk, fun(_) -> error(odd) end)),
    Kept = sys:get_state(Clerk),
    gen_server:cast(Clerk, #{note => more}),
    sys:suspend(Clerk),
    Suspended = sys:replace_state(Clerk, fun(#{entries := Old} = State) -> State#{entries := Old ++ [suspended]} end),
    sys:resume(Clerk),
    #{next => Entries(Next), 'after' => Entries(After), failed => [callback_failed, Class, Reason], kept => Entries(Kept),
      suspended => Entries(Suspended), last => Entries(sys:get_state(Clerk))}.

callback_failed({'EXIT', {{callback_failed, _, _} = Failed, _}}) -> Failed;
callback_failed({'EXIT', {callback_failed, _, _} = Failed}) -> Failed.

'SRV-050'() ->
    Orphaned = fun(Plan, How, Reason) ->
        {Parent, Clerk} = family(Plan),
        Ref = erlang:monitor(process, Clerk),
        sys:suspend(Clerk),
        gen_server:cast(Clerk, #{tell => unread}),
        case How of signal -> Parent ! {signal, Clerk, Reason}; 'end' -> Parent ! {'end', Reason} end,
        told(Ref)
    end,
    Each = fun(Traps) -> [Orphaned(#{traps => Traps}, How, Reason) || How <- [signal, 'end'], Reason <- [shutdown, other]] end,
    #{trapping => Each(true), plain => Each(false)}.

'SRV-051'() ->
    Item = self(),
    %% What it prints comes to us.
    group_leader(spawn_link(fun() -> printed(Item) end), self()),
    Clerk = ?clerk:start_link(#{}),
    {status, Clerk, {module, gen_server}, [Dictionary, running, Item, [], Misc]} = sys:get_status(Clerk),
    {?clerk, init, 1} = proplists:get_value('$initial_call', Dictionary),
    [#{entries := Entries}] = [State || {data, [{"State", State}]} <- Misc],
    sys:suspend(Clerk),
    Suspended = status(Clerk),
    sys:resume(Clerk),
    Off = [sys:statistics(Clerk, get), sys:log(Clerk, get)],
    Observe = fun(Observed, Event, _) -> Item ! {event, Event}, Observed end,
    ok = sys:install(Clerk, {Observe, nothing}),
    ok = sys:statistics(Clerk, true),
    ok = sys:log(Clerk, {true, 3}),
    gen_server:call(Clerk, #{note => 1, returns => {reply, done}}),
    gen_server:cast(Clerk, #{note => 2}),
    Clerk ! hello,
    Kept = gen_server:send_request(Clerk, keep()),
    timeout = gen_server:wait_response(Kept, 20),
    Seen = observe:take(9),
    {ok, Statistics} = sys:statistics(Clerk, get),
    {ok, Log} = sys:log(Clerk, get),
    ok = sys:remove(Clerk, Observe),
    ok = sys:statistics(Clerk, false),
    ok = sys:log(Clerk, false),
    ok = sys:trace(Clerk, true),
    gen_server:call(Clerk, #{returns => {reply, done}}),
    gen_server:cast(Clerk, #{}),
    sys:get_state(Clerk),
    Printed = [Line || {printed, Line} <- observe:take(4)],
    ok = sys:trace(Clerk, false),
    gen_server:call(Clerk, #{}),
    #{status => [clerk, running, item, Entries], suspended => Suspended, off => [no_statistics_or(Each) || Each <- Off],
      events => [event(Event) || {event, Event} <- Seen], info => [Message || [_, _] = Message <- Seen],
      counted => [proplists:get_value(Key, Statistics) || Key <- [messages_in, messages_out]], log => [event(Event) || Event <- Log],
      printed => Printed, 'after' => [no_statistics_or(sys:statistics(Clerk, get)), no_statistics_or(sys:log(Clerk, get)), observe:quiet(20)]}.

no_statistics_or({ok, Value}) -> Value.

event({in, {'$gen_call', {_, _}, Order}}) -> [in, call, Order];
event({in, {'$gen_cast', Order}}) -> [in, cast, Order];
event({in, Message}) -> [in, message, Message];
event({out, Reply, {_, _}, #{entries := Entries}}) -> [out, Reply, item, Entries];
event({noreply, #{entries := Entries}}) -> [noreply, Entries].

%% An IO device that tells which events were printed.
printed(Item) ->
    receive
        {io_request, From, As, Request} ->
            Text = lists:flatten(case Request of
                {put_chars, _, Module, Name, Arguments} -> apply(Module, Name, Arguments);
                {put_chars, _, Chars} -> unicode:characters_to_list(Chars)
            end),
            Words = [Word || {Part, Word} <- [{" got call", [in, call]}, {" got cast", [in, cast]}, {" sent ", [out]}], string:find(Text, Part) =/= nomatch],
            "*DBG*" ++ _ = Text,
            Item ! {printed, case Words of [] -> [noreply]; [Word] -> Word end},
            From ! {io_reply, As, ok},
            printed(Item)
    end.

'SRV-052'() ->
    #{rewritten => formatted(rewritten), crashed => formatted(crashed), wrong => formatted(wrong)}.

%% What is shown of a server whose format_status does that: its status, then the report of its crash. Its own end is not changed by it.
formatted(How) ->
    {ok, Server} = gen_server:start(servers_2_secretive, {How, <<"secret">>}, []),
    ok = sys:log(Server, true),
    done = gen_server:call(Server, <<"secret">>),
    {status, _, _, [_, _, _, _, Misc]} = sys:get_status(Server),
    [State] = [State || {data, [{"State", State}]} <- Misc],
    [Log] = [Log || {data, Header} <- Misc, {"Logged events", Log} <- Header],
    Alive = gen_server:call(Server, <<"secret">>),
    Ref = erlang:monitor(process, Server),
    {_, Logged} = servers_2_log:while(fun() ->
        gen_server:cast(Server, <<"secret">>),
        receive {'DOWN', Ref, process, Server, {<<"secret">>, 1}} -> ok end
    end),
    [Report] = [Report || #{level := error, msg := {report, #{label := {gen_server, terminate}, name := Name} = Report}} <- Logged, Name =:= Server],
    #{status => #{state => shown(State), log => shown(Log)}, alive => Alive,
      report => maps:from_list([{Key, shown(maps:get(Key, Report))} || Key <- [state, last_message, reason, log]])}.

shown(Value) ->
    Text = lists:flatten(io_lib:format("~p", [Value])),
    Found = fun(Part) -> string:find(Text, Part) =/= nomatch end,
    case {Found("secret\""), Found("hidden"), Found("format_status")} of
        {true, _, _} -> secret;
        {_, true, _} -> hidden;
        {_, _, true} -> placeholder;
        _ -> Text
    end.
