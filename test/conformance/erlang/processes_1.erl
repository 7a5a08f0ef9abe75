%% PROC-001 to PROC-040.
-module(processes_1).
-export(['PROC-001'/0, 'PROC-002'/0, 'PROC-003'/0, 'PROC-004'/0, 'PROC-005'/0, 'PROC-006'/0, 'PROC-007'/0, 'PROC-008'/0,
         'PROC-009'/0, 'PROC-010'/0, 'PROC-011'/0, 'PROC-012'/0, 'PROC-013'/0, 'PROC-014'/0, 'PROC-015'/0, 'PROC-016'/0, 'PROC-017'/0, 'PROC-018'/0,
         'PROC-019'/0, 'PROC-020'/0, 'PROC-021'/0, 'PROC-022'/0, 'PROC-023'/0, 'PROC-024'/0, 'PROC-025'/0, 'PROC-026'/0,
         'PROC-027'/0, 'PROC-028'/0, 'PROC-029'/0, 'PROC-030'/0, 'PROC-031'/0, 'PROC-032'/0, 'PROC-033'/0, 'PROC-034'/0,
         'PROC-035'/0, 'PROC-036'/0, 'PROC-037'/0, 'PROC-038'/0, 'PROC-039'/0, 'PROC-040'/0]).
-export([rest/0]).

%% ---- a process that does what it is told and remembers what it heard

puppet(Traps) ->
    Puppet = spawn(fun() -> process_flag(trap_exit, Traps), rest() end),
    heard(Puppet, 0),
    Puppet.

rest() -> puppet([], []).

puppet(Heard, Waiting) ->
    receive
        {do, From, Ref, Do} -> From ! {Ref, Do()}, puppet(Heard, Waiting);
        {cast, Do} -> Do(), puppet(Heard, Waiting);
        {heard, From, Ref, Count} when length(Heard) >= Count -> From ! {Ref, Heard}, puppet(Heard, Waiting);
        {heard, From, Ref, Count} -> puppet(Heard, [{heard, From, Ref, Count} | Waiting]);
        Message -> [self() ! Each || Each <- Waiting], puppet(Heard ++ [Message], [])
    end.

%% Has the puppet do something, and waits for what that returns.
do(Puppet, Do) -> ask(Puppet, fun(Ref) -> {do, self(), Ref, Do} end).
%% Has it do something that it may not survive.
cast(Puppet, Do) -> Puppet ! {cast, Do}, ok.
%% What it heard, as soon as that is Count or more.
heard(Puppet, Count) -> ask(Puppet, fun(Ref) -> {heard, self(), Ref, Count} end).
%% What it heard, once everything that Sender has sent it is there.
heard_from(Puppet, Sender) -> do(Sender, fun() -> heard(Puppet, 0) end).

ask(Pid, Request) ->
    Ref = make_ref(),
    Pid ! Request(Ref),
    receive {Ref, Answer} -> Answer
    after 5000 -> error({no_answer, Pid})
    end.

%% ---- how things are told

%% A term in which pids are the words that stand for them.
told(Term, Labels) when is_list(Term) -> [told(Part, Labels) || Part <- Term];
told(Term, Labels) when is_tuple(Term) -> told(tuple_to_list(Term), Labels);
told(Term, Labels) when is_pid(Term) -> proplists:get_value(Term, Labels, pid);
told(Term, _) -> Term.

%% A reason whose stack is the word for it.
shape({Reason, [{_, _, _, _} | _]}) -> [shape(Reason), stack];
shape({Reason, []}) -> [shape(Reason), stack];
shape({nocatch, Value}) -> [nocatch, Value];
shape(Reason) -> Reason.

alive(Pid) -> case is_process_alive(Pid) of true -> alive; false -> dead end.

%% What a trapping parent hears of a child by link and by monitor.
notices(Body) ->
    process_flag(trap_exit, true),
    {Pid, Ref} = spawn_opt(Body, [link, monitor]),
    Link = receive {'EXIT', Pid, Exit} -> shape(Exit) end,
    Monitor = receive {'DOWN', Ref, process, Pid, Down} -> shape(Down) end,
    #{link => Link, monitor => Monitor}.

