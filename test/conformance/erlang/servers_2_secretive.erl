%% A server whose status is shown as it says. Its state, its messages and the reason of its end are secret.
-module(servers_2_secretive).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, format_status/1]).

init(State) -> {ok, State}.
handle_call(_, _, State) -> {reply, done, State}.
handle_cast(Secret, State) -> {stop, {Secret, 1}, State}.

format_status(#{state := {rewritten, _}} = Status) ->
    maps:map(fun(log, Events) -> [hidden || _ <- Events]; (_, _) -> hidden end, Status);
format_status(#{state := {crashed, _}}) -> error(crashed);
format_status(#{state := {wrong, _}}) -> wrong.
