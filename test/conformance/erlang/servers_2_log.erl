%% What is logged while something happens.
-module(servers_2_log).
-export([while/1, log/2]).

while(Run) ->
    Collector = spawn_link(fun() -> collect([]) end),
    #{level := Level} = logger:get_primary_config(),
    logger:set_handler_config(default, level, none),
    logger:set_primary_config(level, all),
    ok = logger:add_handler(?MODULE, ?MODULE, #{config => #{to => Collector}}),
    Result = Run(),
    %% A report is logged by the process that ends, before it has ended.
    logger:remove_handler(?MODULE),
    logger:set_primary_config(level, Level),
    Collector ! {end_for, self()},
    receive {Collector, Events} -> {Result, Events} end.

log(Event, #{config := #{to := To}}) -> To ! {logged, Event}.

collect(Events) ->
    receive
        {logged, Event} -> collect(Events ++ [Event]);
        {end_for, Item} -> Item ! {self(), Events}
    end.