missing() -> list_to_atom("no_such_module").

%% ---- creation and termination

'PROC-001'() ->
    Me = self(),
    Gated = spawn(fun() -> receive go -> Me ! {ran, self()} end end),
    Gated ! go,
    Body = receive {ran, Gated} -> 'ran after the spawn was over' end,
    Missing = missing(),
    Bodies = [fun() -> error(boom) end, fun() -> exit(boom) end, fun() -> throw(boom) end, fun() -> Missing:function() end],
    Spawns = [begin
        {Returned, Pid} = try {returned, spawn(Each)} catch _:_ -> {raised, none} end,
        observe:down(Pid),
        Returned
    end || Each <- Bodies],
    #{body => Body, spawns => Spawns, mailbox => observe:take(one, 0)}.

'PROC-002'() ->
    #{nothing => notices(fun() -> ok end), value => notices(fun() -> {some, value} end)}.

'PROC-003'() ->
    Missing = missing(),
    process_flag(trap_exit, true),
    {error, {shutdown, {failed_to_start_child, Id, Reason}}} =
        worker:supervise(#{}, [worker:spec(a, worker:scribe(), #{}, #{starts => [crash]})]),
    #{error => notices(fun() -> error(boom) end),
      exit => notices(fun() -> exit(boom) end),
      throw => notices(fun() -> throw(boom) end),
      'throw normal' => notices(fun() -> throw(normal) end),
      undef => notices(fun() -> Missing:function() end),
      supervisor => [failed_to_start_child, Id, shape(Reason)]}.

'PROC-004'() ->
    process_flag(trap_exit, true),
    [begin Pid = spawn_link(fun() -> exit({at_once, N}) end), receive {'EXIT', Pid, Reason} -> Reason end end || N <- lists:seq(1, 10)].

'PROC-005'() ->
    [begin {Pid, Ref} = spawn_monitor(fun() -> exit({at_once, N}) end), receive {'DOWN', Ref, process, Pid, Reason} -> Reason end end
     || N <- lists:seq(1, 10)].

'PROC-006'() ->
    process_flag(trap_exit, true),
    {Pid, Ref} = spawn_opt(fun() -> exit(boom) end, [link, monitor]),
    Notices = lists:sort([told(shown(Each, Ref), [{Pid, child}]) || Each <- observe:take(2)]),
    #{notices => Notices, more => observe:quiet(20)}.

shown({'DOWN', Ref, process, Pid, Reason}, Ref) -> {'DOWN', 'its ref', process, Pid, Reason};
shown(Message, _) -> Message.

'PROC-007'() ->
    Me = self(),
    Fast = fun() -> Me ! {body, self()}, exit(boom) end,
    Ref = spawn_request(Fast, [monitor]),
    AtOnce = is_reference(Ref),
    First = receive {spawn_reply, Ref, ok, Pid} -> [spawn_reply, ok, pid] end,
    Rest = [told(shown(Each, Ref), [{Pid, child}]) || Each <- observe:take(2)],
    Tagged = spawn_request(fun() -> ok end, [{reply_tag, mine}]),
    Tag = receive {mine, Tagged, ok, _} -> mine end,
    Replies = [begin
        Each = spawn_request(fun() -> ok end, [{reply, Option}]),
        receive {spawn_reply, Each, ok, _} -> reply after 50 -> nothing end
    end || Option <- [yes, no, success_only, error_only]],
    Bad = spawn_request(fun() -> ok end, [monitor, {no_such, option}]),
    Error = receive {spawn_reply, Bad, error, Why} -> [error, Why] end,
    #{ref => AtOnce, first => First, rest => Rest, tag => Tag, replies => Replies, error => Error, monitor => demonitor(Bad, [info]),
      more => observe:quiet(20)}.

