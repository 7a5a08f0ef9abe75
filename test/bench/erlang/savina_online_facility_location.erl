%% Savina 21: online facility location, as 21-online-facility-location.ts, which says what is counted.
%% A point is {X, Y}, a box {X1, Y1, X2, Y2}.
-module(savina_online_facility_location).
-export([run/1]).

-record(tree, {sum = 0, facilities = 0, quadrants = 0}).
-record(quadrant, {parent, position, box, middle, threshold, facilities, customers = [], cost = 0.0, children = none}).

run(#{points := Points, grid := Grid, alpha := Alpha}) ->
    Main = self(),
    Threshold = Alpha * math:sqrt(2) * Grid,
    Box = {0.0, 0.0, float(Grid), float(Grid)},
    Root = spawn_link(fun() -> root(quadrant(Main, root, Box, Threshold, [], []), 0) end),
    spawn_link(fun() -> produce(Root, 123456, Grid, Points, 0) end),
    receive
        {settled, #tree{sum = Sum, facilities = Facilities, quadrants = Quadrants}, Messages}
          when Quadrants =:= 4 * Facilities ->
            #{spawns => 2, messages => Messages, checksum => Sum}
    end.

produce(Root, Seed, Grid, Left, Handled) when Left > 0 ->
    {X, Seed1} = coordinate(Seed, Grid),
    {Y, Seed2} = coordinate(Seed1, Grid),
    Root ! {customer, self(), {X, Y}},
    receive next -> produce(Root, Seed2, Grid, Left - 1, Handled + 1) end;
produce(Root, _, _, 0, Handled) -> Root ! {finish, Handled}.

coordinate(Seed, Grid) ->
    {N, Next} = savina_random:below(Seed, Grid * 1024),
    {(2 * N + 1) / 2048, Next}.

quadrant(Parent, Position, Box = {X1, Y1, X2, Y2}, Threshold, Facilities, Customers) ->
    Middle = {(X1 + X2) / 2, (Y1 + Y2) / 2},
    Q = #quadrant{parent = Parent, position = Position, box = Box, middle = Middle, threshold = Threshold,
                  facilities = [Middle | Facilities]},
    lists:foldl(fun(P = {X, Y}, Acc) when X1 =< X, Y1 =< Y, X =< X2, Y =< Y2 -> add(P, Acc);
                   (_, Acc) -> Acc
                end, Q, Customers).

root(Q, Handled) ->
    receive
        {customer, Producer, _} = Customer ->
            Q1 = customer(Customer, Q),
            Producer ! next,
            root(Q1, Handled + 1);
        {finish, Produced} ->
            Q#quadrant.parent ! {settled, finish(Q), Handled + Produced};
        Facility -> root(facility(Facility, Q), Handled)
    end.

inner(Q) ->
    receive
        {customer, _, _} = Customer -> inner(customer(Customer, Q));
        {finish, _} -> Q#quadrant.parent ! {confirm, finish(Q)};
        Facility -> inner(facility(Facility, Q))
    end.

customer({customer, _, Point}, Q = #quadrant{children = none, threshold = Threshold}) ->
    case add(Point, Q) of
        Q1 = #quadrant{cost = Cost} when Cost > Threshold -> open(Q1);
        Q1 -> Q1
    end;
customer({customer, _, {X, Y}} = Customer, Q = #quadrant{middle = {MiddleX, MiddleY}, children = {A, B, C, D}}) ->
    if
        Y > MiddleY, X > MiddleX -> B;
        Y > MiddleY -> A;
        X > MiddleX -> D;
        true -> C
    end ! Customer,
    Q.

facility({facility, Point, parent} = Facility, Q = #quadrant{facilities = Facilities, children = Children}) ->
    case Children of
        none -> ok;
        {A, B, C, D} -> A ! Facility, B ! Facility, C ! Facility, D ! Facility
    end,
    Q#quadrant{facilities = [Point | Facilities]};
facility({facility, Point, From}, Q = #quadrant{facilities = Facilities, children = Children}) ->
    tell_parent(Point, Q),
    element(4 - From, Children) ! {facility, Point, parent},
    Q#quadrant{facilities = [Point | Facilities]}.

tell_parent(_, #quadrant{position = root}) -> ok;
tell_parent(Point, #quadrant{parent = Parent, position = Position}) -> Parent ! {facility, Point, Position}.

add(Point, Q = #quadrant{facilities = Facilities, customers = Customers, cost = Cost}) ->
    Q#quadrant{customers = [Point | Customers], cost = Cost + math:sqrt(nearest(Point, Facilities, 1.0e300))}.

nearest({X, Y} = Point, [{FX, FY} | Facilities], Nearest) ->
    DX = FX - X,
    DY = FY - Y,
    case DX * DX + DY * DY of
        Square when Square < Nearest -> nearest(Point, Facilities, Square);
        _ -> nearest(Point, Facilities, Nearest)
    end;
nearest(_, [], Nearest) -> Nearest.

%% Opens the facility, and leaves the customers to four smaller quadrants.
open(Q = #quadrant{box = {X1, Y1, X2, Y2}, middle = {X, Y}, threshold = Threshold, facilities = Facilities}) ->
    tell_parent({X, Y}, Q),
    Self = self(),
    Customers = lists:reverse(Q#quadrant.customers),
    Start = fun(Position, Box) ->
        spawn_link(fun() -> inner(quadrant(Self, Position, Box, Threshold, Facilities, Customers)) end)
    end,
    Children = {Start(0, {X1, Y, X, Y2}), Start(1, {X, Y, X2, Y2}), Start(2, {X1, Y1, X, Y}), Start(3, {X, Y1, X2, Y})},
    Q#quadrant{customers = [], children = Children}.

finish(#quadrant{children = none, customers = Customers}) ->
    #tree{sum = trunc(2048 * lists:sum([X + Y || {X, Y} <- Customers]))};
finish(#quadrant{children = {A, B, C, D}}) ->
    A ! {finish, 0}, B ! {finish, 0}, C ! {finish, 0}, D ! {finish, 0},
    confirmed(4, #tree{facilities = 1, quadrants = 4}).

confirmed(0, Tree) -> Tree;
confirmed(Left, Tree = #tree{sum = Sum, facilities = Facilities, quadrants = Quadrants}) ->
    receive
        {confirm, #tree{sum = S, facilities = F, quadrants = N}} ->
            confirmed(Left - 1, Tree#tree{sum = Sum + S, facilities = Facilities + F, quadrants = Quadrants + N})
    end.
