%% One BEAM for one actor, by OTP's `peer`, over loopback: as programs/peer.ts. The VM runs without a name until it is here.
-module(anchor_peer).
-behaviour(gen_server).
-export([run/2, start_echo/0, start_sink/0, init/1, handle_call/3, handle_cast/2]).

run(peer, #{n := N}) ->
    {ok, _} = net_kernel:start([list_to_atom(peer:random_name("anchor") ++ "@localhost"), shortnames]),
    Cookie = atom_to_list(erlang:get_cookie()),
    [Folder | _] = [filename:dirname(code:which(?MODULE))],
    Before = anchor:now_ns(),
    {ok, Peer, Node} = peer:start_link(#{
        name => peer:random_name(), host => "localhost", wait_boot => 60000,
        args => ["+S", "1:1", "-setcookie", Cookie, "-pa", Folder, "-kernel", "inet_dist_use_interface", "{127,0,0,1}"]}),
    Echo = erpc:call(Node, ?MODULE, start_echo, []),
    Ready = anchor:now_ns(),
    Sink = erpc:call(Node, ?MODULE, start_sink, []),
    Pss = anchor:pss_kb(erpc:call(Node, os, getpid, [])),
    Request = #{id => erlang:unique_integer([positive]), text => list_to_binary("hello")},
    ask(Echo, Request, N div 4),
    {#{wallMs := Asked}, _} = anchor:cost(fun() -> ask(Echo, Request, N) end),
    Order = anchor:order(N),
    flood(Sink, Order, N),
    N = handled(Sink),
    {#{wallMs := Flooded}, Handled} = anchor:cost(fun() -> flood(Sink, Order, 10 * N), handled(Sink) end),
    Answered = gen_server:call(Echo, handled),
    peer:stop(Peer),
    ok = net_kernel:stop(),
    #{startMs => (Ready - Before) / 1.0e6, pssMb => Pss / 1024, roundTripUs => Asked * 1000 / N,
      perSecond => 10 * N * 1000 / Flooded, answered => Answered, handled => Handled}.

%% Not linked: who calls it here is gone at once.
start_echo() -> {ok, Pid} = gen_server:start(?MODULE, [], []), Pid.
start_sink() -> spawn(anchor_messages, sink, [0, 0]).

ask(_, _, 0) -> ok;
ask(Echo, Request, N) ->
    Request = gen_server:call(Echo, {echo, Request}, infinity),
    ask(Echo, Request, N - 1).

flood(_, _, 0) -> ok;
flood(Sink, Order, N) ->
    Sink ! Order#{id := N},
    flood(Sink, Order, N - 1).

handled(Sink) ->
    Sink ! {handled, self()},
    receive {handled, Sink, Handled} -> Handled end.

init([]) -> {ok, 0}.
handle_call({echo, Request}, _From, Handled) -> {reply, Request, Handled + 1};
handle_call(handled, _From, Handled) -> {reply, Handled, Handled}.
handle_cast(_, Handled) -> {noreply, Handled}.