'PROC-008'() ->
    Target = puppet(true),
    Caught = try exit(mine) catch exit:Reason -> [exit, Reason] end,
    Signal = try [returned, exit(Target, theirs)] catch _:_ -> raised end,
    #{caught => Caught, signal => Signal, target => told(heard(Target, 1), [{self(), caller}]), caller => alive(self()),
      uncaught => notices(fun() -> exit(mine) end)}.

'PROC-009'() ->
    Me = self(),
    Body = fun() ->
        try
            Me ! ready,
            receive after infinity -> ok end
        catch _:_ -> Me ! caught
        after Me ! finally
        end
    end,
    {Signalled, Ref} = spawn_monitor(Body),
    receive ready -> ok end,
    exit(Signalled, boom),
    Reason = receive {'DOWN', Ref, process, Signalled, R1} -> R1 end,
    Ran = told([Message || Message <- [observe:take(one, 20)], Message =/= nothing], []),
    {Own, OwnRef} = spawn_monitor(fun() -> try exit(mine) after Me ! finally end end),
    Finally = receive finally -> [finally] end,
    OwnReason = receive {'DOWN', OwnRef, process, Own, R2} -> R2 end,
    #{signal => #{reason => Reason, ran => Ran}, own => #{reason => OwnReason, ran => Finally}}.

%% ---- sending and ordering

'PROC-010'() ->
    Sender = puppet(true),
    Gone = puppet(false),
    exit(Gone, kill),
    observe:down(Gone),
    Sent = do(Sender, fun() -> try Gone ! message of message -> returned catch _:_ -> raised end end),
    #{sent => Sent, sender => alive(Sender), heard => heard(Sender, 0)}.

'PROC-011'() ->
    Sender = puppet(true),
    Gone = puppet(false),
    exit(Gone, kill),
    observe:down(Gone),
    Sent = fun(To) -> do(Sender, fun() -> try To ! message of message -> returned catch error:Why -> [raised, Why] end end) end,
    #{name => Sent(nobody), 'name at node' => Sent({nobody, node()}), 'name at dead node' => Sent({nobody, 'nowhere@localhost'}),
      pid => Sent(Gone), sender => alive(Sender)}.

'PROC-012'() ->
    [A, B] = [puppet(true), puppet(true)],
    Labels = [{A, a}, {B, b}],
    do(A, fun() ->
        link(B),
        B ! 1,
        exit(B, soft),
        unlink(B),
        Ref = monitor(process, B),
        B ! 2,
        demonitor(Ref),
        exit(B, {soft, 2}),
        monitor(process, B),
        link(B),
        B ! 3
    end),
    Forth = told(heard_from(B, A), Labels),
    cast(B, fun() -> A ! last, exit(boom) end),
    Back = told(heard(A, 3), Labels),
    Me = self(),
    Ref = spawn_request(fun() -> Me ! first, Me ! second, exit(boom) end, [monitor]),
    Spawned = [case Each of
        {spawn_reply, Ref, ok, _} -> spawn_reply;
        {'DOWN', Ref, process, _, Reason} -> ['DOWN', Reason];
        _ -> Each
    end || Each <- observe:take(4)],
    #{forth => Forth, back => [hd(Back) | lists:sort(tl(Back))], spawned => Spawned}.

'PROC-013'() ->
    [A, B, C] = [puppet(false), puppet(false), puppet(false)],
    cast(A, fun() -> [C ! {a, N} || N <- lists:seq(0, 19)], B ! 'to b' end),
    cast(B, fun() -> [C ! {b, N} || N <- lists:seq(0, 19)] end),
    Heard = heard(C, 40),
    #{a => [N || {a, N} <- Heard], b => [N || {b, N} <- Heard], 'by way of b' => heard_from(B, A)}.

'PROC-014'() ->
    [A, B] = [puppet(true), puppet(true)],
    Alias = do(B, fun() -> register(ordered, self()), alias() end),
    Addresses = [B, {ordered, node()}, Alias, ordered],
    do(A, fun() -> [lists:nth(N rem 4 + 1, Addresses) ! N || N <- lists:seq(0, 39)] end),
    Messages = heard_from(B, A),
    do(A, fun() ->
        monitor(process, ordered),
        exit(B, kill)
    end),
    [{'DOWN', _, process, _, Reason}] = heard(A, 1),
    #{messages => Messages, down => Reason}.

