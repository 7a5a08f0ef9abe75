%% Writes down what the actors of one script say and how they end, decides how their starts go, and knows who had which path.
-module(differ_observer).
-behaviour(gen_server).
-export([start/0, starting/2, note/2, plan/2, gate/2, gated/1, open/1, look/1, take/1, label/2, latest/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% procs: pid => {label, path, parent pid or root, outcome, alive or dead}
-record(state, {plans = #{}, counts = #{}, procs = #{}, latest = #{}, events = [], version = 0, gate = none}).

start() -> gen_server:start_link(?MODULE, [], []).

%% How the start of the caller goes.
starting(Observer, Path) -> gen_server:call(Observer, {starting, Path}, infinity).
note(Observer, Event) -> gen_server:call(Observer, {note, Event}, infinity).
plan(Observer, Plans) -> gen_server:call(Observer, {plan, Plans}, infinity).
%% The next start at this path waits until the gate is opened.
gate(Observer, Path) -> gen_server:call(Observer, {gate, Path}, infinity).
gated(Observer) -> gen_server:call(Observer, gated, infinity).
open(Observer) -> gen_server:call(Observer, open, infinity).
look(Observer) -> gen_server:call(Observer, look, infinity).
take(Observer) -> gen_server:call(Observer, take, infinity).
label(Observer, Pid) -> gen_server:call(Observer, {label, Pid}, infinity).
latest(Observer, Path) -> gen_server:call(Observer, {latest, Path}, infinity).

init([]) -> {ok, #state{}}.

handle_call({starting, Path}, {Pid, _} = From, #state{plans = Plans, counts = Counts, procs = Procs, latest = Latest} = State) ->
    Count = maps:get(Path, Counts, 0) + 1,
    Label = list_to_atom(atom_to_list(Path) ++ "#" ++ integer_to_list(Count)),
    {Outcome, Rest} =
        case maps:get(Path, Plans, []) of
            [] -> {ok, []};
            [First | More] -> {First, More}
        end,
    monitor(process, Pid),
    Proc = {Label, Path, maps:get(parent(Path), Latest, root), Outcome, alive},
    Next = event(
        {start, Label},
        State#state{
            plans = Plans#{Path => Rest},
            counts = Counts#{Path => Count},
            procs = Procs#{Pid => Proc},
            latest = Latest#{Path => Pid}
        }
    ),
    case State#state.gate of
        {closed, Path} -> {noreply, Next#state{gate = {waits, From, Outcome}}};
        _ -> {reply, Outcome, Next}
    end;
handle_call({note, Event}, {Pid, _}, State) ->
    Label = label_of(Pid, State),
    Noted =
        case Event of
            stopped -> {stopped, Label};
            {What, Reason} -> {What, Label, Reason}
        end,
    {reply, ok, event(Noted, State)};
handle_call({plan, New}, _From, #state{plans = Plans} = State) ->
    Added = maps:from_list([{Path, Outcomes} || #{path := Path, outcomes := Outcomes} <- New]),
    {reply, ok, State#state{plans = maps:merge(Plans, Added)}};
handle_call({gate, Path}, _From, State) ->
    {reply, ok, State#state{gate = {closed, Path}}};
handle_call(gated, _From, #state{gate = Gate} = State) ->
    {reply, is_tuple(Gate) andalso element(1, Gate) =:= waits, State};
handle_call(open, _From, #state{gate = Gate} = State) ->
    case Gate of
        {waits, Waiting, Outcome} -> gen_server:reply(Waiting, Outcome);
        _ -> ok
    end,
    {reply, ok, State#state{gate = none}};
handle_call(look, _From, #state{procs = Procs, version = Version} = State) ->
    {reply, {Version, Procs}, State};
handle_call(take, _From, #state{events = Events} = State) ->
    {reply, lists:reverse(Events), State#state{events = []}};
handle_call({label, Pid}, _From, State) ->
    {reply, label_of(Pid, State), State};
handle_call({latest, Path}, _From, #state{latest = Latest} = State) ->
    {reply, maps:get(Path, Latest, nobody), State}.

handle_cast(_, State) -> {noreply, State}.

handle_info({'DOWN', _, process, Pid, Reason}, #state{procs = Procs} = State) ->
    {Label, Path, Parent, Outcome, _} = maps:get(Pid, Procs),
    {noreply, event({down, Label, Reason}, State#state{procs = Procs#{Pid => {Label, Path, Parent, Outcome, dead}}})}.

event(Event, #state{events = Events, version = Version} = State) ->
    State#state{events = [Event | Events], version = Version + 1}.

label_of(Pid, #state{procs = Procs}) ->
    case Procs of
        #{Pid := {Label, _, _, _, _}} -> Label;
        _ -> nobody
    end.

parent(Path) ->
    case string:split(atom_to_list(Path), ".", trailing) of
        [Above, _] -> list_to_atom(Above);
        [_] -> none
    end.
