%% Savina 27: successive over-relaxation, as 27-successive-over-relaxation.ts.
-module(savina_successive_over_relaxation).
-export([run/1]).

-record(cell, {source, number, neighbours, iterations, omega}).

%% Sides: 1 right, 2 below, 3 left, 4 above.

run(Sizes = #{size := Size}) ->
    Runner = self(),
    Matrix = matrix(Size),
    Width = Size div 2,
    Cells = start_cells(Matrix, 0, Width, Sizes),
    Peer = spawn_link(fun() -> peer(Runner, Matrix, Width, Sizes) end),
    Peer ! {boot, border(Cells, Size, Width - 1)},
    receive {border, Border} -> begin_cells(Cells, Size, Border) end,
    {Ours, Handled} = results(maps:size(Cells), [], 0),
    receive
        {total, Theirs, Spawns, Others} ->
            Values = [Value || {_, Value} <- lists:sort(Ours ++ Theirs)],
            #{spawns => maps:size(Cells) + 1 + Spawns, messages => Handled + Others + 2,
              checksum => lists:foldl(fun(Value, Sum) -> Sum + Value end, 0.0, Values)}
    end.

%% Has the right half of the grid.
peer(Runner, Matrix, First, Sizes = #{size := Size}) ->
    receive
        {boot, Border} ->
            Cells = start_cells(Matrix, First, Size, Sizes),
            Runner ! {border, border(Cells, Size, First)},
            begin_cells(Cells, Size, Border),
            {Values, Handled} = results(maps:size(Cells), [], 0),
            Runner ! {total, Values, maps:size(Cells), Handled + 1}
    end.

matrix(Size) ->
    {Values, _} = lists:mapfoldl(fun(_, Seed) ->
                                     Next = savina_random:next(Seed),
                                     {Next / 2147483647 * 1.0e-6, Next}
                                 end, 10101010, lists:seq(1, Size * Size)),
    list_to_tuple(Values).

results(0, Values, Handled) -> {Values, Handled};
results(Left, Values, Handled) ->
    receive {result, Number, Value, Others} -> results(Left - 1, [{Number, Value} | Values], Handled + Others + 1) end.

%% The columns from First to End - 1: each cell by its number.
start_cells(Matrix, First, End, #{size := Size, iterations := Iterations, omega := Omega}) ->
    Source = self(),
    maps:from_list(
      [begin
           Number = Row * Size + Column,
           Value = element(Number + 1, Matrix),
           Cell = #cell{source = Source, number = Number, iterations = Iterations, omega = Omega},
           {Number, spawn_link(fun() -> start_cell(Cell, (Row + Column) rem 2 =:= 0, Value) end)}
       end || Row <- lists:seq(0, Size - 1), Column <- lists:seq(First, End - 1)]).

border(Cells, Size, Column) -> maps:filter(fun(Number, _) -> Number rem Size =:= Column end, Cells).

%% Tells the cells who is next to them.
begin_cells(Cells, Size, Border) ->
    All = maps:merge(Cells, Border),
    maps:foreach(
      fun(Number, Cell) ->
          Column = Number rem Size,
          Sides = [{1, Number + 1} || Column + 1 < Size] ++ [{2, Number + Size}]
              ++ [{3, Number - 1} || Column > 0] ++ [{4, Number - Size}],
          Cell ! {'begin', [{Side, maps:get(Other, All)} || {Side, Other} <- Sides, is_map_key(Other, All)]}
      end, Cells).

start_cell(Cell, Red, Value) ->
    receive
        {'begin', Neighbours} ->
            Known = Cell#cell{neighbours = Neighbours},
            case Red of
                true ->
                    tell(Neighbours, Value),
                    cell(Known, Red, Value, 1, 1);
                false -> cell(Known, Red, Value, 0, 1)
            end
    end.

cell(#cell{source = Source, number = Number, iterations = Last}, _, Value, Last, Handled) ->
    Source ! {result, Number, Value, Handled};
cell(Cell = #cell{neighbours = Neighbours, iterations = Last, omega = Omega}, Red, Value, Iteration, Handled) ->
    Sum = receive_sides(Neighbours, 0.0),
    New = 0.25 * Omega * Sum + (1 - Omega) * Value,
    if
        Red; Iteration + 1 < Last -> tell(Neighbours, New);
        true -> ok
    end,
    cell(Cell, Red, New, Iteration + 1, Handled + length(Neighbours)).

receive_sides([{Side, _} | Neighbours], Sum) ->
    receive {value, Side, Value} -> receive_sides(Neighbours, Sum + Value) end;
receive_sides([], Sum) -> Sum.

tell([{Side, Neighbour} | Neighbours], Value) ->
    Neighbour ! {value, (Side + 1) rem 4 + 1, Value},
    tell(Neighbours, Value);
tell([], _) -> ok.
