%% Savina 28: A* search, as 28-a-star-search.ts, which says what is shared and what is counted.
-module(savina_a_star_search).
-export([run/1]).

-record(worker, {master, neighbours, parents, target, threshold}).
-record(master, {workers, sent = 0, received = 0, stopping = false, handled = 0}).

run(#{workers := Count, grid := Grid, threshold := Threshold}) ->
    Neighbours = neighbours(Grid),
    Parents = atomics:new(Grid * Grid * Grid, [{signed, false}]),
    atomics:put(Parents, 1, 1),
    Worker = #worker{master = self(), neighbours = {?MODULE, Grid}, parents = Parents, target = target(Grid),
                     threshold = Threshold},
    Workers = list_to_tuple([spawn_link(fun() -> worker(Worker, 1, 0) end) || _ <- lists:seq(1, Count)]),
    Handled = master(send(0, #master{workers = Workers}), Count),
    #{spawns => tuple_size(Workers), messages => Handled,
      checksum => distance(target(Grid), Grid, Neighbours, Parents, 0)}.

%% The neighbours of each node, a list in a tuple; made once.
neighbours(Grid) ->
    case persistent_term:get({?MODULE, Grid}, none) of
        none ->
            {Lists, _} = lists:mapfoldl(fun(Node, Seed) -> neighbours(Node, Grid, Seed) end, 123456,
                                        lists:seq(0, Grid * Grid * Grid - 1)),
            Neighbours = list_to_tuple(Lists),
            persistent_term:put({?MODULE, Grid}, Neighbours),
            Neighbours;
        Neighbours -> Neighbours
    end.

%% Half of the possible ones, by chance, and at least one.
neighbours(Node, Grid, Seed) ->
    X = Node div (Grid * Grid),
    Y = Node div Grid rem Grid,
    Z = Node rem Grid,
    {Found, Next} = lists:foldl(
        fun(Step, {Known, S}) ->
            {Taken, S1} = if
                Step =:= 6, Known =:= [] -> {1, S};
                true -> savina_random:below(S, 2)
            end,
            Other = (min(X + (Step bsr 2), Grid - 1) * Grid + min(Y + ((Step bsr 1) band 1), Grid - 1)) * Grid
                + min(Z + (Step band 1), Grid - 1),
            case Taken =:= 1 andalso Other =/= Node andalso not lists:member(Other, Known) of
                true -> {[Other | Known], S1};
                false -> {Known, S1}
            end
        end, {[], Seed}, [1, 2, 3, 4, 5, 6]),
    {lists:reverse(Found), Next}.

target(Grid) -> trunc(0.8 * Grid) * (Grid * Grid + Grid + 1).

%% The steps from the target back to the origin, along all axes.
distance(0, _, _, _, Length) -> Length;
distance(Node, Grid, Neighbours, Parents, Length) ->
    Parent = atomics:get(Parents, Node + 1) - 1,
    true = lists:member(Node, element(Parent + 1, Neighbours)),
    distance(Parent, Grid, Neighbours, Parents, Length + sum(Node, Grid) - sum(Parent, Grid)).

sum(Node, Grid) -> Node div (Grid * Grid) + Node div Grid rem Grid + Node rem Grid.

master(#master{handled = Handled}, 0) -> Handled;
master(M = #master{received = Received, sent = Sent, handled = Handled}, Running) ->
    receive
        {work, _} when M#master.stopping -> master(M, Running);
        {work, Node} -> master(send(Node, M), Running);
        received when Received + 1 =:= Sent -> master(stop(M#master{received = Sent}), Running);
        received -> master(M#master{received = Received + 1}, Running);
        done -> master(stop(M#master{handled = Handled + 1}), Running);
        {stopped, Others} -> master(M#master{handled = Handled + Others + 1}, Running - 1)
    end.

send(Node, M = #master{workers = Workers, sent = Sent}) ->
    element(Sent rem tuple_size(Workers) + 1, Workers) ! {work, Node},
    M#master{sent = Sent + 1}.

stop(M = #master{stopping = true}) -> M;
stop(M = #master{workers = Workers}) ->
    _ = [Worker ! stop || Worker <- tuple_to_list(Workers)],
    M#master{stopping = true}.

worker(W = #worker{master = Master}, Seed, Handled) ->
    receive
        {work, Node} ->
            Neighbours = persistent_term:get(W#worker.neighbours),
            Seed1 = search(W, Neighbours, [Node], [], 0, Seed),
            Master ! received,
            worker(W, Seed1, case Node of 0 -> Handled + 1; _ -> Handled end);
        stop -> Master ! {stopped, Handled + 1}
    end.

%% Looks at nodes, the nearest first; the queue is a list and the reverse of its rest.
search(_, _, [], [], _, Seed) -> Seed;
search(W, Neighbours, [], Back, Looked, Seed) -> search(W, Neighbours, lists:reverse(Back), [], Looked, Seed);
search(#worker{master = Master, threshold = Looked}, _, Front, Back, Looked, Seed) ->
    _ = [Master ! {work, Node} || Node <- Front ++ lists:reverse(Back)],
    Seed;
search(W, Neighbours, [Node | Front], Back, Looked, Seed) ->
    Seed1 = think(100, Seed),
    case reach(element(Node + 1, Neighbours), Node + 1, W, Back) of
        done ->
            W#worker.master ! done,
            Seed1;
        Back1 -> search(W, Neighbours, Front, Back1, Looked + 1, Seed1)
    end.

reach([Node | Nodes], Parent, W = #worker{parents = Parents, target = Target}, Back) ->
    case atomics:compare_exchange(Parents, Node + 1, 0, Parent) of
        ok when Node =:= Target -> done;
        ok -> reach(Nodes, Parent, W, [Node | Back]);
        _ -> reach(Nodes, Parent, W, Back)
    end;
reach([], _, _, Back) -> Back.

%% What it costs to look at a node.
think(0, Seed) -> Seed;
think(Turns, Seed) -> think(Turns - 1, savina_random:next(Seed)).
