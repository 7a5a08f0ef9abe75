%% Savina 29: the first N solutions of the queens, as 29-n-queens.ts.
-module(savina_n_queens).
-export([run/1]).

-record(master, {workers, limit, sent = 0, done = 0, results = 0, stopping = false, handled = 0}).

run(#{workers := Count, size := Size, threshold := Threshold, limit := Limit}) ->
    Master = self(),
    Workers = list_to_tuple([spawn_link(fun() -> worker(Master, Size, Threshold, 0) end) || _ <- lists:seq(1, Count)]),
    #master{results = Results, handled = Handled} = master(send([], #master{workers = Workers, limit = Limit}), Count),
    #{spawns => tuple_size(Workers),
      messages => if Results >= Limit -> Limit; true -> Handled end,
      checksum => min(Results, Limit)}.

master(M, 0) -> M;
master(M = #master{handled = Handled}, Running) ->
    receive
        {work, _} when M#master.stopping -> master(M#master{handled = Handled + 1}, Running);
        {work, Board} -> master(send(Board, M#master{handled = Handled + 1}), Running);
        result when M#master.results + 1 =:= M#master.limit ->
            master(stop(M#master{results = M#master.limit, handled = Handled + 1}), Running);
        result -> master(M#master{results = M#master.results + 1, handled = Handled + 1}, Running);
        done when M#master.done + 1 =:= M#master.sent ->
            master(stop(M#master{done = M#master.sent, handled = Handled + 1}), Running);
        done -> master(M#master{done = M#master.done + 1, handled = Handled + 1}, Running);
        {stopped, Others} -> master(M#master{handled = Handled + Others}, Running - 1)
    end.

send(Board, M = #master{workers = Workers, sent = Sent}) ->
    element(Sent rem tuple_size(Workers) + 1, Workers) ! {work, Board},
    M#master{sent = Sent + 1}.

stop(M = #master{stopping = true}) -> M;
stop(M = #master{workers = Workers}) ->
    _ = [Worker ! stop || Worker <- tuple_to_list(Workers)],
    M#master{stopping = true}.

worker(Master, Size, Threshold, Handled) ->
    receive
        {work, Board} ->
            case length(Board) of
                Queens when Queens >= Threshold -> solve(Master, Board, Queens, Size);
                _ -> send_next(Master, Board, 0, Size)
            end,
            Master ! done,
            worker(Master, Size, Threshold, Handled + 1);
        stop -> Master ! {stopped, Handled}
    end.

%% The valid boards with a queen more.
send_next(_, _, Size, Size) -> ok;
send_next(Master, Board, Column, Size) ->
    Next = Board ++ [Column],
    _ = is_valid(Next) andalso (Master ! {work, Next}),
    send_next(Master, Board, Column + 1, Size).

%% Tells all solutions that begin so.
solve(Master, _, Size, Size) -> Master ! result;
solve(Master, Board, Row, Size) -> solve(Master, Board, Row, Size, 0).

solve(_, _, _, Size, Size) -> ok;
solve(Master, Board, Row, Size, Column) ->
    Next = Board ++ [Column],
    case is_valid(Next) of
        true -> solve(Master, Next, Row + 1, Size);
        false -> ok
    end,
    solve(Master, Board, Row, Size, Column + 1).

%% Whether no queen attacks another: all pairs are looked at, as in the suite.
is_valid([Queen | Others]) -> is_valid(Queen, Others, 1) andalso is_valid(Others);
is_valid([]) -> true.

is_valid(_, [], _) -> true;
is_valid(Queen, [Other | _], Distance)
  when Other =:= Queen; Other =:= Queen - Distance; Other =:= Queen + Distance -> false;
is_valid(Queen, [_ | Others], Distance) -> is_valid(Queen, Others, Distance + 1).
