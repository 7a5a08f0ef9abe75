%% Savina 3: fork-join throughput, as 03-fork-join-throughput.ts.
-module(savina_fork_join_throughput).
-export([run/1]).

run(#{messages := N, actors := A}) ->
    Main = self(),
    Workers = [spawn_link(fun() -> worker(Main, N, 37.2 + I, 0, 0) end) || I <- lists:seq(0, A - 1)],
    send(N, Workers),
    {Handled, Positive} = join(A, 0, 0),
    #{spawns => length(Workers), messages => Handled, checksum => Positive}.

send(0, _) -> ok;
send(N, Workers) ->
    _ = [W ! message || W <- Workers],
    send(N - 1, Workers).

join(0, Handled, Positive) -> {Handled, Positive};
join(A, Handled, Positive) ->
    receive {joined, H, P} -> join(A - 1, Handled + H + 1, Positive + P) end.

worker(Main, N, _, N, Positive) -> Main ! {joined, N, Positive};
worker(Main, N, Angle, Handled, Positive) ->
    receive
        message ->
            Sine = math:sin(Angle),
            worker(Main, N, Angle, Handled + 1, if Sine * Sine > 0 -> Positive + 1; true -> Positive end)
    end.
