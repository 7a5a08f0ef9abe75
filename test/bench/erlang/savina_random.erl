%% Park and Miller's generator: the same numbers as `Random` in random.ts. The state is the number itself.
-module(savina_random).
-export([next/1, below/2, skip/2]).

%% From 1 to 2,147,483,646; the next state.
next(Seed) -> (Seed * 16807) rem 2147483647.

%% {From 0 to N - 1, the next state}
below(Seed, N) ->
    Next = next(Seed),
    {Next rem N, Next}.

%% The Nth number from here: what the programs do to be busy for a while.
skip(Seed, 0) -> Seed;
skip(Seed, N) -> skip(next(Seed), N - 1).
