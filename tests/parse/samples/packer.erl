%%% @doc Packs orders into parcels.
%%% @end
-module(packer).
-behaviour(gen_server).

-export([start_link/1, pack/2, weigh/1]).
-export([init/1, handle_call/3]).

-include("packer.hrl").
-include_lib("kernel/include/logger.hrl").

-define(LIMIT, 30).
-define(LOG(Format, Arguments), logger:info(Format, Arguments)).
-define(IS_HEAVY(Parcel),
        (Parcel#parcel.weight > ?LIMIT orelse
         Parcel#parcel.fragile)).

%% What is sent.
-record(parcel, {
    id :: pos_integer(),
    weight = 0 :: number(),
    fragile = false :: boolean() % glass, mostly
}).

-type weight() :: number().
%% One or the other.
-type outcome() :: {ok, #parcel{}}
                 | {error, heavy}.
-opaque state() :: #{parcels := [#parcel{}]}.
-export_type([outcome/0, state/0]).

-callback sent(#parcel{}) -> ok.

%% @doc Starts the packer.
-spec start_link(atom()) -> {ok, pid()}.
start_link(Name) ->
    gen_server:start_link({local, Name}, ?MODULE, [], []).

init([]) -> {ok, #{parcels => []}}.

handle_call({pack, Items}, _From, State) ->
    {reply, pack(Items, State), State};
%% Anybody may ask.
handle_call(count, _From, #{parcels := Parcels} = State) ->
    {reply, length(Parcels), State};
handle_call(_Other, _From, State) ->
    {reply, ignored, State}.

%% @doc Packs items.
%% Heavy parcels are refused.
-spec pack([term()], state()) -> outcome();
          (all, state()) -> outcome().
pack(all, State) ->
    pack(maps:get(items, State), State);
pack(Items, _State) when is_list(Items), Items =/= [] ->
    Add = fun(Item, Sum) -> Sum + weigh(Item) end,
    Count = fun
        Loop([]) -> 0;
        Loop([_ | Rest]) -> 1 + Loop(Rest)
    end,
    Parcel = #parcel{id = Count(Items), weight = lists:foldl(Add, 0, Items)},
    case ?IS_HEAVY(Parcel) of
        true -> {error, heavy};
        false -> {ok, Parcel}
    end.

weigh({_, Weight}) -> Weight;
weigh(Item) when is_binary(Item) ->
    receive
        {weight, Item, Weight} -> Weight
    after 100 ->
        0
    end.

%% The same name with another arity.
pack(Items) ->
    try
        pack(Items, #{})
    catch
        error:Reason:Stack ->
            ?LOG("~p ~p", [Reason, Stack]),
            {error, heavy}
    end.

'Odd name'() -> [X || {X, _} <- ets:tab2list(?MODULE), X > 1].

-ifdef(TEST).
-include_lib("eunit/include/eunit.hrl").

weigh_test() ->
    ?assertEqual(3, weigh({tea, 3})).

weigh_test_() ->
    [{"binaries", fun() -> ?assertEqual(0, weigh(<<"tea">>)) end}].
-endif.
