%% What the programs that record need: how an observation is written as JSON, and how long they wait.
-module(observe).
-export([json/1, take/1, take/2, quiet/1, down/1]).

%% Atoms and binaries are strings, tuples and lists are arrays, undefined is null, pids and refs are their words: a program gives
%% labels to pids by putting atoms in their places.
json(true) -> "true";
json(false) -> "false";
json(undefined) -> "null";
json(Atom) when is_atom(Atom) -> string(atom_to_list(Atom));
json(Number) when is_integer(Number) -> integer_to_list(Number);
json(Number) when is_float(Number) -> io_lib:format("~p", [Number]);
json(Binary) when is_binary(Binary) -> string(binary_to_list(Binary));
json(Pid) when is_pid(Pid) -> "\"pid\"";
json(Ref) when is_reference(Ref) -> "\"ref\"";
json(Fun) when is_function(Fun) -> "\"function\"";
json(Tuple) when is_tuple(Tuple) -> json(tuple_to_list(Tuple));
json(List) when is_list(List) -> ["[", lists:join(",", [json(Part) || Part <- List]), "]"];
json(Map) when is_map(Map) ->
    Fields = [[key(Key), ":", json(Value)] || {Key, Value} <- lists:sort(maps:to_list(Map))],
    ["{", lists:join(",", Fields), "}"].

key(Key) when is_integer(Key) -> string(integer_to_list(Key));
key(Key) -> json(Key).

string(Chars) -> [$", [escaped(Char) || Char <- Chars], $"].

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped($\n) -> "\\n";
escaped(Char) -> Char.

%% The next messages of the mailbox.
take(0) -> [];
take(Count) ->
    receive Message -> [Message | take(Count - 1)]
    after 5000 -> error({missing, Count})
    end.

%% The next message, or nothing if none comes within Milliseconds.
take(one, Milliseconds) ->
    receive Message -> Message after Milliseconds -> nothing end.

%% The mailbox is empty, and stays so for Milliseconds.
quiet(Milliseconds) ->
    receive Message -> {noise, Message} after Milliseconds -> quiet end.

%% Waits until a process has ended; its reason.
down(Pid) ->
    Ref = erlang:monitor(process, Pid),
    receive {'DOWN', Ref, process, _, Reason} -> Reason
    after 5000 -> error({alive, Pid})
    end.
