%% Savina 23: precise pi, as 23-pi-precision.ts, which says what is counted.
-module(savina_pi_precision).
-export([run/1]).

run(#{workers := Count, digits := Digits}) ->
    Master = self(),
    Workers = list_to_tuple([spawn_link(fun() -> worker(Master, N, pow10(Digits), 0) end) || N <- lists:seq(1, Count)]),
    First = min(Digits, 10 * Count),
    _ = [element(Index rem Count + 1, Workers) ! {work, Index} || Index <- lists:seq(0, First - 1)],
    {Sum, Handled} = master(Workers, First, 0, false, 0, 0),
    Others = [begin Worker ! handled, receive {handled, Worker, N} -> N end end || Worker <- tuple_to_list(Workers)],
    #{spawns => tuple_size(Workers), messages => Handled + lists:sum(Others), checksum => Sum rem 9007199254740881}.

master(_, Asked, Asked, true, Sum, Handled) -> {Sum, Handled};
master(Workers, Asked, Received, Ending, Sum, Handled) ->
    receive
        {result, Term, _} when Ending; Term =< 1 ->
            master(Workers, Asked, Received + 1, true, Sum + Term, Handled + min(Term, 1));
        {result, Term, Worker} ->
            element(Worker, Workers) ! {work, Asked},
            master(Workers, Asked + 1, Received + 1, false, Sum + Term, Handled + 1)
    end.

worker(Master, Number, One, Handled) ->
    receive
        {work, Index} ->
            Term = term(One, Index),
            Master ! {result, Term, Number},
            worker(Master, Number, One, Handled + min(Term, 1));
        handled -> Master ! {handled, self(), Handled}
    end.

term(One, Index) ->
    K = 8 * Index,
    (4 * One div (K + 1) - 2 * One div (K + 4) - One div (K + 5) - One div (K + 6)) bsr (4 * Index).

pow10(0) -> 1;
pow10(N) when N rem 2 =:= 0 -> Half = pow10(N div 2), Half * Half;
pow10(N) -> 10 * pow10(N - 1).
