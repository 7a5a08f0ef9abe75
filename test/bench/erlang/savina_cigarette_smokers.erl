%% Savina 14: an arbiter lets one of many smokers begin after the other, as 14-cigarette-smokers.ts.
-module(savina_cigarette_smokers).
-export([run/1]).

run(#{rounds := Rounds, smokers := N}) ->
    Main = self(),
    Smokers = list_to_tuple([spawn_link(fun() -> smoker(Main, 0, 0) end) || _ <- lists:seq(1, N)]),
    Handled = arbiter(Smokers, Rounds, Rounds * N, 0),
    [Smoker ! exit || Smoker <- tuple_to_list(Smokers)],
    {More, Smoked} = gone(N, 0, 0),
    #{spawns => tuple_size(Smokers), messages => Handled + More, checksum => Smoked}.

arbiter(_, 0, _, Handled) -> Handled;
arbiter(Smokers, Left, Seed, Handled) ->
    {Smoker, Seed1} = savina_random:below(Seed, tuple_size(Smokers)),
    {Steps, Seed2} = savina_random:below(Seed1, 1000),
    element(Smoker + 1, Smokers) ! {start_smoking, Steps + 10},
    receive started_smoking -> arbiter(Smokers, Left - 1, Seed2, Handled + 1) end.

gone(0, Handled, Smoked) -> {Handled, Smoked};
gone(Left, Handled, Smoked) ->
    receive {gone, H, S} -> gone(Left - 1, Handled + H, Smoked + S) end.

smoker(Arbiter, Handled, Smoked) ->
    receive
        {start_smoking, Steps} ->
            Arbiter ! started_smoking,
            smoker(Arbiter, Handled + 1, Smoked + savina_random:skip(Steps, Steps));
        exit -> Arbiter ! {gone, Handled + 1, Smoked}
    end.
