%% Savina 26: all pairs shortest path, as 26-all-pairs-shortest-path.ts.
%% A block is a tuple of rows, each a tuple.
-module(savina_all_pairs_shortest_path).
-export([run/1]).

-record(block, {main, size, nodes, across, row, column, neighbours = []}).

run(#{nodes := Nodes, block := Size, weights := Weights}) ->
    Main = self(),
    Graph = graph(Nodes, Weights),
    Across = Nodes div Size,
    Places = [{Row, Column} || Row <- lists:seq(0, Across - 1), Column <- lists:seq(0, Across - 1)],
    Blocks = [begin
                  B = #block{main = Main, size = Size, nodes = Nodes, across = Across, row = Row, column = Column},
                  Data = part(Graph, Row * Size, Column * Size, Size),
                  {Place, spawn_link(fun() -> block(B, Data) end)}
              end || {Row, Column} = Place <- Places],
    _ = [Pid ! {start, [{R * Across + C, Other} || {{R, C} = There, Other} <- Blocks,
                                                   There =/= Here, R =:= Row orelse C =:= Column]}
         || {{Row, Column} = Here, Pid} <- Blocks],
    {Sum, Handled} = finished(length(Blocks), 0, 0),
    #{spawns => length(Blocks), messages => Handled, checksum => Sum}.

finished(0, Sum, Handled) -> {Sum, Handled};
finished(Left, Sum, Handled) ->
    receive {finished, S, H} -> finished(Left - 1, Sum + S, Handled + H + 1) end.

%% A tuple of rows, each a tuple.
graph(Nodes, Weights) ->
    {Upper, _} = lists:mapfoldl(
        fun(I, Seed) -> lists:mapfoldl(fun(_, S) -> weight(S, Weights) end, Seed, lists:seq(I + 1, Nodes - 1)) end,
        Nodes, lists:seq(0, Nodes - 1)),
    Half = list_to_tuple([list_to_tuple(Row) || Row <- Upper]),
    At = fun(I, I) -> 0;
            (I, J) when I < J -> element(J - I, element(I + 1, Half));
            (I, J) -> element(I - J, element(J + 1, Half))
         end,
    Numbers = lists:seq(0, Nodes - 1),
    list_to_tuple([list_to_tuple([At(I, J) || J <- Numbers]) || I <- Numbers]).

weight(Seed, Weights) ->
    {N, Next} = savina_random:below(Seed, Weights),
    {N + 1, Next}.

part(Graph, Row, Column, Size) ->
    list_to_tuple([list_to_tuple(lists:sublist(tuple_to_list(element(I, Graph)), Column + 1, Size))
                   || I <- lists:seq(Row + 1, Row + Size)]).

block(B, Data) ->
    receive
        {start, Neighbours} ->
            Started = B#block{neighbours = Neighbours},
            tell(Started, 0, Data),
            steps(Started, 0, Data, 1)
    end.

tell(#block{neighbours = Neighbours, across = Across, row = Row, column = Column}, K, Data) ->
    Message = {block, K, Row * Across + Column, Data},
    _ = [Pid ! Message || {_, Pid} <- Neighbours],
    ok.

steps(B = #block{size = Size, nodes = Nodes, across = Across, row = Row, column = Column}, K, Data, Handled) ->
    Known = [receive {block, K, Number, Other} -> {Number, Other} end || {Number, _} <- B#block.neighbours],
    Line = K div Size,
    Place = K rem Size + 1,
    FromK = element(Place, known(Line * Across + Column, Line =:= Row, Data, Known)),
    ToK = known(Row * Across + Line, Line =:= Column, Data, Known),
    Shorter = list_to_tuple(rows(tuple_to_list(Data), tuple_to_list(ToK), Place, tuple_to_list(FromK))),
    case K + 1 of
        Nodes ->
            B#block.main ! {finished, sum(Shorter, Row * Size, Column * Size), Handled + length(Known)};
        Next ->
            tell(B, Next, Shorter),
            steps(B, Next, Shorter, Handled + length(Known))
    end.

known(_, true, Data, _) -> Data;
known(Number, false, _, Known) -> element(2, lists:keyfind(Number, 1, Known)).

rows([Row | Rows], [To | Tos], Place, FromK) ->
    [list_to_tuple(row(tuple_to_list(Row), FromK, element(Place, To))) | rows(Rows, Tos, Place, FromK)];
rows([], [], _, _) -> [].

row([X | Xs], [From | Froms], To) ->
    [case From + To of
         Sum when Sum < X -> Sum;
         _ -> X
     end | row(Xs, Froms, To)];
row([], [], _) -> [].

%% Told apart by their places, Row and Column being those of the first.
sum(Block, Row, Column) ->
    lists:sum([sum_row(tuple_to_list(Line), R, Column, 0) || {Line, R} <- numbered(tuple_to_list(Block), Row)]).

numbered([Line | Lines], Row) -> [{Line, Row} | numbered(Lines, Row + 1)];
numbered([], _) -> [].

sum_row([X | Xs], Row, Column, Sum) -> sum_row(Xs, Row, Column + 1, Sum + X * (1 + (31 * Row + Column) rem 97));
sum_row([], _, _, Sum) -> Sum.
