%% Savina 18: a signal runs through several channels of delays and filters, as 18-filter-bank.ts.
%% What ends tells the next what has been seen: {exit, Spawns, Messages, Checksum}.
-module(savina_filter_bank).
-export([run/1]).

run(#{simulations := Simulations, columns := Columns, channels := Channels}) ->
    Main = self(),
    Sink = spawn_link(fun() -> sink(Main, 0, 0) end),
    Combine = spawn_link(fun() -> combine(Sink, 0) end),
    Integrator = spawn_link(fun() -> integrator(Combine, Channels) end),
    Branches = spawn_link(fun() -> branches(Columns, Channels, Integrator) end),
    Producer = spawn_link(fun() -> producer(Simulations, 0) end),
    Source = spawn_link(fun() -> source(Producer, Branches, 0.0, 0) end),
    Producer ! {next, Source},
    receive
        {over, Spawns, Messages, Checksum} -> #{spawns => Spawns + 6, messages => Messages, checksum => Checksum}
    end.

producer(Left, Handled) ->
    receive
        {next, Source} when Left > 0 ->
            Source ! boot,
            producer(Left - 1, Handled + 1);
        {next, Source} -> Source ! {exit, 0, Handled + 1, 0}
    end.

source(Producer, Next, Current, Handled) ->
    receive
        boot ->
            Next ! {value, Current},
            Producer ! {next, self()},
            source(Producer, Next, if Current == 999 -> 0.0; true -> Current + 1 end, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns, Messages + Handled + 1, Checksum}
    end.

branches(Columns, Channels, Integrator) ->
    branches([spawn_link(fun() -> bank(Channel, Columns, Channels, Integrator) end)
              || Channel <- lists:seq(0, Channels - 1)], 0).

branches(Banks, Handled) ->
    receive
        {value, _} = Message ->
            [Bank ! Message || Bank <- Banks],
            branches(Banks, Handled + 1);
        {exit, Spawns, Messages, Checksum} ->
            hd(Banks) ! {exit, Spawns + length(Banks), Messages + Handled + 1, Checksum},
            [Bank ! {exit, 0, 0, 0} || Bank <- tl(Banks)]
    end.

bank(Channel, Columns, Channels, Integrator) ->
    Analysis = lists:reverse([float(I * Columns + Channel * Channels + Channel + I + Channel + 1)
                              || I <- lists:seq(0, Columns - 1)]),
    Synthesis = lists:reverse([float(I * Channel + Channel * Channel + Channel + I) || I <- lists:seq(0, Columns - 1)]),
    Forward = spawn_link(fun() -> tagged_forward(Channel, Integrator, 0) end),
    SecondFilter = spawn_link(fun() -> fir_filter(Synthesis, Forward) end),
    SecondDelay = spawn_link(fun() -> delay(Columns - 1, SecondFilter) end),
    Sample = spawn_link(fun() -> sample_filter(Columns, SecondDelay, 0) end),
    Filter = spawn_link(fun() -> fir_filter(Analysis, Sample) end),
    bank(spawn_link(fun() -> delay(Columns - 1, Filter) end), 0).

bank(Next, Handled) ->
    receive
        {value, _} = Message ->
            Next ! Message,
            bank(Next, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns + 6, Messages + Handled + 1, Checksum}
    end.

delay(Length, Next) -> delay(lists:duplicate(Length, 0.0), [], Next, 0).

%% A queue: what comes out next, and what came in last.
delay([], In, Next, Handled) -> delay(lists:reverse(In), [], Next, Handled);
delay([First | Out], In, Next, Handled) ->
    receive
        {value, Value} ->
            Next ! {value, First},
            delay(Out, [Value | In], Next, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns, Messages + Handled + 1, Checksum}
    end.

fir_filter(Factors, Next) -> fir_filter([], [], lists:duplicate(length(Factors), 0.0), Factors, false, Next, 0, 0).

%% The values since the last time that it was full, the last one first, and their factors; the older values and theirs.
fir_filter(New, NewFactors, [_ | Old], [Factor | Factors], Full, Next, Traces, Handled) ->
    receive
        {value, Value} when Old =:= [] ->
            Values = lists:reverse(New, [Value]),
            AllFactors = lists:reverse(NewFactors, [Factor]),
            Sum = convolve(Values, AllFactors, 0.0),
            Next ! {value, Sum},
            fir_filter([], [], Values, AllFactors, true, Next, Traces + trace(Sum), Handled + 1);
        {value, Value} when Full ->
            New1 = [Value | New],
            NewFactors1 = [Factor | NewFactors],
            Sum = convolve(Old, Factors, convolve(New1, NewFactors1, 0.0)),
            Next ! {value, Sum},
            fir_filter(New1, NewFactors1, Old, Factors, Full, Next, Traces + trace(Sum), Handled + 1);
        {value, Value} ->
            fir_filter([Value | New], [Factor | NewFactors], Old, Factors, Full, Next, Traces, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns, Messages + Handled + 1, Checksum + Traces}
    end.

%% What a sum adds to the checksum.
trace(Sum) -> trunc(Sum) rem 1000003.

convolve([A, B, C, D | Values], [E, F, G, H | Factors], Sum)
  when is_float(A), is_float(B), is_float(C), is_float(D), is_float(E), is_float(F), is_float(G), is_float(H),
       is_float(Sum) ->
    convolve(Values, Factors, Sum + (A * E + B * F + C * G + D * H));
convolve([A | Values], [E | Factors], Sum) when is_float(A), is_float(E), is_float(Sum) ->
    convolve(Values, Factors, Sum + A * E);
convolve([], [], Sum) -> Sum.

sample_filter(Rate, Next, Handled) ->
    receive
        {value, _} = Message when Handled rem Rate =:= 0 ->
            Next ! Message,
            sample_filter(Rate, Next, Handled + 1);
        {value, _} ->
            Next ! {value, 0.0},
            sample_filter(Rate, Next, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns, Messages + Handled + 1, Checksum}
    end.

tagged_forward(Channel, Next, Handled) ->
    receive
        {value, Value} ->
            Next ! {sourced, Channel, Value},
            tagged_forward(Channel, Next, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns, Messages + Handled + 1, Checksum}
    end.

integrator(Next, Channels) ->
    Zeros = erlang:make_tuple(Channels, 0),
    integrator(Next, Channels, Zeros, Zeros, #{}, Channels, 0, 0, 0).

%% Sent: how many values each channel has sent. Rows: what is not complete yet, by the place in the order of each channel.
integrator(Next, Channels, Zeros, Sent, Rows, Exits, Spawned, Traces, Handled) ->
    receive
        {sourced, Channel, Value} ->
            Place = element(Channel + 1, Sent),
            Sent1 = setelement(Channel + 1, Sent, Place + 1),
            case Rows of
                #{Place := {Values, 1}} ->
                    Next ! {collection, tuple_to_list(setelement(Channel + 1, Values, Value))},
                    integrator(Next, Channels, Zeros, Sent1, maps:remove(Place, Rows), Exits, Spawned, Traces, Handled + 1);
                #{Place := {Values, Missing}} ->
                    Row = {setelement(Channel + 1, Values, Value), Missing - 1},
                    integrator(Next, Channels, Zeros, Sent1, Rows#{Place := Row}, Exits, Spawned, Traces, Handled + 1);
                _ ->
                    Row = {setelement(Channel + 1, Zeros, Value), Channels - 1},
                    integrator(Next, Channels, Zeros, Sent1, Rows#{Place => Row}, Exits, Spawned, Traces, Handled + 1)
            end;
        {exit, Spawns, Messages, Checksum} when Exits =:= 1 ->
            Next ! {exit, Spawned + Spawns, Handled + Messages + 1, Traces + Checksum};
        {exit, Spawns, Messages, Checksum} ->
            integrator(Next, Channels, Zeros, Sent, Rows, Exits - 1, Spawned + Spawns, Traces + Checksum,
                       Handled + Messages + 1)
    end.

combine(Next, Handled) ->
    receive
        {collection, Values} ->
            Next ! {value, lists:sum(Values)},
            combine(Next, Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Next ! {exit, Spawns, Messages + Handled + 1, Checksum}
    end.

sink(Main, Traces, Handled) ->
    receive
        {value, Value} -> sink(Main, Traces + trace(Value), Handled + 1);
        {exit, Spawns, Messages, Checksum} -> Main ! {over, Spawns, Messages + Handled + 1, Checksum + Traces}
    end.