'PROC-015'() ->
    Watcher = puppet(true),
    Child = puppet(false),
    do(Watcher, fun() -> link(Child), monitor(process, Child) end),
    cast(Child, fun() -> [Watcher ! N || N <- lists:seq(0, 49)], exit(boom) end),
    {Messages, Notices} = lists:split(50, told(heard(Watcher, 52), [{Child, child}])),
    #{messages => Messages, notices => lists:sort(Notices)}.

'PROC-016'() ->
    [Sender, Trapper, Plain] = [puppet(false), puppet(true), puppet(false)],
    Me = self(),
    do(Sender, fun() -> Trapper ! before, exit(Trapper, between), Trapper ! 'after' end),
    Heard = told(heard_from(Trapper, Sender), [{Sender, sender}]),
    Ref = monitor(process, Plain),
    do(Sender, fun() -> exit(Plain, 'end'), Plain ! {cast, fun() -> Me ! handled end} end),
    Reason = receive {'DOWN', Ref, process, Plain, R} -> R end,
    #{trapper => Heard, plain => Reason, handled => observe:take(one, 20)}.

'PROC-017'() ->
    self() ! first,
    self() ! second,
    erlang:send_after(0, self(), timer),
    Meanwhile = 'nothing was handled in between',
    Heard = observe:take(3),
    erlang:send_after(0, self(), timer),
    self() ! sent,
    #{meanwhile => Meanwhile, heard => Heard, 'timer set first' => observe:take(2)}.

%% A term that was sent stays what it was: the nearest thing to a change is another term.
'PROC-018'() ->
    Sent = [1],
    Receiver = puppet(true),
    Receiver ! {message, Sent},
    Receiver ! {cast, fun() -> self() ! {cast, noted, Sent} end},
    do(Receiver, fun() -> self() ! {call, Sent} end),
    erlang:send_after(0, Receiver, {timer, Sent}),
    exit(Receiver, Sent),
    spawn(fun() -> Receiver ! {argument, Sent} end),
    Heard = heard(Receiver, 6),
    Back = do(Receiver, fun() -> Sent ++ [spoilt] end),
    Seen = maps:from_list([case Each of
        {cast, noted, Parts} -> {cast, Parts};
        {'EXIT', _, Parts} -> {exit, Parts};
        {What, Parts} -> {What, Parts}
    end || Each <- Heard]),
    All = Seen#{kept => Sent, back => Back, heard => length(Heard)},
    #{near => All, far => All}.

%% ---- selective receive and timeouts

'PROC-019'() ->
    [self() ! Each || Each <- [x, b, a]],
    First = receive a -> a; b -> b end,
    Second = receive a -> a; b -> b end,
    Third = receive Any -> Any end,
    [First, Second, Third].

'PROC-020'() ->
    [self() ! Each || Each <- [1, 2, 3, 4, 5]],
    Taken = [receive 3 -> 3 end, receive 5 -> 5 end, receive 1 -> 1 end],
    Quiet = receive 3 -> 3 after 0 -> nothing end,
    self() ! 6,
    #{taken => Taken, quiet => Quiet, rest => observe:take(3)}.

'PROC-021'() ->
    [erlang:send_after(At, self(), noise) || At <- lists:seq(5, 55, 5)],
    erlang:send_after(90, self(), late),
    Started = erlang:monotonic_time(millisecond),
    Outcome = receive late -> late after 60 -> 'timed out' end,
    Waited = erlang:monotonic_time(millisecond) - Started >= 60,
    #{outcome => Outcome, 'waited its time' => Waited, noise => receive noise -> there end}.

