%% Savina 4: fork-join create, as 04-fork-join-create.ts.
-module(savina_fork_join_create).
-export([run/1]).

run(#{actors := N}) ->
    Started = fork(self(), N, 0),
    {Handled, Positive} = join(Started, 0, 0),
    #{spawns => Started, messages => Handled, checksum => Positive}.

fork(_, N, N) -> N;
fork(Main, N, I) ->
    spawn_link(fun() -> worker(Main, 37.2 + I) end) ! message,
    fork(Main, N, I + 1).

join(0, Handled, Positive) -> {Handled, Positive};
join(Left, Handled, Positive) ->
    receive {joined, H, P} -> join(Left - 1, Handled + H + 1, Positive + P) end.

worker(Main, Angle) ->
    receive
        message ->
            Sine = math:sin(Angle),
            Main ! {joined, 1, if Sine * Sine > 0 -> 1; true -> 0 end}
    end.
