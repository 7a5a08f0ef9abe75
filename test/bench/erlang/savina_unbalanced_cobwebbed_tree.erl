%% Savina 20: a tree that grows by chance, as 20-unbalanced-cobwebbed-tree.ts.
-module(savina_unbalanced_cobwebbed_tree).
-export([run/1]).

-define(TRY_STEPS, 100).

%% What the root and the nodes have in common. Granted: which children have children, a bit for each.
-record(p, {children = [], granted = 0, spawns = 0, handled = 0, sum = 0}).
-record(node, {parent, root, number, height, count, work, urgent}).
%% Quiet: nodes that have not asked.
-record(root, {sizes, seed, size, height, quiet}).

run(#{children := Count} = Sizes) ->
    {Family, Seed} = family(2, Sizes, false),
    Root = grow(#root{sizes = Sizes, seed = Seed, size = 1, height = 1, quiet = 0}, 2),
    #p{spawns = Spawns, handled = Handled, sum = Sum} =
        root(Root, start_children(#p{}, self(), 1, 2, Count, Family)),
    #{spawns => Spawns, messages => Handled, checksum => Sum}.

%% Decides by chance who has children while there may be more nodes; when all have asked, it has the tree traversed, and ended.
root(#root{quiet = 0}, #p{children = Children} = P) ->
    [Child ! traverse || Child <- Children],
    [Child ! terminate || Child <- Children],
    ended(length(Children), P);
root(#root{sizes = #{nodes := Nodes, children := Count} = Sizes, seed = Seed, size = Size, quiet = Quiet} = Root, P) ->
    receive
        {ask, Node, Height} ->
            {More, Seed1} = if Size + Count =< Nodes -> savina_random:below(Seed, 2);
                               true -> {0, Seed}
                            end,
            case More of
                1 ->
                    {Family, Seed2} = family(Seed1, Sizes, true),
                    Node ! {generate, Size, Family},
                    root(grow(Root#root{seed = Seed2, quiet = Quiet - 1}, Height + 1), handled(P));
                0 -> root(Root#root{seed = Seed1, quiet = Quiet - 1, height = max(Root#root.height, Height)}, handled(P))
            end;
        {grant, Child} -> root(Root, granted(Child, P))
    end.

%% Room for the children of one node.
grow(#root{sizes = #{children := Count}, size = Size, height = Highest, quiet = Quiet} = Root, Height) ->
    Root#root{size = Size + Count, quiet = Quiet + Count, height = max(Highest, Height)}.

%% Asks the root whether it may have children, works when the tree is traversed, and ends after its children.
node(#node{parent = Parent, root = Root, number = Number, height = Height, count = Count} = Node, P) ->
    receive
        'try' ->
            Sum = P#p.sum + savina_random:skip(Number, ?TRY_STEPS),
            Root ! {ask, self(), Height},
            node(Node, P#p{handled = P#p.handled + 1, sum = Sum});
        {generate, First, Family} ->
            Parent ! {grant, Number rem Count},
            node(Node, start_children(handled(P), Root, First, Height + 1, Count, Family));
        {grant, Child} -> node(Node, granted(Child, P));
        traverse ->
            #node{work = Work, urgent = Urgent} = Node,
            Sum = P#p.sum + savina_random:skip(Work, Work) + Urgent,
            [Child ! traverse || Child <- P#p.children],
            node(Node, P#p{handled = P#p.handled + 1, sum = Sum});
        terminate ->
            [Child ! terminate || Child <- P#p.children],
            #p{spawns = Spawns, handled = Handled, sum = Sum} = ended(length(P#p.children), handled(P)),
            Parent ! {ended, Spawns, Handled, Sum}
    end.

ended(0, P) -> P;
ended(Left, #p{spawns = Spawns, handled = Handled, sum = Sum} = P) ->
    receive
        {ended, S, H, C} -> ended(Left - 1, P#p{spawns = Spawns + S, handled = Handled + H, sum = Sum + C})
    end.

handled(#p{handled = Handled} = P) -> P#p{handled = Handled + 1}.

granted(Child, #p{granted = Granted, handled = Handled} = P) ->
    P#p{granted = Granted bor (1 bsl Child), handled = Handled + 1}.

start_children(P, Root, First, Height, Count, {Work, UrgentChild}) ->
    Me = self(),
    Node = #node{parent = Me, root = Root, height = Height, count = Count, work = Work},
    Children = [spawn_link(fun() -> node(Node#node{number = First + I, urgent = urgent(I, UrgentChild)}, #p{}) end)
                || I <- lists:seq(0, Count - 1)],
    [Child ! 'try' || Child <- Children],
    P#p{children = urgent_first(UrgentChild, Children), spawns = P#p.spawns + Count}.

urgent(UrgentChild, UrgentChild) -> 1;
urgent(_, _) -> 0.

%% The urgent child hears everything first.
urgent_first(-1, Children) -> Children;
urgent_first(UrgentChild, Children) ->
    {Before, [Urgent | After]} = lists:split(UrgentChild, Children),
    [Urgent | Before ++ After].

%% {How much work each child of one node has, which of them is urgent (-1: none)}, and the next seed.
family(Seed, #{average_work := Average, work_deviation := Deviation} = Sizes, MayBeUrgent) ->
    {Sum, Seed1} = twelve(12, 0, Seed),
    case floor(Average + Deviation * (Sum / 2147483647 - 6) + 0.5) of
        Work when Work > 0 ->
            {Urgent, Seed2} = urgent_child(Seed1, Sizes, MayBeUrgent),
            {{Work, Urgent}, Seed2};
        _ -> family(Seed1, Sizes, MayBeUrgent)
    end.

urgent_child(Seed, _, false) -> {-1, Seed};
urgent_child(Seed, #{urgent_percent := Percent, children := Count}, true) ->
    case savina_random:below(Seed, 100) of
        {Drawn, Seed1} when Drawn =< Percent -> savina_random:below(Seed1, Count);
        {_, Seed1} -> {-1, Seed1}
    end.

twelve(0, Sum, Seed) -> {Sum, Seed};
twelve(Left, Sum, Seed) ->
    Next = savina_random:next(Seed),
    twelve(Left - 1, Sum + Next, Next).
