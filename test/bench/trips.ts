import type { ActorRef } from 'bulkhead'
import type { Audit } from './audit.ts'
import { asking } from './channel.ts'
import type { Way } from './channel.ts'
import { exchange } from './exchange.ts'
import type { Content, ExchangeFigures } from './exchange.ts'
import type { Contestant } from './rounds.ts'
import { versus } from './versus.ts'
import type { Versus } from './versus.ts'

/** How many messages are in flight at once. */
export type Mode = 'sequential' | '16' | '64'

/** How many round trips one turn has in each mode. */
export type Trips = Readonly<Partial<Record<Mode, number>>>

export type TripFigures = ReadonlyMap<Mode, ExchangeFigures>

export const modes: readonly Mode[] = ['sequential', '16', '64']

/** What a mode is called in a table. */
export const spelled = (mode: Mode): string => (mode === 'sequential' ? mode : `${mode} in flight`)

/** A small object, of which each answer can be told from the others. */
export const small: Content<{ readonly id: number; readonly text: string }> = {
  make: (index) => ({ id: index, text: 'hello' }),
  mark: ({ id }) => id,
  expected: (index) => index,
}

/** An actor of ours that echoes. What is sent to it is held against what the nodes count. */
export function ours<Message>(ref: ActorRef<{ calls: { echo: (message: unknown) => unknown } }>): Way<Message> {
  const ask = ref.call.echo as (message: Message) => Promise<Message>
  return { name: 'ours', channel: asking(ask), close: () => Promise.resolve() }
}

/** One that exchanges messages in each mode at each turn. `audit` is there for ours. */
export function tripper<Message>(
  way: Way<Message>,
  content: Content<Message>,
  trips: Trips,
  audit?: Audit,
): Contestant<TripFigures> {
  return {
    name: way.name,
    run: async () => {
      const figures = new Map<Mode, ExchangeFigures>()
      for (const mode of modes) {
        const n = trips[mode]
        if (n === undefined) continue
        figures.set(mode, await exchange(way.channel, content, n, mode === 'sequential' ? 1 : Number(mode)))
        audit?.expect(2 * n)
      }
      return figures
    },
  }
}

/** The row of one figure in one mode: ours against the best of `anchors`, which are names. */
export function tripRow(
  figures: ReadonlyMap<string, readonly TripFigures[]>,
  mode: Mode,
  figure: 'perSecond' | 'p50' | 'p99',
  row: Pick<Versus, 'id' | 'bench' | 'variant' | 'n' | 'anchor'> & { readonly anchors: readonly string[] },
) {
  const of = (name: string): readonly ExchangeFigures[] =>
    (figures.get(name) ?? []).flatMap((turn) => turn.get(mode) ?? [])
  const mine = of('ours')
  return versus({
    ...row,
    ...(figure === 'perSecond'
      ? { unit: 'round trips/s', better: 'more' as const }
      : { unit: 'us per round trip', better: 'less' as const }),
    ours: mine.map((each) => each[figure]),
    cpuNs: mine.map(({ cpuNs }) => cpuNs),
    anchors: row.anchors
      .filter((name) => of(name).length > 0)
      .map((name) => ({ name, values: of(name).map((each) => each[figure]) })),
  })
}
