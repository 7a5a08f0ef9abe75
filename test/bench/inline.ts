import { against, checkCount, inTurns } from './against.ts'
import { anchor, hasErlang } from './beam.ts'
import { programLine } from './json-lines.ts'
import { middle } from './rounds.ts'
import type { Bench, Measure, Row } from './row.ts'

interface Contest {
  readonly id: string
  readonly variant: string
  /** Calls, round trips or messages. */
  readonly of: 'call' | 'round trip' | 'message'
  readonly n: number
  /** What `erlang/anchor_messages.erl` is asked to do. */
  readonly anchor: readonly [what: string, sizes?: Readonly<Record<string, number>>]
}

interface Figures {
  readonly wallMs: number
  readonly cpuMs: number
  readonly handled: number
}

const contests: readonly Contest[] = [
  {
    id: 'call/sequential',
    variant: 'call, one after the other',
    of: 'call',
    n: 256_000,
    anchor: ['call', { callers: 1 }],
  },
  { id: 'call/64', variant: 'call, 64 in flight', of: 'call', n: 256_000, anchor: ['call', { callers: 64 }] },
  { id: 'one-way', variant: 'one-way, 5 fields', of: 'message', n: 512_000, anchor: ['one_way'] },
  { id: 'fan-in', variant: '8 producers to 1', of: 'message', n: 512_000, anchor: ['fan_in', { producers: 8 }] },
  { id: 'fan-out', variant: '1 to 8', of: 'message', n: 512_000, anchor: ['fan_out', { sinks: 8 }] },
  { id: 'ping-pong', variant: 'ping-pong', of: 'round trip', n: 256_000, anchor: ['ping_pong'] },
]

/** One contest in processes of their own: CPU of all their threads, garbage collection included, and both ends of each message. */
async function contest({ id, variant, of, n: size, anchor: [what, sizes] }: Contest, quick: boolean): Promise<Row> {
  const n = quick ? size / 8 : size
  const messages = of === 'round trip' ? 2 * n : n
  const checked = async (figures: Promise<Figures>): Promise<number> => {
    const { cpuMs, handled } = await figures
    checkCount(`inline/${id}`, messages, handled)
    return (cpuMs * 1000) / n
  }
  const { ours, anchor: theirs } = await inTurns(
    () => checked(programLine<Figures>('inline', [id.replace('/', '-'), n])),
    hasErlang()
      ? () => checked(anchor<Figures>('anchor_messages', what, { n, ...sizes }, { schedulers: 1 }))
      : undefined,
    quick ? 2 : 5,
    0,
  )
  const subject = {
    id: `inline/${id}`,
    bench: 'inline',
    variant,
    unit: `us CPU per ${of}`,
    anchor: of === 'call' ? 'gen_server:call' : 'Erlang',
    n,
  }
  return against(subject, ours, theirs, (middle(ours).median * 1000) / (of === 'message' ? 1 : 2))
}

/** What a message costs within one event loop, beside Erlang on one scheduler. */
const measure: Measure = async ({ quick }) => {
  const rows: Row[] = []
  for (const each of contests) rows.push(await contest(each, quick))
  return rows
}

export const inline: Bench = { name: 'inline', ids: contests.map(({ id }) => `inline/${id}`), measure }
