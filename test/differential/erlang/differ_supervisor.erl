%% A supervisor as its script says.
-module(differ_supervisor).
-behaviour(supervisor).
-export([start/2, child/2, init/1]).

start(Observer, Spec) -> supervisor:start_link(?MODULE, {Observer, Spec}).

init({Observer, #{path := Path} = Spec}) ->
    case differ_observer:starting(Observer, Path) of
        ok -> {ok, {flags(Spec), children(Observer, Spec)}};
        ignore -> ignore;
        crash -> error(crashed)
    end.

flags(#{kind := dynamic, intensity := Intensity, period := Period}) ->
    #{strategy => simple_one_for_one, intensity => Intensity, period => Period};
flags(#{strategy := Strategy, intensity := Intensity, period := Period, auto := Auto}) ->
    #{strategy => Strategy, intensity => Intensity, period => Period, auto_shutdown => Auto}.

children(Observer, #{kind := dynamic, template := Template}) -> [child(Observer, Template)];
children(Observer, #{children := Children}) -> [child(Observer, Each) || Each <- Children].

child(Observer, #{id := Id, kind := Kind, restart := Restart, shutdown := Shutdown, significant := Significant} = Spec) ->
    {Module, Type} =
        case Kind of
            worker -> {differ_worker, worker};
            _ -> {differ_supervisor, supervisor}
        end,
    #{
        id => Id,
        start => {Module, start, [Observer, Spec]},
        restart => Restart,
        shutdown => Shutdown,
        significant => Significant,
        type => Type,
        modules => [Module]
    }.
