%% SRV-001 to SRV-027. The module is the server of its items too: its init is a function that is given, and it does what it is told.
-module(servers_1).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2]).
-export(['SRV-001'/0, 'SRV-002'/0, 'SRV-003'/0, 'SRV-004'/0, 'SRV-005'/0, 'SRV-006'/0, 'SRV-007'/0, 'SRV-008'/0, 'SRV-009'/0]).
-export(['SRV-010'/0, 'SRV-011'/0, 'SRV-012'/0, 'SRV-013'/0, 'SRV-014'/0, 'SRV-015'/0, 'SRV-016'/0, 'SRV-017'/0, 'SRV-018'/0]).
-export(['SRV-019'/0, 'SRV-020'/0, 'SRV-021'/0, 'SRV-022'/0, 'SRV-023'/0, 'SRV-024'/0, 'SRV-025'/0, 'SRV-026'/0, 'SRV-027'/0]).

%% ---- the server

init(Init) -> Init().

handle_call({echo, Value}, _, State) -> {reply, Value, State};
handle_call({keep, Tell}, From, State) -> Tell ! kept, {noreply, kept(From, State)};
handle_call({delegate, To}, From, State) -> To ! {answer, From}, {noreply, State};
handle_call({answer, Value}, _, State) -> {Results, More} = answer(Value, State), {reply, Results, More};
handle_call({answer_twice, One, Other}, _, State = #{kept := [From]}) ->
    {reply, [gen_server:reply(From, One), gen_server:reply(From, Other)], State#{kept := [], answered := [From]}};
handle_call({again, Value}, _, State = #{answered := Froms}) -> {reply, [gen_server:reply(From, Value) || From <- Froms], State};
handle_call(slow, _, State = #{done := Done}) -> receive go -> {reply, late, State#{done := Done + 1}} end;
handle_call(done, _, State = #{done := Done}) -> {reply, Done, State};
handle_call({note, Value}, _, State) -> {reply, ok, noted([call, Value], State)};
handle_call(notes, _, State = #{notes := Notes}) -> {reply, Notes, State};
handle_call({stop, Reason}, _, State) -> {stop, Reason, State};
handle_call({stop, Reason, Last}, _, State) -> {stop, Reason, Last, State};
handle_call({crash, Reason}, _, _) -> error(Reason).

handle_cast({note, Value}, State) -> {noreply, noted([cast, Value], State)};
handle_cast({answer, Value}, State) -> {noreply, element(2, answer(Value, State))};
handle_cast({continue, Argument}, State) -> {noreply, State, {continue, Argument}};
handle_cast({say, To, Message}, State) -> To ! Message, {noreply, State};
handle_cast({hold, Tell}, State) -> Tell ! held, receive go -> {noreply, State} end;
handle_cast({stop, Reason}, State) -> {stop, Reason, State};
handle_cast({crash, Reason}, _) -> error(Reason).

handle_info({note, Value}, State) -> {noreply, noted([info, Value], State)};
handle_info({answer, Value}, State) -> {noreply, element(2, answer(Value, State))};
handle_info(kept, State) -> {noreply, State}.

handle_continue({answer, Value}, State) -> {noreply, element(2, answer(Value, State))}.

terminate(Reason, State) ->
    answer(terminate, State),
    case State of
        #{tells := undefined} -> ok;
        #{tells := Pid} -> Pid ! {terminate, Reason}, receive go -> ok end
    end,
    case State of
        #{terminate := crash} -> error(crashed);
        _ -> ok
    end.

kept(From, State = #{kept := Kept}) -> State#{kept := Kept ++ [From]}.
answer(Value, State = #{kept := Kept}) -> {[gen_server:reply(From, Value) || From <- Kept], State#{kept := [], answered := Kept}}.
noted(Note, State = #{notes := Notes}) -> State#{notes := Notes ++ [Note]}.

state() -> #{kept => [], answered => [], notes => [], done => 0, tells => undefined, terminate => ok}.

desk() -> desk(#{}).
desk(Plan) ->
    {ok, Pid} = gen_server:start(?MODULE, fun() -> {ok, maps:merge(state(), Plan)} end, []),
    Pid.

%% ---- what the items need

%% Why a call failed: the reason, and that it says that it was a call.
failure(Call) ->
    try Call() of
        Reply -> [replied, Reply]
    catch
        exit:{Reason, {gen_server, call, _}} -> [tidy(Reason), call]
    end.

tidy({Reason, [{_, _, _, _} | _]}) -> [Reason, stack];
tidy({error, Reason}) -> [error, tidy(Reason)];
tidy(Reason) -> Reason.

%% Calls from a process of its own; what came of it is got by asked/1.
asking(Call) ->
    Self = self(),
    Tag = make_ref(),
    Pid = spawn(fun() -> Self ! {Tag, failure(Call)} end),
    {Tag, Pid}.

asked({Tag, _}) -> receive {Tag, Outcome} -> Outcome after 5000 -> error(not_asked) end.

heard(Message) -> receive Message -> Message after 5000 -> error({not_heard, Message}) end.

%% What is in the mailbox now.
mailbox() -> receive Message -> [Message | mailbox()] after 0 -> [] end.

%% What comes before that message.
mailbox_until(Last) -> receive Last -> []; Message -> [Message | mailbox_until(Last)] after 5000 -> error({missing, Last}) end.

%% A pid that was.
gone() ->
    Pid = spawn(fun() -> ok end),
    observe:down(Pid),
    Pid.

free(Name) -> case whereis(Name) of undefined -> free; _ -> taken end.

%% ---- starts

%% A server whose init tells and ties itself to whoever observes it, and then does as it says.
newcomer(Observer, Ending) -> fun() -> link(Observer), Observer ! {init, self()}, Ending() end.

%% What a start returns, with what the process ends, and what becomes of a starter that is linked and does not trap exits.
fate(Ending) ->
    process_flag(trap_exit, true),
    Result = gen_server:start(?MODULE, newcomer(self(), Ending), []),
    Pid = receive {init, Newcomer} -> Newcomer end,
    Exit = receive {'EXIT', Pid, Reason} -> tidy(Reason) after 5000 -> error(alive) end,
    #{result => tidy(Result), exit => Exit, linked_starter => linked_starter(Ending)}.

linked_starter(Ending) ->
    {Starter, Ref} = spawn_monitor(fun() ->
        gen_server:start_link(?MODULE, Ending, []),
        receive after infinity -> ok end
    end),
    receive {'DOWN', Ref, process, Starter, Reason} -> tidy(Reason)
    after 200 -> exit(Starter, kill), lives
    end.

'SRV-001'() ->
    Self = self(),
    Init = fun() ->
        [Starter | _] = get('$ancestors'),
        Self ! {init, self(), whereis(srv_001) =:= self()},
        receive go -> ok end,
        Starter ! init_ends,
        {ok, state()}
    end,
    spawn_link(fun() ->
        {ok, Pid} = gen_server:start_link({local, srv_001}, ?MODULE, Init, []),
        Self ! {started, Pid, mailbox()},
        receive after infinity -> ok end
    end),
    {Server, Named} = receive {init, Pid, Is} -> {Pid, Is} end,
    Before = receive {started, _, _} -> started after 50 -> not_started end,
    Server ! go,
    Mailbox = receive {started, Server, Messages} -> Messages end,
    #{name_in_init => Named, during_init => Before, mailbox_after_start => Mailbox, reply => gen_server:call(srv_001, {echo, hello})}.

'SRV-002'() -> fate(fun() -> {stop, stopped} end).

'SRV-003'() ->
    Endings = [
        {ignore, fun() -> ignore end}, {stop, fun() -> {stop, stopped} end}, {refuse, fun() -> {error, refused} end},
        {crash, fun() -> error(crashed) end}, {exit, fun() -> exit(left) end}, {bad, fun() -> {noreply, state()} end}
    ],
    Names = maps:from_list([{How, name_after(Ending)} || {How, Ending} <- Endings]),
    maps:merge(fate(fun() -> ignore end), #{names => Names}).

name_after(Ending) ->
    case gen_server:start({local, srv_003}, ?MODULE, Ending, []) of {ok, _} -> error(started); _ -> ok end,
    free(srv_003).

'SRV-004'() -> fate(fun() -> {error, refused} end).

'SRV-005'() ->
    #{error => maps:without([linked_starter], fate(fun() -> error(crashed) end)),
      exit => maps:without([linked_starter], fate(fun() -> exit(left) end))}.

'SRV-006'() ->
    {ok, Pid} = gen_server:start(?MODULE, fun() -> throw({ok, state()}) end, []),
    Result = fun(Thrown) -> tidy(gen_server:start(?MODULE, fun() -> throw(Thrown) end, [])) end,
    #{state => [ok, gen_server:call(Pid, done)], stop => Result({stop, stopped}), ignore => Result(ignore),
      invalid => returned(Result({noreply, state()}))}.

%% A bad return value says what was returned.
returned([error, {bad_return_value, {noreply, #{}}}]) -> [error, [bad_return_value, returned]];
returned([error, {bad_return_value, {stop, finished, reply, #{}}}]) -> [error, [bad_return_value, returned]].

'SRV-007'() ->
    Result = fun(Returned) -> returned(tidy(gen_server:start(?MODULE, fun() -> Returned end, []))) end,
    #{noreply => Result({noreply, state()}), stop_with_reply => Result({stop, finished, reply, state()})}.

'SRV-008'() ->
    maps:from_list([{Kind, taken(Name)} || {Kind, Name} <-
        [{local, {local, srv_008}}, {global, {global, srv_008}}, {via, {via, global, srv_008_via}}]]).

taken(Name) ->
    {ok, Holder} = gen_server:start(Name, ?MODULE, fun() -> {ok, state()} end, []),
    Self = self(),
    {error, {already_started, Pid}} = gen_server:start(Name, ?MODULE, fun() -> Self ! init, {ok, state()} end, []),
    #{result => [error, [already_started, case Pid of Holder -> holder end]], init => mailbox()}.

'SRV-009'() ->
    process_flag(trap_exit, true),
    Self = self(),
    Hanging = newcomer(Self, fun() -> receive after infinity -> ok end end),
    %% By another process: a start that takes too long unlinks its starter.
    spawn(fun() -> Self ! {result, tidy(gen_server:start(?MODULE, Hanging, [{timeout, 50}]))} end),
    Result = receive {result, Returned} -> Returned end,
    Pid = receive {init, Newcomer} -> Newcomer end,
    #{result => Result, exit => receive {'EXIT', Pid, Reason} -> Reason end}.

'SRV-010'() ->
    {ok, {Pid, Ref}} = gen_server:start_monitor(?MODULE, fun() -> {ok, state()} end, []),
    exit(Pid, boom),
    Down = receive {'DOWN', Ref, process, Pid, Reason} -> ['DOWN', ref, process, server, Reason] end,
    Failures = [tidy(gen_server:start_monitor(?MODULE, Ending, [{timeout, 50}])) || Ending <- [
        fun() -> {stop, stopped} end, fun() -> error(crashed) end, fun() -> ignore end,
        fun() -> receive after infinity -> ok end end]],
    #{down => Down, failures => Failures, left_over => case observe:quiet(50) of quiet -> []; Noise -> Noise end}.

%% ---- calls

'SRV-011'() ->
    Desk = desk(),
    register(srv_011, Desk),
    Args = fun(Call) -> try Call() catch exit:{timeout, {gen_server, call, [To | More]}} ->
        [case To of Desk -> server; _ -> To end | [element(1, Request) || Request <- More, is_tuple(Request)]]
    end end,
    Before = erlang:monotonic_time(millisecond),
    Default = asking(fun() -> gen_server:call(Desk, {keep, self()}) end),
    Result = #{
        reply => gen_server:call(Desk, {echo, hello}),
        says_pid => Args(fun() -> gen_server:call(Desk, {keep, self()}, 20) end),
        says_name => Args(fun() -> gen_server:call(srv_011, {keep, self()}, 20) end)
    },
    Failed = receive {Tag, Outcome} when Tag =:= element(1, Default) -> Outcome end,
    Took = erlang:monotonic_time(millisecond) - Before,
    true = Took >= 5000 andalso Took < 6000,
    Result#{default => [Failed, 5000]}.

'SRV-012'() ->
    Desk = desk(),
    #{unregistered => failure(fun() -> gen_server:call(srv_012, done) end),
      unknown_global => failure(fun() -> gen_server:call({global, srv_012}, done) end),
      unknown_via => failure(fun() -> gen_server:call({via, global, srv_012}, done) end),
      dead => failure(fun() -> gen_server:call(gone(), done) end),
      self => failure(fun() -> gen_server:call(self(), done) end),
      late => failure(fun() -> gen_server:call(Desk, {keep, self()}, 20) end),
      node => failure(fun() -> try gen_server:call({srv_012, 'no@where'}, done)
          catch exit:{{nodedown, 'no@where'}, Call} -> exit({[nodedown, node], Call}) end end)}.

'SRV-013'() ->
    Ends = [
        {normal, fun(Desk) -> gen_server:cast(Desk, {stop, normal}) end},
        {shutdown, fun(Desk) -> gen_server:cast(Desk, {stop, shutdown}) end},
        {shutdown_term, fun(Desk) -> gen_server:cast(Desk, {stop, {shutdown, why}}) end},
        {boom, fun(Desk) -> exit(Desk, boom) end},
        {kill, fun(Desk) -> exit(Desk, kill) end},
        {crash, fun(Desk) -> gen_server:cast(Desk, {crash, crashed}) end}
    ],
    Taken = maps:from_list([{How, fails(End)} || {How, End} <- Ends]),
    Taken#{kill_in_mailbox => fails_in_mailbox()}.

fails(End) ->
    Desk = desk(#{tells => undefined, terminate => ok}),
    Self = self(),
    Call = asking(fun() -> gen_server:call(Desk, {delegate, Self}) end),
    receive {answer, _} -> ok end,
    End(Desk),
    asked(Call).

fails_in_mailbox() ->
    Desk = desk(),
    gen_server:cast(Desk, {hold, self()}),
    heard(held),
    Call = asking(fun() -> gen_server:call(Desk, done) end),
    queued(Desk, 1),
    exit(Desk, kill),
    asked(Call).

queued(Pid, Count) ->
    case process_info(Pid, message_queue_len) of
        {message_queue_len, Count} -> ok;
        _ -> timer:sleep(1), queued(Pid, Count)
    end.

'SRV-014'() ->
    Desk = desk(),
    Failed = failure(fun() -> gen_server:call(Desk, slow, 20) end),
    Desk ! go,
    #{call => Failed, finished => gen_server:call(Desk, done), alive => is_process_alive(Desk)}.

'SRV-015'() ->
    Desk = desk(),
    Returned = failure(fun() -> gen_server:call(Desk, slow, 20) end),
    Desk ! go,
    gen_server:cast(Desk, {say, self(), after_the_reply}),
    First = mailbox_until(after_the_reply),
    Kept = failure(fun() -> gen_server:call(Desk, {keep, Desk}, 20) end),
    [ok] = gen_server:call(Desk, {answer, late}),
    gen_server:cast(Desk, {say, self(), after_the_reply}),
    #{returned => [Returned, First], given_later => [Kept, mailbox_until(after_the_reply)]}.

'SRV-016'() ->
    Answers = [
        {call, fun(Desk) -> gen_server:call(Desk, {answer, call}) end},
        {cast, fun(Desk) -> gen_server:cast(Desk, {answer, cast}) end},
        {info, fun(Desk) -> Desk ! {answer, info} end},
        {continue, fun(Desk) -> gen_server:cast(Desk, {continue, {answer, continue}}) end},
        {terminate, fun(Desk) -> gen_server:cast(Desk, {stop, normal}) end}
    ],
    (maps:from_list([{How, answered(Answer)} || {How, Answer} <- Answers]))#{process => answered_by_another()}.

answered(Answer) ->
    Desk = desk(),
    Self = self(),
    Call = asking(fun() -> gen_server:call(Desk, {keep, Self}) end),
    heard(kept),
    Answer(Desk),
    asked(Call).

answered_by_another() ->
    Desk = desk(),
    Helper = spawn(fun() -> receive {answer, From} -> gen_server:reply(From, process) end end),
    asked(asking(fun() -> gen_server:call(Desk, {delegate, Helper}) end)).

'SRV-017'() ->
    Desk = desk(),
    Self = self(),
    {_, Caller} = asking(fun() -> gen_server:call(Desk, {keep, Self}) end),
    heard(kept),
    exit(Caller, kill),
    observe:down(Caller),
    Gone = gen_server:call(Desk, {answer, nobody}),
    Second = spawn_link(fun() ->
        Reply = gen_server:call(Desk, {keep, Self}),
        Self ! {reply, Reply},
        Self ! {mailbox, mailbox_until(after_the_second)}
    end),
    heard(kept),
    First = gen_server:call(Desk, {answer, first}),
    Reply = receive {reply, Got} -> Got end,
    Again = gen_server:call(Desk, {again, second}),
    gen_server:cast(Desk, {say, Second, after_the_second}),
    Mailbox = receive {mailbox, Messages} -> Messages end,
    Self2 = asking(fun() -> gen_server:call(Desk, {keep, Self}) end),
    heard(kept),
    Twice = gen_server:call(Desk, {answer_twice, first, second}),
    #{gone => Gone, first => [First, Reply], second_after => [Again, Mailbox], second_at_once => [Twice, asked(Self2)],
      lives => gen_server:call(Desk, {echo, hello})}.

'SRV-018'() ->
    #{normal => last_reply(normal, ok), shutdown => last_reply(shutdown, ok), boom => last_reply(boom, ok),
      terminate_fails => last_reply(boom, crash)}.

last_reply(Reason, Terminate) ->
    Desk = desk(#{tells => self(), terminate => Terminate}),
    Ref = erlang:monitor(process, Desk),
    {Tag, _} = Call = asking(fun() -> gen_server:call(Desk, {stop, Reason, bye}) end),
    Before = receive {terminate, Told} -> [terminate, Told] end,
    Meanwhile = receive {Tag, Early} -> Early after 30 -> waiting end,
    Desk ! go,
    Reply = asked(Call),
    Exit = receive {'DOWN', Ref, process, Desk, Ended} -> tidy(Ended) end,
    #{terminate => Before, meanwhile => Meanwhile, reply => Reply, exit => Exit}.

'SRV-019'() -> [failure(fun() -> gen_server:call(desk(), {stop, Reason}) end) || Reason <- [normal, shutdown, {shutdown, why}, boom]].

'SRV-020'() ->
    Desk = desk(),
    gen_server:cast(Desk, {note, 1}),
    Desk ! {note, 2},
    gen_server:call(Desk, {note, 3}),
    Desk ! {note, 4},
    gen_server:cast(Desk, {note, 5}),
    gen_server:cast(Desk, {note, 6}),
    Desk ! {note, 7},
    gen_server:call(Desk, {note, 8}),
    gen_server:call(Desk, notes).

'SRV-021'() ->
    Busy = desk(),
    gen_server:cast(Busy, {hold, self()}),
    heard(held),
    ToBusy = gen_server:cast(Busy, {note, 1}),
    Busy ! go,
    #{busy => [ToBusy, gen_server:call(Busy, notes)], dead => gen_server:cast(gone(), {note, 1}),
      unregistered => gen_server:cast(srv_021, {note, 1}), unknown_global => gen_server:cast({global, srv_021}, {note, 1}),
      unknown_via => gen_server:cast({via, global, srv_021}, {note, 1}), dead_node => gen_server:cast({srv_021, 'no@where'}, {note, 1})}.

%% ---- requests

%% What came of a request: the server is labelled.
response({error, {Reason, Server}}) when is_pid(Server) -> [error, [tidy(Reason), server]];
response({error, {noproc, _}}) -> [error, [noproc, name]];
response(Response) -> Response.

labelled({Response, Label, Collection}) -> [response(Response), Label, gen_server:reqids_size(Collection)];
labelled(Response) -> Response.

'SRV-022'() ->
    Desk = desk(),
    gen_server:cast(Desk, {hold, self()}),
    heard(held),
    [One, Other] = [gen_server:send_request(Desk, {echo, Value}) || Value <- [one, other]],
    InTime = [response(gen_server:wait_response(One, 0)), response(gen_server:receive_response(Other, 20))],
    Third = gen_server:send_request(Desk, {echo, third}),
    Desk ! go,
    Replies = [response(gen_server:wait_response(One, 5000)), response(gen_server:receive_response(Third, 5000))],
    Errors = [response(gen_server:wait_response(gen_server:send_request(desk(), {stop, boom}), 5000)),
              response(gen_server:receive_response(gen_server:send_request(desk(), {crash, crashed}), 5000))],
    #{busy => InTime, replies => Replies, errors => Errors}.

'SRV-023'() ->
    Desk = desk(),
    Wait = gen_server:send_request(Desk, {keep, Desk}),
    Waited = [gen_server:wait_response(Wait, 20), gen_server:wait_response(Wait, 0)],
    [ok] = gen_server:call(Desk, {answer, late}),
    Later = gen_server:wait_response(Wait, 5000),
    Receive = gen_server:send_request(Desk, {keep, Desk}),
    Received = gen_server:receive_response(Receive, 20),
    [ok] = gen_server:call(Desk, {answer, late}),
    gen_server:cast(Desk, {say, self(), after_the_reply}),
    #{wait => Waited ++ [Later], 'receive' => [Received, mailbox_until(after_the_reply)]}.

'SRV-024'() ->
    Desk = desk(),
    One = gen_server:send_request(Desk, {echo, one}),
    First = receive M1 -> M1 end,
    Other = gen_server:send_request(desk(), {stop, boom}),
    Second = receive M2 -> M2 end,
    [response(gen_server:check_response(Message, Id)) ||
        {Message, Id} <- [{unrelated, One}, {First, Other}, {Second, One}, {First, One}, {Second, Other}]].

'SRV-025'() ->
    Responses = fun(Name) -> [response(Take(gen_server:send_request(Name, done), 5000)) ||
        Take <- [fun gen_server:wait_response/2, fun gen_server:receive_response/2]] end,
    #{local => Responses(srv_025), global => Responses({global, srv_025})}.

'SRV-026'() ->
    [Slow, Fast] = [desk(), desk()],
    Keep = gen_server:send_request(Slow, {keep, Slow}),
    One = gen_server:reqids_add(Keep, slow, gen_server:reqids_new()),
    Twice = try gen_server:reqids_add(Keep, again, One) catch error:badarg -> badarg end,
    Two = gen_server:send_request(Fast, {echo, quick}, fast, One),
    Before = gen_server:reqids_size(Two),
    {_, _, Kept} = First = gen_server:wait_response(Two, 5000, false),
    %% The response was taken; the request stays in the collection that was not told to forget it.
    Rest = gen_server:send_request(Fast, {echo, quicker}, faster, Kept),
    {_, _, Fewer} = Second = gen_server:wait_response(Rest, 5000, true),
    gen_server:call(Slow, {answer, done}),
    Third = gen_server:receive_response(Fewer, 5000, true),
    #{twice => Twice, size => Before, responses => [labelled(First), labelled(Second), labelled(Third)], queued => queued_responses()}.

%% Of responses that are both there the one that came first is told first.
queued_responses() ->
    [Left, Right] = [desk(), desk()],
    Ids = gen_server:send_request(Right, {keep, Right}, right, gen_server:send_request(Left, {keep, Left}, left, gen_server:reqids_new())),
    gen_server:call(Right, {answer, 1}),
    gen_server:cast(Right, {say, self(), right_said}),
    heard(right_said),
    gen_server:call(Left, {answer, 2}),
    gen_server:cast(Left, {say, self(), left_said}),
    heard(left_said),
    {_, _, Fewer} = First = gen_server:receive_response(Ids, 5000, true),
    [labelled(First), labelled(gen_server:receive_response(Fewer, 5000, true))].

'SRV-027'() ->
    None = gen_server:reqids_new(),
    #{wait => [gen_server:wait_response(None, infinity, Delete) || Delete <- [true, false]],
      'receive' => [gen_server:receive_response(None, Time, true) || Time <- [infinity, 60000, 0]],
      check => gen_server:check_response(any, None, true)}.
