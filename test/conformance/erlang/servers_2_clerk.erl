%% The same as fixtures/servers-2-clerk.ts: a server that does what it is told, and tells its boss what happens to it.
%%
%% An order is a map: note => an entry of its state; hold => true: it waits for 'go on', and tells when it does; send => what it sends to
%% itself; mark => milliseconds until it sends itself mark; answer => what it replies to all calls that it kept; tell => what it tells its
%% boss; returns => how it goes on.
-module(servers_2_clerk).
-behaviour(gen_server).
-export([start/0, start/1, start/2, start_link/1, answer/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2]).

start() -> start(#{}).
start(Plan) -> start(Plan, []).
%% Plan: #{first => order of init, last => order of terminate, traps => boolean()}.
start(Plan, Options) -> {ok, Pid} = gen_server:start(?MODULE, {self(), Plan}, Options), Pid.
start_link(Plan) -> {ok, Pid} = gen_server:start_link(?MODULE, {maps:get(boss, Plan, self()), Plan}, []), Pid.

%% Has it reply to the calls that it kept; they have been sent when this returns.
answer(Clerk, Value) -> gen_server:call(Clerk, #{answer => Value}).

init({Boss, Plan}) ->
    process_flag(trap_exit, maps:get(traps, Plan, false)),
    State = #{boss => Boss, last => maps:get(last, Plan, #{}), entries => [], kept => []},
    act(init, maps:get(first, Plan, #{}), State).

handle_call(Order, From, State) -> act({call, From}, Order, State).
handle_cast(Order, State) -> act(cast, Order, State).
handle_info(Order, State) when is_map(Order) -> act(info, Order, State);
handle_info(Message, #{boss := Boss} = State) -> Boss ! [info, Message], {noreply, State}.
handle_continue(Order, State) -> act(continue, Order, State).

terminate(Reason, #{boss := Boss, last := Last} = State) ->
    Boss ! [terminate, worded(Reason)],
    act(terminate, Last, State).

act(Callback, Order, #{boss := Boss} = State) ->
    Name = case Callback of {call, _} -> call; _ -> Callback end,
    case Order of
        #{hold := true} -> Boss ! [Name, holds], receive 'go on' -> ok end;
        _ -> ok
    end,
    case Order of #{send := Message} -> self() ! Message; _ -> ok end,
    case Order of #{mark := Ms} -> erlang:send_after(Ms, self(), mark); _ -> ok end,
    case Order of #{answer := Value} -> [gen_server:reply(From, Value) || From <- maps:get(kept, State)]; _ -> ok end,
    case Order of #{tell := What} -> Boss ! [Name, What]; _ -> ok end,
    Noted = case Order of
        #{note := Entry} -> State#{entries := maps:get(entries, State) ++ [Entry]};
        _ -> State
    end,
    answered(maps:get(returns, Order, nothing), Callback, Noted).

answered({throw, Inner}, Callback, State) -> throw(answered(Inner, Callback, State));
answered({exit, Reason}, _, _) -> exit(Reason);
answered({crash, Word}, _, _) -> error(Word);
answered(_, terminate, _) -> ok;
answered(nothing, init, State) -> {ok, State};
answered({continue, Next}, init, State) -> {ok, State, {continue, Next}};
answered({timeout, Ms}, init, State) -> {ok, State, Ms};
answered(nothing, {call, _}, State) -> {reply, ok, State};
answered({reply, Value}, {call, _}, State) -> {reply, Value, State};
answered({continue, Next}, {call, _}, State) -> {reply, ok, State, {continue, Next}};
answered({keep_and_continue, Next}, {call, From}, State) -> {noreply, kept(From, State), {continue, Next}};
answered({keep_with_timeout, Ms}, {call, From}, State) -> {noreply, kept(From, State), Ms};
answered({timeout, Ms}, {call, _}, State) -> {reply, ok, State, Ms};
answered(keep, {call, From}, State) -> {noreply, kept(From, State)};
answered({stop, Reason, Last}, {call, _}, State) -> {stop, Reason, Last, State};
answered({stop, Reason}, _, State) -> {stop, Reason, State};
answered(nothing, _, State) -> {noreply, State};
answered({continue, Next}, _, State) -> {noreply, State, {continue, Next}};
answered({timeout, Ms}, _, State) -> {noreply, State, Ms};
answered(hibernate, {call, _}, State) -> {reply, ok, State, hibernate};
answered(odd, _, _) -> odd.

kept(From, State) -> State#{kept := [From | maps:get(kept, State)]}.

%% A reason with its stack in words.
worded({Reason, [{_, _, _, _} | _]}) -> [Reason, stack];
worded(Reason) -> Reason.
