import { defineServer, later, reply } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'accounts' | 'transfers', number>>

interface Transfer {
  readonly source: number
  readonly destination: number
  readonly amount: number
}

/** The source comes before the destination, so that accounts which wait for each other never form a circle. */
function draw(random: Random, accounts: number): Transfer {
  const source = random.below(Math.floor(accounts / 10) * 8)
  const destination = source + Math.max(1, random.below(accounts - source))
  return { source, destination, amount: random.below(1_000) + 1 }
}

/** More than one account can ever need. */
const initialBalance = (transfers: number): number => transfers * 1_000

/** Of all accounts, each balance with a weight of its own. */
const audit = (balances: readonly number[]): number => balances.reduce((sum, balance, i) => sum + (i + 1) * balance, 0)

interface AccountProtocol {
  calls: { debit: (amount: number) => void; statement: () => { readonly balance: number; readonly handled: number } }
  casts: { credit: (amount: number, recipient: Pid) => void }
}

interface TellerProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { transferred: () => void }
}

/** Pays from its balance by asking the recipient, and waits for the answer before it looks at its next message. */
export const Account: Server<[teller: Pid, balance: number], AccountProtocol> = defineServer(import.meta, 'Account', {
  init: (self, teller: Pid, balance: number) => ({ teller: self.ref(Teller, teller), balance, handled: 0 }),
  casts: {
    credit: async (self, amount: number, recipient: Pid) => {
      const { state } = self
      state.handled += 2
      state.balance -= amount
      await self.ref(Account, recipient).within(Infinity).call.debit(amount)
      state.teller.cast.transferred()
    },
  },
  calls: {
    debit: ({ state }, amount: number) => {
      state.handled++
      state.balance += amount
    },
    statement: ({ state: { balance, handled } }) => ({ balance, handled }),
  },
})

interface TellerState {
  from: From<Outcome> | undefined
  accounts: readonly ActorRef<AccountProtocol>[]
  transfers: number
  handled: number
}

/** Orders all transfers at once. */
export const Teller: Server<[], TellerProtocol> = defineServer(import.meta, 'Teller', {
  init: (): TellerState => ({ from: undefined, accounts: [], transfers: 0, handled: 0 }),
  calls: {
    run: async (self, { accounts, transfers }: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      const random = new Random(123_456)
      state.transfers = transfers
      state.accounts = await Promise.all(
        Array.from({ length: accounts }, () =>
          self.startLink(Account, [self.pid, initialBalance(transfers)], { isolation }),
        ),
      )
      for (let i = 0; i < transfers; i++) {
        const { source, destination, amount } = draw(random, accounts)
        state.accounts[source]?.cast.credit(amount, state.accounts[destination]?.pid as Pid)
      }
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    transferred: ({ state }) => {
      const { from, accounts, transfers } = state
      state.handled++
      return state.handled === transfers && from !== undefined ? report(from, state.handled, accounts) : undefined
    },
  },
})

async function report(
  from: From<Outcome>,
  messages: number,
  accounts: readonly ActorRef<AccountProtocol>[],
): Promise<void> {
  const statements = await Promise.all(accounts.map((account) => account.call.statement()))
  reply(from, {
    spawns: accounts.length,
    messages: statements.reduce((sum, { handled }) => sum + handled, messages),
    checksum: audit(statements.map(({ balance }) => balance)),
  })
}

/**
 * Transfers between accounts: each has the source ask the destination, and wait. The accounts are spread. Amounts are whole numbers, so that the
 * balances are exact whatever the order of the transfers.
 */
export const bankTransaction = program<Sizes>({
  number: 16,
  name: 'bank-transaction',
  sizes: { accounts: 1_000, transfers: 50_000 },
  quick: { accounts: 50, transfers: 1_000 },
  main: Teller,
  expected: ({ accounts, transfers }) => {
    const random = new Random(123_456)
    const balances = Array.from({ length: accounts }, () => initialBalance(transfers))
    for (let i = 0; i < transfers; i++) {
      const { source, destination, amount } = draw(random, accounts)
      balances[source] = (balances[source] ?? 0) - amount
      balances[destination] = (balances[destination] ?? 0) + amount
    }
    return { spawns: accounts, messages: 4 * transfers, checksum: audit(balances) }
  },
})
