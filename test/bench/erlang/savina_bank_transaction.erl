%% Savina 16: transfers between accounts, as 16-bank-transaction.ts.
-module(savina_bank_transaction).
-export([run/1]).

run(#{accounts := A, transfers := N}) ->
    Teller = self(),
    Accounts = [spawn_link(fun() -> account(Teller, N * 1000, 0) end) || _ <- lists:seq(1, A)],
    order(N, 123456, list_to_tuple(Accounts), A),
    Handled = transferred(N, 0),
    [Account ! {statement, Teller} || Account <- Accounts],
    Statements = [receive {statement, Account, Balance, H} -> {Balance, H} end || Account <- Accounts],
    #{spawns => length(Accounts),
      messages => Handled + lists:sum([H || {_, H} <- Statements]),
      checksum => lists:sum([I * Balance || {I, {Balance, _}} <- lists:zip(lists:seq(1, A), Statements)])}.

%% The source comes before the destination, so that accounts which wait for each other never form a circle.
order(0, _, _, _) -> ok;
order(N, Seed, Accounts, A) ->
    {Source, Seed1} = savina_random:below(Seed, (A div 10) * 8),
    {Distance, Seed2} = savina_random:below(Seed1, A - Source),
    {Amount, Seed3} = savina_random:below(Seed2, 1000),
    element(Source + 1, Accounts) ! {credit, Amount + 1, element(Source + max(1, Distance) + 1, Accounts)},
    order(N - 1, Seed3, Accounts, A).

transferred(0, Handled) -> Handled;
transferred(N, Handled) -> receive transferred -> transferred(N - 1, Handled + 1) end.

account(Teller, Balance, Handled) ->
    receive
        {debit, From, Ref, Amount} ->
            From ! {debited, Ref},
            account(Teller, Balance + Amount, Handled + 1);
        {credit, Amount, Recipient} ->
            Ref = make_ref(),
            Recipient ! {debit, self(), Ref, Amount},
            receive {debited, Ref} -> ok end,
            Teller ! transferred,
            account(Teller, Balance - Amount, Handled + 2);
        {statement, From} -> From ! {statement, self(), Balance, Handled}
    end.
