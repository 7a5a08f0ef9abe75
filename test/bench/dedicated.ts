import { sys } from 'bulkhead'
import type { System } from 'bulkhead'
import { against } from './against.ts'
import { bareName, bareStart } from './bare-start.ts'
import type { Kind } from './bare-start.ts'
import { kinds, ownNode, spareIsThere, systemFor, warmths } from './own-node.ts'
import type { Warmth } from './own-node.ts'
import { atRest } from './proc.ts'
import { Plain } from './programs/plain.mjs'
import { byTurns } from './rounds.ts'
import type { Row } from './row.ts'

let count = 0

/** Milliseconds until an actor with a node of its own has got through its `init`. */
async function startMs(system: System, kind: Kind, warmth: Warmth): Promise<number> {
  await spareIsThere(warmth)
  const before = performance.now()
  const ref = await system.start(Plain, [], {
    id: `started-${count++}`,
    restart: 'temporary',
    isolation: ownNode[kind],
  })
  const ms = performance.now() - before
  if ((await ref.call.echo(count)) !== count) throw new Error('an actor that has started answered wrong')
  await sys.stop(ref, 'shutdown')
  return ms
}

/** Milliseconds until a bare thread or process has said its first message. */
export async function bareMs(kind: Kind): Promise<number> {
  await atRest()
  const { ms, end } = await bareStart(kind)
  await end()
  return ms
}

/** Starts of an actor with a thread or a process of its own, with a spare and without, beside those of a bare thread or process. */
export async function dedicatedRows(quick: boolean): Promise<Row[]> {
  const systems = { warm: await systemFor('warm'), cold: await systemFor('cold') }
  const rows: Row[] = []
  try {
    for (const kind of kinds) {
      const figures = await byTurns(
        [
          ...warmths.map((warmth) => ({ name: warmth, run: () => startMs(systems[warmth], kind, warmth) })),
          { name: 'bare', run: () => bareMs(kind) },
        ],
        quick ? 3 : 15,
      )
      for (const warmth of warmths) {
        const subject = {
          id: `spawn/dedicated/${kind}/${warmth}`,
          bench: 'spawn',
          variant: `${kind} of its own, ${warmth}, until init is over`,
          unit: 'ms',
          anchor: bareName[kind],
          n: 1,
        }
        rows.push(against(subject, figures.get(warmth) ?? [], figures.get('bare')))
      }
    }
    return rows
  } finally {
    for (const system of Object.values(systems)) await system.stop()
  }
}

export const dedicatedIds: readonly string[] = kinds.flatMap((kind) =>
  warmths.map((warmth) => `spawn/dedicated/${kind}/${warmth}`),
)
