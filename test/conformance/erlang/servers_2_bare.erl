%% A server that has none of the callbacks that it can do without, and none of the others.
-module(servers_2_bare).
-export([init/1]).

init(Answer) -> Answer.
