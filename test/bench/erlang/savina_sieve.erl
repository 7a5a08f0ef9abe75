%% Savina 19: a pipeline of filters that grows as primes are found, as 19-sieve.ts.
-module(savina_sieve).
-export([run/1]).

run(#{limit := Limit, primes_per_filter := Capacity}) ->
    Main = self(),
    Producer = spawn_link(fun() -> receive {start, Filter} -> producer(3, Limit, Filter) end end),
    Filter = spawn_link(fun() -> filter(Main, Capacity, [2], 1, none, 0) end),
    Producer ! {start, Filter},
    receive
        {over, Spawns, Messages, Sum} -> #{spawns => Spawns + 2, messages => Messages, checksum => Sum}
    end.

producer(Candidate, Limit, Filter) when Candidate < Limit ->
    Filter ! {candidate, Candidate},
    producer(Candidate + 2, Limit, Filter);
producer(_, _, Filter) -> Filter ! {exit, 0, 1, 0}.

%% K: how many primes it has, of Capacity at most.
filter(Main, Capacity, Primes, K, Next, Handled) ->
    receive
        {candidate, Candidate} = Message ->
            case locally_prime(Candidate, Primes) of
                false -> filter(Main, Capacity, Primes, K, Next, Handled + 1);
                true when Next =/= none ->
                    Next ! Message,
                    filter(Main, Capacity, Primes, K, Next, Handled + 1);
                true when K < Capacity -> filter(Main, Capacity, Primes ++ [Candidate], K + 1, none, Handled + 1);
                true ->
                    Started = spawn_link(fun() -> filter(Main, Capacity, [Candidate], 1, none, 0) end),
                    filter(Main, Capacity, Primes, K, Started, Handled + 1)
            end;
        {exit, Spawns, Messages, Sum} when Next =:= none ->
            Main ! {over, Spawns, Messages + Handled + 1, lists:sum(Primes) + Sum};
        {exit, Spawns, Messages, Sum} -> Next ! {exit, Spawns + 1, Messages + Handled + 1, lists:sum(Primes) + Sum}
    end.

locally_prime(_, []) -> true;
locally_prime(Candidate, [Prime | _]) when Candidate rem Prime =:= 0 -> false;
locally_prime(Candidate, [_ | Primes]) -> locally_prime(Candidate, Primes).
