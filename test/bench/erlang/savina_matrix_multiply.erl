%% Savina 24: recursive matrix multiplication, as 24-matrix-multiply.ts, which says what is shared.
%% A part of C is a list of strips, each four columns wide: a list of rows, each of four floats. The smallest part has four columns.
-module(savina_matrix_multiply).
-export([run/1]).

run(#{workers := Count, length := Length, threshold := Threshold}) ->
    Master = self(),
    make(Length),
    Workers = list_to_tuple([spawn_link(fun() -> worker(Master, Length, Threshold, #{}, 0) end)
                             || _ <- lists:seq(1, Count)]),
    send(Workers, {work, 0, 0, 0, 0, 0, 0, Length}),
    Handled = master(Workers, 1, 0, 0),
    _ = [Worker ! finish || Worker <- tuple_to_list(Workers)],
    Ends = [receive {finished, Worker, Sum, N} -> {Sum, N} end || Worker <- tuple_to_list(Workers)],
    #{spawns => tuple_size(Workers),
      messages => Handled + lists:sum([N || {_, N} <- Ends]),
      checksum => trunc(lists:sum([Sum || {Sum, _} <- Ends]))}.

%% A as a tuple of rows and B as a tuple of columns, each a list of floats.
make(Length) ->
    Numbers = lists:seq(0, Length - 1),
    Lines = list_to_tuple([[float(N) || _ <- Numbers] || N <- Numbers]),
    case persistent_term:get({?MODULE, Length}, none) of
        none -> persistent_term:put({?MODULE, Length}, {Lines, Lines});
        _ -> ok
    end.

send(Workers, Work) ->
    element((element(6, Work) + element(7, Work)) rem tuple_size(Workers) + 1, Workers) ! Work.

master(_, Sent, Sent, Handled) -> Handled;
master(Workers, Sent, Done, Handled) ->
    receive
        done -> master(Workers, Sent, Done + 1, Handled + 1);
        Work ->
            send(Workers, Work),
            master(Workers, Sent + 1, Done, Handled + 1)
    end.

worker(Master, Length, Threshold, Blocks, Handled) ->
    receive
        {work, RowA, ColumnA, RowB, ColumnB, RowC, ColumnC, Dim} when Dim * Dim > Threshold ->
            Half = Dim div 2,
            _ = [Master ! {work, RowA + R, ColumnA + K, RowB + K, ColumnB + C, RowC + R, ColumnC + C, Half}
                 || R <- [0, Half], C <- [0, Half], K <- [0, Half]],
            Master ! done,
            worker(Master, Length, Threshold, Blocks, Handled + 1);
        {work, RowA, ColumnA, RowB, ColumnB, RowC, ColumnC, Dim} ->
            {A, B} = persistent_term:get({?MODULE, Length}),
            Rows = part(A, RowA, ColumnA, Dim),
            Columns = part(B, ColumnB, RowB, Dim),
            Block = case Blocks of
                #{{RowC, ColumnC} := Sums} -> multiply(Rows, Columns, Sums);
                _ -> multiply(Rows, Columns, lists:duplicate(Dim div 4, lists:duplicate(Dim, {0.0, 0.0, 0.0, 0.0})))
            end,
            Master ! done,
            worker(Master, Length, Threshold, Blocks#{{RowC, ColumnC} => Block}, Handled + 1);
        finish ->
            Sum = lists:sum([sum(Block, Row, Column) || {{Row, Column}, Block} <- maps:to_list(Blocks)]),
            Master ! {finished, self(), Sum, Handled}
    end.

%% Dim lines of a factor, of each Dim numbers.
part(Lines, First, From, Dim) ->
    [lists:sublist(element(N, Lines), From + 1, Dim) || N <- lists:seq(First + 1, First + Dim)].

multiply(Rows, [C1, C2, C3, C4 | Columns], [Strip | Strips]) ->
    [strip(Rows, C1, C2, C3, C4, Strip) | multiply(Rows, Columns, Strips)];
multiply(_, [], []) -> [].

strip([Row | Rows], C1, C2, C3, C4, [{S1, S2, S3, S4} | Sums]) ->
    [dots(Row, C1, C2, C3, C4, S1, S2, S3, S4) | strip(Rows, C1, C2, C3, C4, Sums)];
strip([], _, _, _, _, []) -> [].

%% Two steps at a time: so fewer floats are made. The guards spare the checks in between.
dots([A, B | Row], [A1, B1 | C1], [A2, B2 | C2], [A3, B3 | C3], [A4, B4 | C4], S1, S2, S3, S4)
  when is_float(A), is_float(A1), is_float(A2), is_float(A3), is_float(A4), is_float(S1), is_float(S2),
       is_float(B), is_float(B1), is_float(B2), is_float(B3), is_float(B4), is_float(S3), is_float(S4) ->
    dots(Row, C1, C2, C3, C4, S1 + A * A1 + B * B1, S2 + A * A2 + B * B2, S3 + A * A3 + B * B3, S4 + A * A4 + B * B4);
dots([], [], [], [], [], S1, S2, S3, S4) -> {S1, S2, S3, S4}.

sum([Strip | Strips], Row, Column) -> sum_strip(Strip, Row, Column, 0.0) + sum(Strips, Row, Column + 4);
sum([], _, _) -> 0.0.

sum_strip([{S1, S2, S3, S4} | Sums], Row, Column, Sum) ->
    sum_strip(Sums, Row + 1, Column,
             Sum + S1 * weight(Row, Column) + S2 * weight(Row, Column + 1)
             + S3 * weight(Row, Column + 2) + S4 * weight(Row, Column + 3));
sum_strip([], _, _, Sum) -> Sum.

weight(Row, Column) -> 1 + (31 * Row + 17 * Column) rem 7.
