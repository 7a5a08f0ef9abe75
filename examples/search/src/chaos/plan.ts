// Shows: a seeded plan of faults, made before the first one happens. Pure, so it is the same on every machine.
import { createRandom, type Random } from '../random.ts'

/** Faults that an actor brings upon itself, from inside one of its handlers. */
export const THREAD_FAULTS = ['throw', 'reject', 'timer', 'loop', 'exit'] as const
/** The same, and two that only an OS process of its own contains. */
export const PROCESS_FAULTS = [...THREAD_FAULTS, 'heap', 'SIGKILL'] as const

export type ActorFault = (typeof PROCESS_FAULTS)[number]
export type FaultKind = ActorFault | 'kill_supervisor' | 'kill_front'
export type FaultPlacement = 'inline' | 'thread' | 'process'

export interface Injection {
  /** Its number in the schedule, from 1. */
  readonly n: number
  /** When it is due, in milliseconds from the start of the load. One that is still being recovered from delays the next. */
  readonly atMs: number
  readonly kind: FaultKind
  readonly placement: FaultPlacement
  /** The registered name of the actor that it hits. */
  readonly target: string
}

export interface PlanOptions {
  readonly seed: number
  readonly seconds: number
  readonly targets: {
    readonly thread: readonly string[]
    readonly process: readonly string[]
    readonly supervisors: readonly string[]
    readonly front: string
  }
}

/** The shortest trial in which every fault has time to happen and to be recovered from. */
export const SECONDS_MIN = 20

const WARM_UP_MS = 1_500
const COOL_DOWN_MS = 3_500
/** The average time from one injection to the next, when there is time for more than one of each. */
const PACE_MS = 1_500

type Fault = Omit<Injection, 'n' | 'atMs'>

/** Each fault once, in an order drawn from the seed, and then as many more of an actor's own as the time allows. */
export function planInjections({ seed, seconds, targets }: PlanOptions): Injection[] {
  const random = createRandom(seed)
  const ofActors = (): Fault[] => [
    ...THREAD_FAULTS.map((kind): Fault => ({ kind, placement: 'thread', target: random.pick(targets.thread) })),
    ...PROCESS_FAULTS.map((kind): Fault => ({ kind, placement: 'process', target: random.pick(targets.process) })),
  ]
  const ofTheTree: Fault[] = [
    { kind: 'kill_supervisor', placement: 'inline', target: random.pick(targets.supervisors) },
    { kind: 'kill_front', placement: 'inline', target: targets.front },
  ]
  const faults = random.shuffled([...ofActors(), ...ofTheTree])
  const windowMs = seconds * 1_000 - WARM_UP_MS - COOL_DOWN_MS
  const count = Math.max(faults.length, Math.floor(windowMs / PACE_MS))
  while (faults.length < count) faults.push(...random.shuffled(ofActors()))
  return faults.slice(0, count).map((fault, i) => ({ n: i + 1, atMs: dueMs(i, windowMs / count, random), ...fault }))
}

/** Somewhere in the first half of its share of the time: no rhythm, and no two at once. */
function dueMs(i: number, shareMs: number, random: Random): number {
  return Math.round(WARM_UP_MS + (i + random.next() / 2) * shareMs)
}
