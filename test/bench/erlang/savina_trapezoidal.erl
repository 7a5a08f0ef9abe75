%% Savina 22: trapezoidal approximation, as 22-trapezoidal.ts.
-module(savina_trapezoidal).
-export([run/1]).

run(#{pieces := Pieces, workers := Count, left := Left, right := Right}) ->
    Master = self(),
    Width = (Right - Left) / Pieces,
    Range = (Right - Left) / Count,
    Workers = [spawn_link(fun() -> worker(Master) end) || _ <- lists:seq(1, Count)],
    send_parts(Workers, 0, Range, Left, Width),
    {Area, Handled} = results(length(Workers), 0.0, 0),
    #{spawns => length(Workers), messages => Handled, checksum => round(Area * 1.0e6)}.

send_parts([Worker | Workers], N, Range, Left, Width) ->
    From = Range * N + Left,
    Worker ! {work, From, From + Range, Width},
    send_parts(Workers, N + 1, Range, Left, Width);
send_parts([], _, _, _, _) -> ok.

results(0, Area, Handled) -> {Area, Handled};
results(Left, Area, Handled) ->
    receive {result, More, Others} -> results(Left - 1, Area + More, Handled + Others + 1) end.

worker(Master) ->
    receive
        {work, Left, Right, Width} ->
            Master ! {result, area(0, trunc((Right - Left) / Width), Left, Width, 0.0), 1}
    end.

area(Pieces, Pieces, _, _, Area) -> Area;
area(Piece, Pieces, Left, Width, Area) ->
    X = Piece * Width + Left,
    area(Piece + 1, Pieces, Left, Width, Area + 0.5 * (f(X) + f(X + Width)) * Width).

f(X) -> math:sin(math:pow(X, 3) - 1) / (X + 1) * math:sqrt(1 + math:exp(math:sqrt(2 * X))).
