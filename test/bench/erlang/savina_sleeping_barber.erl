%% Savina 13: a barber, a waiting room and customers that come back when it is full, as 13-sleeping-barber.ts.
-module(savina_sleeping_barber).
-export([run/1]).

run(#{haircuts := N, room := Capacity, production_rate := ProductionRate, haircut_rate := HaircutRate}) ->
    Main = self(),
    Barber = spawn_link(fun() -> barber(Main, HaircutRate, 1, 0, 0) end),
    Room = spawn_link(fun() -> room(Capacity, Barber, queue:new(), 0, asleep, 0) end),
    Factory = spawn_link(fun() -> factory(Room, N, ProductionRate, 1, N, 2, 0, 0) end),
    Factory ! produce,
    receive
        {closed, {Spawns, Messages, Checksum}} -> #{spawns => Spawns + 3, messages => Messages, checksum => Checksum}
    end.

room(Capacity, Barber, Waiting, Left, Barbers, Handled) ->
    receive
        {enter, Customer} when Left =:= Capacity ->
            Customer ! full,
            room(Capacity, Barber, Waiting, Left, Barbers, Handled);
        {enter, Customer} ->
            case Barbers of
                asleep -> self() ! wake;
                awake -> Customer ! wait
            end,
            room(Capacity, Barber, queue:in(Customer, Waiting), Left + 1, awake, Handled + 1);
        next -> next(Capacity, Barber, Waiting, Left, Handled + 1);
        wake -> next(Capacity, Barber, Waiting, Left, Handled);
        {exit, {Spawns, Messages, Checksum}} -> Barber ! {exit, {Spawns, Messages + Handled + 1, Checksum}}
    end.

next(Capacity, Barber, Waiting, 0, Handled) ->
    Barber ! wait,
    room(Capacity, Barber, Waiting, 0, asleep, Handled);
next(Capacity, Barber, Waiting, Left, Handled) ->
    {{value, Customer}, Others} = queue:out(Waiting),
    Barber ! {enter, Customer, self()},
    room(Capacity, Barber, Others, Left - 1, awake, Handled).

barber(Main, Rate, Seed, Handled, Sum) ->
    receive
        {enter, Customer, Room} ->
            Customer ! start,
            {Drawn, Seed1} = busy(Seed, Rate),
            Customer ! done,
            Room ! next,
            barber(Main, Rate, Seed1, Handled + 1, Sum + Drawn);
        wait -> barber(Main, Rate, Seed, Handled, Sum);
        {exit, {Spawns, Messages, Checksum}} -> Main ! {closed, {Spawns, Messages + Handled + 1, Checksum + Sum}}
    end.

%% Number: of the next customer. Left: haircuts.
factory(Room, _, _, Number, 0, _, Handled, Sum) -> Room ! {exit, {Number - 1, Handled, Sum}};
factory(Room, N, Rate, Number, Left, Seed, Handled, Sum) ->
    receive
        produce ->
            Me = self(),
            Customer = spawn_link(fun() -> customer(Number, Me, 0) end),
            Room ! {enter, Customer},
            {Drawn, Seed1} = busy(Seed, Rate),
            Number < N andalso (self() ! produce),
            factory(Room, N, Rate, Number + 1, Left, Seed1, Handled + 1, Sum + Drawn);
        {returned, Customer} ->
            Room ! {enter, Customer},
            factory(Room, N, Rate, Number, Left, Seed, Handled, Sum);
        {done, Customer, More} -> factory(Room, N, Rate, Number, Left - 1, Seed, Handled + More + 1, Sum + Customer)
    end.

customer(Number, Factory, Handled) ->
    receive
        full ->
            Factory ! {returned, self()},
            customer(Number, Factory, Handled);
        wait -> customer(Number, Factory, Handled);
        start -> customer(Number, Factory, Handled + 1);
        done -> Factory ! {done, Number, Handled + 1}
    end.

%% Draws how long to be busy, and is: {the number that comes out, the next seed}.
busy(Seed, Rate) ->
    {Drawn, Seed1} = savina_random:below(Seed, Rate),
    {savina_random:skip(Drawn + 10, Drawn + 10), Seed1}.