'PROC-022'() ->
    [self() ! N || N <- lists:seq(1, 5000)],
    self() ! wanted,
    Found = receive wanted -> found after 0 -> 'timed out' end,
    Again = receive wanted -> found after 0 -> 'timed out' end,
    #{found => Found, again => Again, rest => length(observe:take(5000))}.

'PROC-023'() ->
    maps:from_list([{Name, outcome(Timeout)}
        || {Name, Timeout} <- [{'0', 0}, {'4294967295', 4294967295}, {infinity, infinity}, {'4294967296', 4294967296},
                               {'9007199254740991', 9007199254740991}, {'9007199254740992', 9007199254740992},
                               {'-1', -1}, {'1.5', 1.5}, {word, soon}]]).

%% Whether a process may wait that long: the time is looked at when nothing in the mailbox fits.
outcome(Timeout) ->
    {Waiter, Ref} = spawn_monitor(fun() ->
        exit(try receive x -> accepted after Timeout -> accepted end catch error:Why -> Why end)
    end),
    until_waiting(Waiter),
    Waiter ! x,
    receive {'DOWN', Ref, process, Waiter, Outcome} -> Outcome end.

until_waiting(Pid) ->
    case process_info(Pid, status) of
        {status, waiting} -> ok;
        undefined -> ok;
        _ -> erlang:yield(), until_waiting(Pid)
    end.

'PROC-024'() ->
    Echo = spawn_link(fun Echo() -> receive {From, Ref, Value} -> From ! {Ref, Value}, Echo() end end),
    Calls = fun() -> [begin Ref = make_ref(), Echo ! {self(), Ref, N}, receive {Ref, N} -> N end end || N <- lists:seq(1, 1000)] end,
    Best = fun() -> lists:min([element(1, timer:tc(Calls)) || _ <- [1, 2, 3]]) end,
    Empty = Best(),
    [self() ! N || N <- lists:seq(1, 500000)],
    Full = Best(),
    #{'less than ten times slower' => Full < 10 * Empty, waiting => element(2, process_info(self(), message_queue_len))}.

%% ---- links

links(Pid) -> {links, Links} = process_info(Pid, links), length(Links).

'PROC-025'() ->
    [A, B] = [puppet(true), puppet(true)],
    Self = do(A, fun() -> link(self()) end),
    Alone = links(A),
    do(A, fun() -> link(B), link(B) end),
    do(B, fun() -> link(A) end),
    Linked = [links(A), links(B)],
    exit(B, kill),
    Exits = told(heard(A, 1), [{B, b}]),
    [C, D] = [puppet(false), puppet(true)],
    do(C, fun() -> link(D) end),
    exit(C, other_way),
    #{self => Self, 'links to itself' => Alone, links => Linked, exits => Exits, back => told(heard(D, 1), [{C, c}]),
      more => length(heard_from(A, D)) - 1}.

'PROC-026'() ->
    Removed = fun(Remover) ->
        [A, B] = [puppet(false), puppet(false)],
        do(A, fun() -> link(B) end),
        {Who, Of} = case Remover of a -> {A, B}; b -> {B, A} end,
        Said = do(Who, fun() -> unlink(Of) end),
        Links = [links(A), links(B)],
        exit(B, boom),
        observe:down(B),
        #{said => Said, links => Links, partner => alive(A)}
    end,
    [C, D] = [puppet(false), puppet(false)],
    #{a => Removed(a), b => Removed(b), stranger => do(C, fun() -> unlink(D) end)}.

'PROC-027'() ->
    [A, B, Trapper] = [puppet(false), puppet(false), puppet(true)],
    do(A, fun() -> link(B), link(Trapper) end),
    do(B, fun() -> link(Trapper) end),
    Before = links(A),
    cast(B, fun() -> exit(normal) end),
    observe:down(B),
    #{before => Before, partner => alive(A), 'links then' => links(A), trapper => told(heard(Trapper, 1), [{B, b}])}.

