%% Savina 11: producers and consumers around a bounded buffer, as 11-bounded-buffer.ts.
-module(savina_bounded_buffer).
-export([run/1]).

-record(s, {room, consumers, waiting = queue:new(), left = 0, idle_producers = queue:new(), idle_consumers, exited = 0,
            producers, handled = 0}).

run(#{buffer := Buffer, producers := P, consumers := C, items := Items, produce_cost := PCost, consume_cost := CCost}) ->
    Main = self(),
    Consumers = [spawn_link(fun() -> consumer(Main, CCost, 0.0, 0, 0) end) || _ <- lists:seq(1, C)],
    Producers = [spawn_link(fun() -> producer(I, Main, Items, PCost, 0.0, 0) end) || I <- lists:seq(1, P)],
    [Producer ! produce || Producer <- Producers],
    Handled = manager(#s{room = Buffer - P, consumers = C, producers = P, idle_consumers = queue:from_list(Consumers)}),
    [Consumer ! {consumed, Main} || Consumer <- Consumers],
    Consumed = [receive {consumed, Consumer, H, S} -> {H, S} end || Consumer <- Consumers],
    #{spawns => length(Consumers) + length(Producers),
      messages => Handled + lists:sum([H || {H, _} <- Consumed]),
      checksum => lists:sum([S || {_, S} <- Consumed])}.

manager(#s{waiting = Waiting, left = Left, handled = Handled} = S) ->
    receive
        {item, Producer, Number, Value} ->
            S1 = case queue:out(S#s.idle_consumers) of
                     {empty, _} -> S#s{waiting = queue:in({Number, Value}, Waiting), left = Left + 1};
                     {{value, Consumer}, Idle} ->
                         Consumer ! {item, Number, Value},
                         S#s{idle_consumers = Idle}
                 end,
            if S1#s.left >= S#s.room ->
                    manager(S1#s{idle_producers = queue:in(Producer, S#s.idle_producers), handled = Handled + 1});
               true ->
                    Producer ! produce,
                    manager(S1#s{handled = Handled + 1})
            end;
        {available, Consumer} when Left =:= 0 ->
            finish(S#s{idle_consumers = queue:in(Consumer, S#s.idle_consumers), handled = Handled + 1});
        {available, Consumer} ->
            {{value, {Number, Value}}, Waiting1} = queue:out(Waiting),
            Consumer ! {item, Number, Value},
            Idle = case queue:out(S#s.idle_producers) of
                       {empty, None} -> None;
                       {{value, Producer}, Others} ->
                           Producer ! produce,
                           Others
                   end,
            manager(S#s{waiting = Waiting1, left = Left - 1, idle_producers = Idle, handled = Handled + 1});
        {producer_exit, More} ->
            finish(S#s{exited = S#s.exited + 1, handled = Handled + More + 1})
    end.

finish(#s{exited = P, producers = P} = S) ->
    case queue:len(S#s.idle_consumers) =:= S#s.consumers of
        true -> S#s.handled;
        false -> manager(S)
    end;
finish(S) -> manager(S).

producer(Number, Manager, Left, Cost, Value, Handled) ->
    receive
        produce when Left =:= 0 -> Manager ! {producer_exit, Handled + 1};
        produce ->
            Value1 = process_item(Value, Cost),
            Manager ! {item, self(), Number, Value1},
            producer(Number, Manager, Left - 1, Cost, Value1, Handled + 1)
    end.

consumer(Manager, Cost, Value, Sum, Handled) ->
    receive
        {item, Number, Item} ->
            Value1 = process_item(Value + Item, Cost),
            Manager ! {available, self()},
            consumer(Manager, Cost, Value1, Sum + Number * trunc(Item), Handled + 1);
        {consumed, From} -> From ! {consumed, self(), Handled, Sum}
    end.

process_item(Term, Cost) -> process_item(Term, max(1, Cost * 100), Cost + 1).

process_item(Term, 0, _) -> Term;
process_item(Term, Left, Seed) ->
    Next = savina_random:next(Seed),
    process_item(Term + math:log(Next / 2147483647 + 0.01), Left - 1, Next).
