%% Savina 6: chameneos, as 06-chameneos.ts.
-module(savina_chameneos).
-export([run/1]).

run(#{chameneos := C, meetings := M}) ->
    Mall = self(),
    Colours = {red, yellow, blue},
    Started = [spawn_link(fun() ->
                   Colour = element(I rem 3 + 1, Colours),
                   Mall ! {meet, Colour, self()},
                   chameneos(Mall, Colour, 0, 0)
               end) || I <- lists:seq(0, C - 1)],
    {Handled, Meetings} = mall(M, none, C, 0, 0),
    #{spawns => length(Started), messages => Handled, checksum => Meetings}.

mall(_, _, 0, Handled, Meetings) -> {Handled, Meetings};
mall(Left, Waiting, C, Handled, Meetings) ->
    receive
        {meet, _, Who} when Left > 0, Waiting =:= none -> mall(Left, Who, C, Handled + 1, Meetings);
        {meet, _, _} = Meet when Left > 0 ->
            Waiting ! Meet,
            mall(Left - 1, none, C, Handled + 1, Meetings);
        {meet, _, Who} ->
            Who ! exit,
            mall(Left, Waiting, C, Handled + 1, Meetings);
        {count, H, M} -> mall(Left, Waiting, C - 1, Handled + H + 1, Meetings + M)
    end.

chameneos(Mall, Colour, Handled, Meetings) ->
    receive
        {meet, Other, Who} ->
            New = complement(Colour, Other),
            Who ! {change, New},
            Mall ! {meet, New, self()},
            chameneos(Mall, New, Handled + 1, Meetings + 1);
        {change, New} ->
            Mall ! {meet, New, self()},
            chameneos(Mall, New, Handled + 1, Meetings + 1);
        exit -> Mall ! {count, Handled + 1, Meetings}
    end.

complement(C, C) -> C;
complement(red, yellow) -> blue;
complement(red, blue) -> yellow;
complement(yellow, red) -> blue;
complement(yellow, blue) -> red;
complement(blue, red) -> yellow;
complement(blue, yellow) -> red.