'PROC-028'() ->
    Ends = fun(Reason) ->
        Chain = [puppet(false) || _ <- lists:seq(1, 5)],
        [do(X, fun() -> link(Y) end) || {X, Y} <- lists:zip(tl(Chain), lists:droplast(Chain))],
        Refs = [monitor(process, Each) || Each <- Chain],
        cast(hd(Chain), fun() -> exit(Reason) end),
        [receive {'DOWN', Ref, process, _, Why} -> Why end || Ref <- Refs]
    end,
    #{boom => Ends(boom), shutdown => Ends(shutdown), compound => Ends({some, [1, reason]})}.

gone() ->
    Gone = puppet(false),
    exit(Gone, kill),
    observe:down(Gone),
    Gone.

'PROC-029'() ->
    Gone = gone(),
    [Trapper, Plain] = [puppet(true), puppet(false)],
    Link = fun() -> try [returned, link(Gone)] catch error:Why -> [raised, Why] end end,
    Trapped = do(Trapper, Link),
    Raised = do(Plain, Link),
    #{trapper => [Trapped, told(heard(Trapper, 1), [{Gone, gone}])], plain => [Raised, alive(Plain)]}.

%% On a node of its own. Nodes find each other by epmd, which stays if it was there before, or if others need it.
'PROC-030'() ->
    Before = string:find(os:cmd("epmd -names"), "up and running"),
    os:cmd("epmd -daemon"),
    {ok, _} = net_kernel:start('processes_1@localhost', #{name_domain => shortnames}),
    {ok, Peer, Node} = peer:start(#{name => processes_1_peer, host => "localhost",
                                    args => ["-pa", filename:dirname(code:which(?MODULE)), "-setcookie", atom_to_list(erlang:get_cookie())]}),
    Gone = spawn(Node, ?MODULE, rest, []),
    exit(Gone, kill),
    observe:down(Gone),
    [Trapper, Plain] = [puppet(true), puppet(false)],
    Link = fun() -> try [returned, link(Gone)] catch error:Why -> [raised, Why] end end,
    Trapped = do(Trapper, Link),
    Heard = told(heard(Trapper, 1), [{Gone, gone}]),
    Ref = monitor(process, Plain),
    cast(Plain, Link),
    Ends = receive {'DOWN', Ref, process, Plain, Reason} -> Reason end,
    peer:stop(Peer),
    net_kernel:stop(),
    [os:cmd("epmd -kill") || Before =:= nomatch],
    #{trapper => [Trapped, Heard], plain => Ends}.

'PROC-031'() ->
    [Plain, Trapper, Peer] = [puppet(false), puppet(true), puppet(false)],
    [do(Each, fun() -> link(Peer) end) || Each <- [Plain, Trapper]],
    do(Plain, fun() -> unlink(Peer) end),
    do(Trapper, fun() -> unlink(Peer), exit(Peer, boom) end),
    observe:down(Peer),
    #{plain => alive(Plain), trapper => heard(Trapper, 0)}.

'PROC-032'() ->
    [Trapper, Peer] = [puppet(true), puppet(false)],
    Unlinked = do(Trapper, fun() ->
        link(Peer),
        exit(Peer, boom),
        until_queued(),
        unlink(Peer)
    end),
    #{unlink => Unlinked, mailbox => told(heard(Trapper, 1), [{Peer, peer}])}.

'PROC-033'() ->
    [Trapper, Peer] = [puppet(true), puppet(false)],
    do(Trapper, fun() -> link(Peer), unlink(Peer) end),
    exit(Peer, old_reason),
    observe:down(Peer),
    Linked = do(Trapper, fun() -> link(Peer) end),
    #{link => Linked, heard => told(heard(Trapper, 1), [{Peer, peer}])}.

'PROC-034'() ->
    [Trapper, Peer] = [puppet(true), puppet(false)],
    do(Trapper, fun() -> link(Peer) end),
    do(Peer, fun() -> exit(Trapper, by_hand) end),
    First = length(heard(Trapper, 1)),
    exit(Peer, by_link),
    #{first => First, heard => told(heard(Trapper, 2), [{Peer, peer}])}.

%% ---- exit signals

