%% Messages and calls within one scheduler, as programs/inline.ts. Whoever handles a message counts it.
-module(anchor_messages).
-behaviour(gen_server).
-export([run/2, sink/2, init/1, handle_call/3, handle_cast/2]).

run(call, #{n := N, callers := Callers}) ->
    {ok, Server} = gen_server:start_link(?MODULE, [], []),
    Each = N div Callers,
    Started = [spawn_monitor(fun() -> receive go -> ask(Server, request(), Each) end end)
               || _ <- lists:seq(1, Callers)],
    {Cost, _} = anchor:cost(fun() ->
        [Pid ! go || {Pid, _} <- Started],
        [receive {'DOWN', _, process, _, normal} -> ok end || _ <- Started]
    end),
    Cost#{handled => gen_server:call(Server, handled)};

run(one_way, #{n := N}) ->
    Sink = spawn_link(?MODULE, sink, [0, 0]),
    Order = anchor:order(N),
    {Cost, Handled} = anchor:cost(fun() -> flood([Sink], [Sink], Order, N), handled(Sink) end),
    Cost#{handled => Handled};

run(fan_out, #{n := N, sinks := Sinks}) ->
    All = [spawn_link(?MODULE, sink, [0, 0]) || _ <- lists:seq(1, Sinks)],
    Order = anchor:order(N),
    {Cost, Handled} = anchor:cost(fun() ->
        flood(All, All, Order, N),
        lists:sum([handled(Sink) || Sink <- All])
    end),
    Cost#{handled => Handled};

run(fan_in, #{n := N, producers := Producers}) ->
    Sink = spawn_link(?MODULE, sink, [0, 0]),
    Each = N div Producers,
    Started = [spawn_monitor(fun() -> receive go -> produce(Sink, Each) end end) || _ <- lists:seq(1, Producers)],
    {Cost, Handled} = anchor:cost(fun() ->
        [Pid ! go || {Pid, _} <- Started],
        [receive {'DOWN', _, process, _, normal} -> ok end || _ <- Started],
        handled(Sink)
    end),
    Cost#{handled => Handled};

run(ping_pong, #{n := N}) ->
    Pong = spawn_link(fun() -> pong(0) end),
    {Cost, Handled} = anchor:cost(fun() ->
        Pongs = ping(Pong, N, 0),
        Pong ! {handled, self()},
        receive {handled, Pings} -> Pings + Pongs end
    end),
    Cost#{handled => Handled}.

request() -> #{id => erlang:unique_integer([positive]), text => list_to_binary("hello")}.

ask(_, _, 0) -> ok;
ask(Server, Request, N) ->
    Request = gen_server:call(Server, {echo, Request}, infinity),
    ask(Server, Request, N - 1).

flood(_, _, _, 0) -> ok;
flood([], All, Order, N) -> flood(All, All, Order, N);
flood([Sink | Sinks], All, Order, N) ->
    Sink ! Order#{id := N},
    flood(Sinks, All, Order, N - 1).

%% Ends when the sink has handled all.
produce(Sink, N) ->
    flood([Sink], [Sink], anchor:order(N), N),
    _ = handled(Sink).

sink(Handled, Sum) ->
    receive
        #{id := Id} -> sink(Handled + 1, Sum + Id);
        {handled, From} ->
            From ! {handled, self(), Handled},
            sink(Handled, Sum)
    end.

handled(Sink) ->
    Sink ! {handled, self()},
    receive {handled, Sink, Handled} -> Handled end.

ping(_, 0, Handled) -> Handled;
ping(Pong, N, Handled) ->
    Pong ! {ping, self(), N},
    receive {pong, N} -> ping(Pong, N - 1, Handled + 1) end.

pong(Handled) ->
    receive
        {ping, From, N} ->
            From ! {pong, N},
            pong(Handled + 1);
        {handled, From} -> From ! {handled, Handled}
    end.

init([]) -> {ok, 0}.
handle_call({echo, Request}, _From, Handled) -> {reply, Request, Handled + 1};
handle_call(handled, _From, Handled) -> {reply, Handled, Handled}.
handle_cast(_, Handled) -> {noreply, Handled}.
