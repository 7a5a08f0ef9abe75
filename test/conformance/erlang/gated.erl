%% The same as fixtures/supervisors-1-gated.ts: a child of supervisors that asks at its starts how they shall go.
-module(gated).
-behaviour(gen_server).
-export([spec/3, spec/4, at/1, at/2, go/2, start_link/4, init/1, handle_call/3, handle_cast/2]).

%% Free: so many starts go well without being asked about.
spec(Id, Scribe, Free) -> spec(Id, Scribe, Free, self()).
%% Keeper: who is asked.
spec(Id, Scribe, Free, Keeper) -> #{id => Id, start => {?MODULE, start_link, [Id, Scribe, Free, Keeper]}}.

%% Waits until it asks; its pid and that of its supervisor.
at(Id) ->
    receive {at, Id, Pid, Parent} -> {Pid, Parent}
    after 10000 -> error({not_at_its_gate, Id})
    end.
%% The same of a child of that supervisor.
at(Id, Parent) ->
    receive {at, Id, Pid, Parent} -> Pid
    after 10000 -> error({not_at_its_gate, Id})
    end.

%% Outcome: ok, ignore or refuse.
go(Pid, Outcome) -> Pid ! {go, Outcome}.

start_link(Id, Scribe, Free, Keeper) -> gen_server:start_link(?MODULE, {Id, Scribe, Free, Keeper}, []).

init({Id, Scribe, Free, Keeper}) ->
    [Parent | _] = get('$ancestors'),
    Scribe ! {begins, self(), Id},
    Attempt = receive {Scribe, Count} -> Count end,
    Attempt < Free orelse (Keeper ! {at, Id, self(), Parent}),
    case Attempt < Free orelse receive {go, Outcome} -> Outcome end of
        ignore -> ignore;
        refuse -> {stop, refused};
        _ ->
            Scribe ! {tell, self(), [Id, started], self()},
            receive {Scribe, ok} -> {ok, Id} end
    end.

handle_call({signal, To, Reason}, _, Id) -> {reply, exit(To, Reason), Id}.
handle_cast(_, Id) -> {noreply, Id}.
