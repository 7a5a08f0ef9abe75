import { setTimeout as wait } from 'node:timers/promises'
import { start } from 'bulkhead'
import type { IsolationHints, System } from 'bulkhead'
import type { Kind } from './bare-start.ts'
import { atRest } from './proc.ts'

/** The hints that give an actor a thread or a process of its own. */
export const ownNode: Readonly<Record<Kind, IsolationHints>> = {
  thread: { cpu: 'heavy' },
  process: { faults: 'contained' },
}

export const kinds: readonly Kind[] = ['thread', 'process']
export const warmths = ['warm', 'cold'] as const
export type Warmth = (typeof warmths)[number]

/** A system in which a started node waits, or never does. */
export const systemFor = (warmth: Warmth): Promise<System> =>
  start({ spares: warmth === 'warm' ? 1 : 0, inspect: false, log: () => undefined, intensity: 1_000_000, periodMs: 1 })

/** Milliseconds after which a spare that was used is replaced, and some. */
const replacedMs = 250

/** Waits until a spare that was used has been replaced, and everything is at rest: only where nothing happens in the background does a start take its own time. */
export async function spareIsThere(warmth: Warmth): Promise<void> {
  if (warmth === 'warm') await wait(replacedMs)
  await atRest()
}
