%% SUP-001 to SUP-041.
-module(supervisors_1).
-export(['SUP-019'/0]).

'SUP-019'() ->
    Scribe = worker:scribe(),
    worker:supervise(#{strategy => one_for_one}, [worker:spec(a, Scribe), worker:spec(b, Scribe), worker:spec(c, Scribe)]),
    worker:entries(Scribe, 3),
    [B] = worker:lives(Scribe, b),
    exit(B, boom),
    Entries = worker:entries(Scribe, 4),
    #{entries => Entries, lives => [length(worker:lives(Scribe, Id)) || Id <- [a, b, c]]}.
