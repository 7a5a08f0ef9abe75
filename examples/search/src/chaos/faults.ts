// Shows: choosing faults for a run of `@bulkhead/chaos`: each kind, into somebody whose placement contains it.
import type { FaultOptions, TargetSpec } from '@bulkhead/chaos'
import { FRONT, PATHS, SHARDS, SNIPPETS, SUPERVISED } from '../actors/search.ts'
import { createRandom } from '../random.ts'

/** The shortest trial in which every fault of the first rank has time to happen and to be recovered from. */
export const SECONDS_MIN = 20

export const WARM_UP_MS = 1_500
export const COOL_DOWN_MS = 3_500
/** The average time from one injection to the next, when there is time for more than one of each. */
export const PACE_MS = 1_500

const path = (name: string): TargetSpec => ({ path: PATHS[name]! })

/** A thread of its own, in the one OS process of the index. What ends that process takes all shards along. */
const shards = SHARDS.map(path)
/** A process of its own. */
const snippets = [path(SNIPPETS)]
const router = [path('router')]
const anyWorker = [...shards, ...snippets, ...router]

/** Whoever has a node of its own. */
const apart = [...shards, ...snippets]

/** They happen in every trial. */
const ALWAYS: readonly FaultOptions[] = [
  ...(['throw', 'reject', 'timer', 'loop', 'exit'] as const).flatMap((kind) => [
    { kind, targets: shards },
    { kind, targets: snippets },
  ]),
  { kind: 'heap', targets: snippets },
  { kind: 'SIGKILL', targets: snippets },
  { kind: 'kill', targets: [...SUPERVISED.keys()].map(path) },
  { kind: 'kill', targets: [path(FRONT)] },
]

/** They happen when there is time for them: all of them in a trial of 45 seconds. */
const WITH_TIME: readonly FaultOptions[] = [
  { kind: 'microtasks', targets: apart },
  // In a thread it would go on after the fence, and outlive the trial: there the call cannot be ended.
  { kind: 'native', targets: snippets },
  { kind: 'buffer', targets: snippets },
  { kind: 'exit_in_exit', targets: apart },
  { kind: 'SIGSEGV', targets: shards },
  { kind: 'SIGABRT', targets: apart },
  { kind: 'SIGSTOP', targets: snippets },
  { kind: 'SIGCONT', forMs: 300, targets: apart },
  { kind: 'kill', targets: anyWorker },
  { kind: 'slow', forMs: 300, targets: anyWorker },
  { kind: 'cut', forMs: 800, peer: PATHS['router']!, targets: apart },
  { kind: 'delay', forMs: 800, delayMs: 30, targets: router },
]

/** The faults of a trial; which of those that need time, the seed decides. */
export function faultsFor(seconds: number, seed: number): FaultOptions[] {
  const room = Math.floor((seconds * 1_000 - WARM_UP_MS - COOL_DOWN_MS) / PACE_MS) - ALWAYS.length
  return [...ALWAYS, ...createRandom(seed).shuffled(WITH_TIME).slice(0, Math.max(0, room))]
}
