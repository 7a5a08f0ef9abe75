%% Processes that end at once, that have nothing to do, and that a supervisor starts again, as programs/{spawn-exit,idle-actors,restarts}.ts.
-module(anchor_life).
-behaviour(gen_server).
-export([run/2, nothing/0, idle/0, start_child/1, init/1, handle_call/3, handle_cast/2]).

run(spawn_exit, #{n := N, batch := Batch}) ->
    {Cost, Ended} = anchor:cost(fun() -> spawn_batches(N, Batch, 0) end),
    Cost#{ended => Ended};

%% A VM of its own for each run: memory never comes back.
run(idle, #{n := N}) ->
    garbage_collect(),
    {Count, Memory} = {erlang:system_info(process_count), erlang:memory(processes)},
    {Cost, Pids} = anchor:cost(fun() -> [spawn(?MODULE, idle, []) || _ <- lists:seq(1, N)] end),
    timer:sleep(200),
    Bytes = (erlang:memory(processes) - Memory) / length(Pids),
    Cost#{bytes => Bytes, started => erlang:system_info(process_count) - Count};

run(restart, #{n := N}) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, one_for_one, [spec(self())]}),
    Took = restarts(N, awaited(), []),
    stop(Supervisor),
    #{us => anchor:median(Took) / 1000, restarts => length(Took)};

run(storm, #{n := N}) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, simple_one_for_one, [spec(self())]}),
    [{ok, _} = supervisor:start_child(Supervisor, []) || _ <- lists:seq(1, N)],
    Children = [awaited() || _ <- lists:seq(1, N)],
    {Cost, Back} = anchor:cost(fun() ->
        [exit(Child, kill) || Child <- Children],
        New = [awaited() || _ <- Children],
        length([ok = gen_server:call(Child, {echo, ok}) || Child <- New])
    end),
    stop(Supervisor),
    Cost#{restarts => Back}.

spawn_batches(N, Batch, Ended) when Ended >= N, Batch > 0 -> Ended;
spawn_batches(N, Batch, Ended) ->
    Started = [spawn_monitor(?MODULE, nothing, []) || _ <- lists:seq(1, Batch)],
    Downs = [receive {'DOWN', _, process, _, normal} -> ok end || _ <- Started],
    spawn_batches(N, Batch, Ended + length(Downs)).

nothing() -> ok.
idle() -> receive stop -> ok end.

%% Nanoseconds from the end of the child to its replacement's answer. It is killed: a crash takes a tenth longer, for its report.
restarts(0, _, Took) -> Took;
restarts(N, Child, Took) ->
    Before = anchor:now_ns(),
    exit(Child, kill),
    Next = awaited(),
    N = gen_server:call(Next, {echo, N}),
    restarts(N - 1, Next, [anchor:now_ns() - Before | Took]).

awaited() -> receive {up, Child} -> Child end.

stop(Supervisor) ->
    unlink(Supervisor),
    Ref = monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Ref, process, _, _} -> ok end.

spec(Observer) -> #{id => child, start => {?MODULE, start_child, [Observer]}}.

start_child(Observer) -> gen_server:start_link(?MODULE, {child, Observer}, []).

init({child, Observer}) ->
    Observer ! {up, self()},
    {ok, nothing};
init({supervisor, Strategy, Specs}) ->
    {ok, {#{strategy => Strategy, intensity => 100000000, period => 1}, Specs}}.

handle_call({echo, Value}, _From, State) -> {reply, Value, State}.
handle_cast(_, State) -> {noreply, State}.