'PROC-035'() ->
    Sender = self(),
    Plain = spawn(fun() -> receive after infinity -> ok end end),
    Trapper = spawn(fun() ->
        process_flag(trap_exit, true),
        Sender ! ready,
        receive Message -> Sender ! {heard, Message} end
    end),
    receive ready -> ok end,
    exit(Plain, normal),
    exit(Trapper, normal),
    Heard = receive {heard, {'EXIT', Sender, Reason}} -> ['EXIT', sender, Reason] end,
    Alive = case is_process_alive(Plain) of true -> alive; false -> dead end,
    #{plain => Alive, trapper => [Heard]}.

%% What ends a process to which something is done, by link and by monitor, and what a non-trapping partner ends with.
ends(Victim, How) ->
    [Trapper, Plain] = [puppet(true), puppet(false)],
    do(Trapper, fun() -> link(Victim), monitor(process, Victim) end),
    do(Plain, fun() -> link(Victim) end),
    Ref = monitor(process, Plain),
    How(Victim),
    Notices = heard(Trapper, 2),
    [Link] = [Reason || {'EXIT', Pid, Reason} <- Notices, Pid =:= Victim],
    [Monitor] = [Reason || {'DOWN', _, process, Pid, Reason} <- Notices, Pid =:= Victim],
    Partner = case Link of
        normal -> alive(Plain);
        _ -> receive {'DOWN', Ref, process, Plain, Reason} -> Reason end
    end,
    #{link => Link, monitor => Monitor, partner => Partner}.

to_itself(Reason) -> fun(Victim) -> cast(Victim, fun() -> exit(self(), Reason) end) end.

'PROC-036'() ->
    Trapper = puppet(true),
    Said = do(Trapper, fun() -> exit(self(), normal) end),
    #{plain => ends(puppet(false), to_itself(normal)), trapper => [Said, told(heard(Trapper, 1), [{Trapper, itself}])]}.

'PROC-037'() ->
    Kill = fun(Victim) -> exit(Victim, kill) end,
    Me = self(),
    Busy = spawn(fun() -> Me ! busy, for_ever(0) end),
    receive busy -> ok end,
    Itself = puppet(true),
    Ref = monitor(process, Itself),
    cast(Itself, fun() -> exit(self(), kill), Me ! went_on end),
    Killed = receive {'DOWN', Ref, process, Itself, Reason} -> Reason end,
    #{plain => ends(puppet(false), Kill), trapper => ends(puppet(true), Kill), itself => Killed,
      'went on' => case observe:take(one, 20) of went_on -> true; nothing -> false end,
      busy => ends(Busy, Kill)}.

for_ever(N) -> for_ever(N + 1).

'PROC-038'() ->
    [Trapper, Victim, Ordinary] = [puppet(true), puppet(false), puppet(true)],
    do(Trapper, fun() -> link(Victim) end),
    exit(Victim, kill),
    do(Trapper, fun() -> exit(Ordinary, killed) end),
    #{trapper => told(heard(Trapper, 1), [{Victim, victim}]),
      ordinary => [told(heard(Ordinary, 1), [{Trapper, trapper}]), alive(Ordinary)],
      partner => maps:get(partner, ends(puppet(false), fun(Pid) -> exit(Pid, kill) end))}.

'PROC-039'() -> ends(puppet(true), fun(Victim) -> cast(Victim, fun() -> exit(kill) end) end).

'PROC-040'() ->
    Me = self(),
    Caught = fun(Victim) ->
        cast(Victim, fun() ->
            try exit(self(), mine), Me ! 'went on' catch _:_ -> Me ! caught after Me ! finally end,
            Me ! survived
        end)
    end,
    Ends = ends(puppet(false), Caught),
    #{ends => Ends, ran => [Message || Message <- [observe:take(one, 20)], Message =/= nothing]}.

until_queued() ->
    case process_info(self(), message_queue_len) of
        {message_queue_len, 0} -> erlang:yield(), until_queued();
        _ -> ok
    end.
