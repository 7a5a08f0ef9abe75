%% Any term as JSON: atoms are strings, tuples {"tuple": [...]}, maps {"pairs": [[key, value], ...]}; what has no value outside is a word.
-module(differ_json).
-export([encode/1]).

encode(Term) when is_atom(Term) -> string(atom_to_list(Term));
encode(Term) when is_integer(Term) -> integer_to_list(Term);
encode(Term) when is_float(Term) -> float_to_list(Term, [{decimals, 3}, compact]);
encode(Term) when is_binary(Term) -> string(binary_to_list(Term));
encode(Term) when is_tuple(Term) -> ["{\"tuple\":", encode(tuple_to_list(Term)), "}"];
encode(Term) when is_list(Term) ->
    case io_lib:printable_list(Term) andalso Term =/= [] of
        true -> string(Term);
        false -> ["[", lists:join(",", [encode(Each) || Each <- proper(Term)]), "]"]
    end;
encode(Term) when is_map(Term) ->
    Pairs = [["[", encode(Key), ",", encode(Value), "]"] || {Key, Value} <- maps:to_list(Term)],
    ["{\"pairs\":[", lists:join(",", Pairs), "]}"];
encode(Term) -> string(lists:flatten(io_lib:format("~p", [Term]))).

proper([Head | Tail]) when is_list(Tail) -> [Head | proper(Tail)];
proper([Head | Tail]) -> [Head, Tail];
proper([]) -> [].

string(Characters) -> ["\"", [escaped(Each) || Each <- Characters], "\""].

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped(Each) when Each < 32; Each > 126 -> io_lib:format("\\u~4.16.0b", [Each band 16#ffff]);
escaped(Each) -> Each.
