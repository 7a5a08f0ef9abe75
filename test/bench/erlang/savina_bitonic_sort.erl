%% Savina 30: bitonic sort, as 30-bitonic-sort.ts, which says what is counted.
%% {exit, Handled, Spawns} is the last message to each part: how many were handled, and how many started, before and up to there.
-module(savina_bitonic_sort).
-export([run/1]).

run(#{values := Values}) ->
    Main = self(),
    Validation = spawn_link(fun() -> validation(Main, 0, 0, 0) end),
    Adapter = spawn_link(fun() -> forward(Validation, 0, 0) end),
    Kernel = spawn_link(fun() -> kernel(Values, Adapter) end),
    Source = spawn_link(fun() -> receive {'begin', N} -> source(Kernel, N, 2048) end end),
    Source ! {'begin', Values},
    receive
        {sorted, Checksum, Handled, Spawns} -> #{spawns => Spawns + 4, messages => Handled, checksum => Checksum}
    end.

source(Next, 0, _) -> Next ! {exit, 1, 0};
source(Next, Left, Seed) ->
    High = savina_random:next(Seed),
    Low = savina_random:next(High),
    Next ! {value, (High * 4194304 + Low rem 4194304) * 128},
    source(Next, Left - 1, Low).

validation(Main, Previous, Sum, Handled) ->
    receive
        {value, Value} when Value >= Previous ->
            validation(Main, Value, (31 * Sum + (Value div 128) rem 2147483647) rem 2147483647, Handled + 1);
        {exit, Others, Spawns} -> Main ! {sorted, Sum, Handled + Others, Spawns}
    end.

%% Whatever values pass on their way to the next.
forward(Next, Handled, Started) ->
    receive
        {value, _} = Value ->
            Next ! Value,
            forward(Next, Handled + 1, Started);
        {exit, Others, Spawns} -> Next ! {exit, Handled + Others, Spawns + Started}
    end.

%% Puts a number to what passes.
number(Next, Order, Handled) ->
    receive
        {value, Value} ->
            Next ! {data, Order, Value},
            number(Next, Order, Handled + 1);
        {exit, Others, Spawns} -> Next ! {exit, Handled + Others, Spawns}
    end.

%% Gives Length values to each receiver in turn.
split(Length, Receivers, Receiver, Run, Handled) ->
    receive
        {value, _} = Value ->
            element(Receiver, Receivers) ! Value,
            if
                Run + 1 < Length -> split(Length, Receivers, Receiver, Run + 1, Handled + 1);
                true -> split(Length, Receivers, Receiver rem tuple_size(Receivers) + 1, 0, Handled + 1)
            end;
        {exit, Others, Spawns} ->
            [First | Rest] = tuple_to_list(Receivers),
            First ! {exit, Handled + Others, Spawns},
            _ = [Other ! {exit, 0, 0} || Other <- Rest],
            ok
    end.

-record(join, {length, senders, next, sender = 0, run = 0, early = #{}, exits = 0, handled = 0, spawns = 0}).

%% Takes Length values from each of several in turn, and keeps what comes too early.
join(J = #join{sender = Sender, next = Next, handled = Handled, early = Early}) ->
    receive
        {data, Sender, Value} ->
            Next ! {value, Value},
            join(take_early(turn(J#join{handled = Handled + 1})));
        {data, Other, Value} ->
            Kept = case Early of
                #{Other := Queue} -> queue:in(Value, Queue);
                _ -> queue:in(Value, queue:new())
            end,
            join(J#join{handled = Handled + 1, early = Early#{Other => Kept}});
        {exit, Others, Spawns} when J#join.exits + 1 =:= J#join.senders ->
            Next ! {exit, Handled + Others, Spawns + J#join.spawns};
        {exit, Others, Spawns} ->
            join(J#join{exits = J#join.exits + 1, handled = Handled + Others, spawns = J#join.spawns + Spawns})
    end.

turn(J = #join{run = Run, length = Length}) when Run + 1 < Length -> J#join{run = Run + 1};
turn(J = #join{sender = Sender, senders = Senders}) -> J#join{run = 0, sender = (Sender + 1) rem Senders}.

take_early(J = #join{sender = Sender, early = Early}) ->
    case Early of
        #{Sender := Queue} ->
            case queue:out(Queue) of
                {{value, Value}, Rest} ->
                    J#join.next ! {value, Value},
                    take_early(turn(J#join{early = Early#{Sender := Rest}}));
                {empty, _} -> J#join{early = maps:remove(Sender, Early)}
            end;
        _ -> J
    end.

%% Sorts two values at a time: Up: the lesser one first.
compare(Order, Up, Next, Handled) ->
    receive
        {value, A} ->
            receive
                {value, B} when (A =< B) =:= Up ->
                    Next ! {data, Order, A},
                    Next ! {data, Order, B};
                {value, B} ->
                    Next ! {data, Order, B},
                    Next ! {data, Order, A}
            end,
            compare(Order, Up, Next, Handled + 2);
        {exit, Others, Spawns} -> Next ! {exit, Handled + Others, Spawns}
    end.

%% Of a bitonic sequence it makes two, with no value in the first greater than one in the second if Up.
partition(Order, Length, Up, Next) ->
    Half = Length div 2,
    Numberer = spawn_link(fun() -> number(Next, Order, 0) end),
    Joiner = spawn_link(fun() -> join(#join{length = 1, senders = Half, next = Numberer}) end),
    Workers = [spawn_link(fun() -> compare(I, Up, Joiner, 0) end) || I <- lists:seq(0, Half - 1)],
    Splitter = spawn_link(fun() -> split(1, list_to_tuple(Workers), 1, 0, 0) end),
    forward(Splitter, 0, Half + 3).

%% Each Length values go through a partition; the direction changes after each Every of them.
step(Length, Sequences, Every, Last, Next) ->
    End = case Last of
        true -> Next;
        false -> spawn_link(fun() -> forward(Next, 0, 0) end)
    end,
    Joiner = spawn_link(fun() -> join(#join{length = Length, senders = Sequences, next = End}) end),
    Workers = [begin
                   Up = (I div Every) rem 2 =:= 0,
                   case Length of
                       2 -> spawn_link(fun() -> compare(I, Up, Joiner, 0) end);
                       _ -> spawn_link(fun() -> partition(I, Length, Up, Joiner) end)
                   end
               end || I <- lists:seq(0, Sequences - 1)],
    Splitter = spawn_link(fun() -> split(Length, list_to_tuple(Workers), 1, 0, 0) end),
    forward(Splitter, 0, Sequences + case Last of true -> 2; false -> 3 end).

%% Sorts each Part of all values, up and down in turn.
stage(Part, Values, Next) -> steps(Part div 2, Part, Values, Next, 0).

steps(0, _, _, Next, Started) -> forward(Next, 0, Started);
steps(Every, Part, Values, Next, Started) ->
    Sequences = Values div Part * Every,
    First = spawn_link(fun() -> step(Part div Every, Sequences, Every, Part =:= Values, Next) end),
    steps(Every div 2, Part, Values, First, Started + 1).

%% The whole network.
kernel(Values, Next) -> stages(Values, Values, Next, 0).

stages(1, _, Next, Started) -> forward(Next, 0, Started);
stages(Part, Values, Next, Started) ->
    First = spawn_link(fun() -> stage(Part, Values, Next) end),
    stages(Part div 2, Values, First, Started + 1).
