%% PROC-001 to PROC-040.
-module(processes_1).
-export(['PROC-035'/0]).

'PROC-035'() ->
    Sender = self(),
    Plain = spawn(fun() -> receive after infinity -> ok end end),
    Trapper = spawn(fun() ->
        process_flag(trap_exit, true),
        Sender ! ready,
        receive Message -> Sender ! {heard, Message} end
    end),
    receive ready -> ok end,
    exit(Plain, normal),
    exit(Trapper, normal),
    Heard = receive {heard, {'EXIT', Sender, Reason}} -> ['EXIT', sender, Reason] end,
    Alive = case is_process_alive(Plain) of true -> alive; false -> dead end,
    #{plain => Alive, trapper => [Heard]}.
