#!/usr/bin/env escript
%% -*- erlang -*-
%%! -smp enable

%% Counts the words of files.
main([]) ->
    io:format("usage: count_words FILE...~n");
main(Files) ->
    lists:foreach(fun report/1, Files).

-spec report(string()) -> ok.
report(File) ->
    {ok, Text} = file:read_file(File),
    io:format("~s: ~b~n", [File, length(string:lexemes(Text, " \n"))]).
