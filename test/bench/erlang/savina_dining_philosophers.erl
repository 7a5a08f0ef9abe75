%% Savina 12: philosophers ask one arbiter for their forks until they get them, as 12-dining-philosophers.ts.
-module(savina_dining_philosophers).
-export([run/1]).

run(#{philosophers := N, rounds := Rounds}) ->
    Main = self(),
    Arbiter = spawn_link(fun() -> arbiter(N, Main) end),
    Philosophers = [spawn_link(fun() -> philosopher(I, Rounds, Arbiter, 0) end) || I <- lists:seq(0, N - 1)],
    [P ! start || P <- Philosophers],
    receive
        {over, Messages, Meals} -> #{spawns => length(Philosophers) + 1, messages => Messages, checksum => Meals}
    end.

philosopher(Id, Left, Arbiter, Handled) ->
    receive
        denied ->
            Arbiter ! {hungry, self(), Id},
            philosopher(Id, Left, Arbiter, Handled);
        eat when Left > 1 ->
            Arbiter ! {done, Id},
            self() ! start,
            philosopher(Id, Left - 1, Arbiter, Handled + 1);
        eat ->
            Arbiter ! {done, Id},
            Arbiter ! {exit, Handled + 1};
        start ->
            Arbiter ! {hungry, self(), Id},
            philosopher(Id, Left, Arbiter, Handled + 1)
    end.

arbiter(N, Main) -> arbiter(N, N, 0, 0, 0, Main).

%% Forks: a bit for each that is in use.
arbiter(0, _, _, Handled, Meals, Main) -> Main ! {over, Handled, Meals};
arbiter(Left, N, Forks, Handled, Meals, Main) ->
    receive
        {hungry, P, Id} ->
            Both = (1 bsl Id) bor (1 bsl ((Id + 1) rem N)),
            case Forks band Both of
                0 ->
                    P ! eat,
                    arbiter(Left, N, Forks bor Both, Handled + 1, Meals + Id + 1, Main);
                _ ->
                    P ! denied,
                    arbiter(Left, N, Forks, Handled, Meals, Main)
            end;
        {done, Id} ->
            Both = (1 bsl Id) bor (1 bsl ((Id + 1) rem N)),
            arbiter(Left, N, Forks band (bnot Both), Handled + 1, Meals, Main);
        {exit, More} -> arbiter(Left - 1, N, Forks, Handled + More + 1, Meals, Main)
    end.
