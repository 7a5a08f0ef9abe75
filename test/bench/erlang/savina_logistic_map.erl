%% Savina 15: each worker asks its computer for one term after the other, as 15-logistic-map.ts.
-module(savina_logistic_map).
-export([run/1]).

run(#{terms := Terms, series := Series, start_rate := StartRate, increment := Increment}) ->
    Main = self(),
    Is = lists:seq(0, Series - 1),
    Computers = [spawn_link(fun() -> computer(StartRate + I * Increment, 0) end) || I <- Is],
    Workers = [spawn_opt(fun() -> worker(I * Increment, Computer, Main, 0) end, [link, {message_queue_data, off_heap}])
               || {I, Computer} <- lists:zip(Is, Computers)],
    order(Terms, Workers),
    [Worker ! get_term || Worker <- Workers],
    Last = [receive {result, Worker, Term} -> Term end || Worker <- Workers],
    Others = Workers ++ Computers,
    [Other ! {handled, Main} || Other <- Others],
    Handled = [receive {handled, Other, Handled} -> Handled end || Other <- Others],
    #{spawns => length(Others), messages => length(Last) + lists:sum(Handled), checksum => lists:sum(Last)}.

order(0, _) -> ok;
order(Terms, Workers) ->
    [Worker ! next_term || Worker <- Workers],
    order(Terms - 1, Workers).

%% All its orders wait in its mailbox from the beginning: off the heap, no collection has to copy them.
worker(Term, Computer, Master, Handled) ->
    receive
        next_term ->
            Ref = make_ref(),
            Computer ! {compute, self(), Ref, Term},
            receive {Ref, Next} -> worker(Next, Computer, Master, Handled + 2) end;
        get_term ->
            Master ! {result, self(), Term},
            worker(Term, Computer, Master, Handled + 1);
        {handled, From} -> From ! {handled, self(), Handled}
    end.

computer(Rate, Handled) ->
    receive
        {compute, From, Ref, Term} ->
            From ! {Ref, Rate * Term * (1 - Term)},
            computer(Rate, Handled + 1);
        {handled, From} -> From ! {handled, self(), Handled}
    end.
