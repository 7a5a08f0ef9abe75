%% The same as fixtures/worker.ts and fixtures/scribe.ts: children of supervisors that start as planned and tell a scribe what happens to them.
-module(worker).
-behaviour(gen_server).
-export([scribe/0, entries/2, lives/2, begun/2, spec/2, spec/3, spec/4, supervise/2, start_link/3, start_link/4]).
-export([init/1, handle_call/3, handle_cast/2, terminate/2]).

%% ---- the scribe

scribe() -> spawn_link(fun() -> scribe([], #{}, #{}, []) end).

scribe(Entries, Lives, Begun, Waiting) ->
    receive
        {begins, From, Id} ->
            Count = maps:get(Id, Begun, 0),
            From ! {self(), Count},
            scribe(Entries, Lives, Begun#{Id => Count + 1}, Waiting);
        {tell, From, [Id | _] = Entry, Pid} ->
            From ! {self(), ok},
            More = case Pid of
                undefined -> Lives;
                _ -> Lives#{Id => maps:get(Id, Lives, []) ++ [Pid]}
            end,
            scribe(Entries ++ [Entry], More, Begun, answered(Entries ++ [Entry], Waiting));
        {entries, From, Count} ->
            scribe(Entries, Lives, Begun, answered(Entries, [{From, Count} | Waiting]));
        {lives, From, Id} ->
            From ! {self(), maps:get(Id, Lives, [])},
            scribe(Entries, Lives, Begun, Waiting);
        {begun, From, Id} ->
            From ! {self(), maps:get(Id, Begun, 0)},
            scribe(Entries, Lives, Begun, Waiting)
    end.

answered(Entries, Waiting) ->
    {Ready, Rest} = lists:partition(fun({_, Count}) -> length(Entries) >= Count end, Waiting),
    [From ! {self(), Entries} || {From, _} <- Ready],
    Rest.

ask(Scribe, Request) ->
    Scribe ! Request,
    receive {Scribe, Answer} -> Answer
    after 10000 -> error({scribe, Request})
    end.

%% All that was told, as soon as that is Count entries or more.
entries(Scribe, Count) -> ask(Scribe, {entries, self(), Count}).
%% The pids of the lives of a worker so far.
lives(Scribe, Id) -> ask(Scribe, {lives, self(), Id}).
%% How often a worker has begun to start.
begun(Scribe, Id) -> ask(Scribe, {begun, self(), Id}).

%% ---- supervisors

%% Starts a supervisor, linked to the caller.
supervise(Flags, Specs) -> supervisor:start_link(overseer, {ok, {Flags, Specs}}).

spec(Id, Scribe) -> spec(Id, Scribe, #{}).
spec(Id, Scribe, Options) -> spec(Id, Scribe, Options, #{}).
%% Plan: #{starts => [ok | ignore | refuse | crash | stop], traps => boolean(), terminate => crash | hang}.
spec(Id, Scribe, Options, Plan) ->
    maps:merge(#{id => Id, start => {?MODULE, start_link, [Id, Scribe, Plan]}}, Options).

%% ---- workers

start_link(Id, Scribe, Plan) -> gen_server:start_link(?MODULE, {Id, Scribe, Plan, []}, []).
start_link(Id, Scribe, Plan, Extra) -> gen_server:start_link(?MODULE, {Id, Scribe, Plan, [Extra]}, []).

init({Id, Scribe, Plan, Extra}) ->
    Starts = maps:get(starts, Plan, [ok]),
    Attempt = ask(Scribe, {begins, self(), Id}),
    case lists:nth(min(Attempt + 1, length(Starts)), Starts) of
        ignore -> ignore;
        refuse -> {stop, refused};
        stop -> {stop, stopped};
        crash -> error(crashed);
        ok ->
            process_flag(trap_exit, maps:get(traps, Plan, false)),
            ask(Scribe, {tell, self(), [Id, started], self()}),
            {ok, {Id, Scribe, Plan, Extra}}
    end.

handle_call(id, _, {Id, _, _, _} = State) -> {reply, Id, State};
handle_call(extra, _, {_, _, _, Extra} = State) -> {reply, Extra, State};
handle_call({unlink, From}, _, State) -> unlink(From), {reply, true, State}.

handle_cast({exit, Reason}, _) -> exit(Reason);
handle_cast(crash, _) -> error(crashed).

terminate(Reason, {Id, Scribe, Plan, _}) ->
    ask(Scribe, {tell, self(), [Id, terminate, Reason], undefined}),
    case maps:get(terminate, Plan, nothing) of
        nothing -> ok;
        crash -> error(crashed_in_terminate);
        hang -> receive after infinity -> ok end
    end.
