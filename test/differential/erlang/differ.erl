%% Reads scripts from a socket, runs each on real supervisors, all of them at once, and answers with what was observed.
%% A script is an Erlang term in text, an answer is JSON; each has its length in four bytes before it.
-module(differ).
-export([main/1]).

main([Path]) ->
    %% Their folder is removed once this is connected.
    Modules = [differ_json, differ_observer, differ_script, differ_supervisor, differ_worker],
    ok = code:ensure_modules_loaded(Modules),
    {ok, Socket} = gen_tcp:connect({local, Path}, 0, [binary, {packet, 4}, {active, true}]),
    loop(Socket).

loop(Socket) ->
    receive
        {tcp, Socket, Text} ->
            spawn(fun() -> answer(Socket, Text) end),
            loop(Socket);
        {tcp_closed, Socket} ->
            halt(0);
        {tcp_error, Socket, Reason} ->
            exit(Reason)
    end.

answer(Socket, Text) ->
    {ok, Tokens, _} = erl_scan:string(binary_to_list(Text)),
    {ok, {Number, Script}} = erl_parse:parse_term(Tokens),
    Observed =
        try
            {observed, differ_script:run(Script)}
        catch
            Class:Reason:Stack -> {failed, {Class, Reason, Stack}}
        end,
    ok = gen_tcp:send(Socket, differ_json:encode({Number, Observed})).
