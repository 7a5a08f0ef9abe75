%% A worker that starts and stops as its script says, and tells the observer about it.
-module(differ_worker).
-behaviour(gen_server).
-export([start/2, start/3, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-record(state, {observer, spec, by_itself = false}).

start(Observer, Spec) -> gen_server:start_link(?MODULE, {Observer, Spec}, []).

%% A child of a dynamic supervisor has its place by the number that it was started with.
start(Observer, #{path := Template} = Spec, Number) ->
    Prefix = lists:droplast(string:split(atom_to_list(Template), ".", trailing)),
    Path = list_to_atom(lists:flatten([Prefix, ".", integer_to_list(Number)])),
    start(Observer, Spec#{path := Path}).

init({Observer, #{path := Path, trap := Trap} = Spec}) ->
    process_flag(trap_exit, Trap),
    case differ_observer:starting(Observer, Path) of
        ok -> {ok, #state{observer = Observer, spec = Spec}};
        ignore -> ignore;
        stop -> {stop, refused};
        clean -> {stop, {shutdown, refused}};
        crash -> error(crashed)
    end.

handle_call(ping, _From, State) ->
    {reply, pong, State};
handle_call(unlink, _From, State) ->
    unlink(parent()),
    {reply, done, State};
handle_call({pretend, Reason}, _From, State) ->
    exit(parent(), Reason),
    %% Whatever the supervisor makes of it, it has begun when this was answered.
    catch supervisor:count_children(parent()),
    {reply, done, State}.

handle_cast({finish, How}, State) ->
    Own = State#state{by_itself = true},
    case How of
        normal -> {stop, normal, Own};
        shutdown -> {stop, shutdown, Own};
        clean -> {stop, {shutdown, done}, Own};
        stop -> {stop, stopped, Own};
        crash -> error(boom);
        exit -> exit(gone)
    end.

handle_info({'EXIT', _From, Reason}, #state{observer = Observer} = State) ->
    differ_observer:note(Observer, {signal, Reason}),
    {noreply, State}.

terminate(Reason, #state{observer = Observer, spec = #{on_stop := OnStop}, by_itself = ByItself}) ->
    differ_observer:note(Observer, {stop, Reason}),
    case OnStop of
        hang when Reason =:= shutdown, not ByItself -> timer:sleep(infinity);
        fail -> exit(unruly);
        crash -> error(unruly);
        _ -> ok
    end,
    differ_observer:note(Observer, stopped).

parent() -> hd(get('$ancestors')).
