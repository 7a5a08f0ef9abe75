import type { Evidence } from '../actor/exit-reason.ts'
import { rejectedFor } from './place.ts'
import type { PlacementDecision, Wall } from './placement.ts'

/** What the end of a node taught about the actor that took it down. `because` is a sentence for the log and for `explain`. */
export type Lesson =
  | { readonly moves: true; readonly wall: Wall; readonly because: string }
  | { readonly moves: false; readonly because: string }

const WALLS: readonly Wall[] = ['shared', 'thread', 'process']

/** Causes that a wall can do something about, and the wall that contains them; undefined: the next one is worth a try. */
const CONTAINED_BY: Readonly<Partial<Record<Evidence['cause'], { readonly wall: Wall | undefined }>>> = {
  stuck: { wall: undefined },
  exited: { wall: undefined },
  error: { wall: undefined },
  signaled: { wall: 'process' },
  out_of_memory: { wall: 'process' },
}

/** The wall that an actor with this decision lives behind. */
export function wallOf({ kind, share, within }: Pick<PlacementDecision, 'kind' | 'share' | 'within'>): Wall {
  if (within === 'own_crew') return 'process'
  if (share !== 'dedicated' && share !== 'compartment') return 'shared'
  return kind === 'process' ? 'process' : 'thread'
}

/**
 * The ladder: where an actor lives that took its node down, and how; whence it is started next. One wall further out, but at once to a process
 * what only a process contains. Pure. Undefined when the end teaches nothing: its hints put the actor behind the last wall
 * already; nobody is to blame; or, for `killed`, it is known whom the kill was meant for and not who kept the node from obeying. `at`: when it was, for the sentence.
 */
export function climb(
  decision: Pick<PlacementDecision, 'kind' | 'share' | 'compartment' | 'within' | 'furthest' | 'moved'>,
  evidence: Evidence,
  at: string,
): Lesson | undefined {
  const contained = CONTAINED_BY[evidence.cause]
  if (contained === undefined) return undefined
  const { kind, furthest, moved } = decision
  const here = wallOf(decision)
  if (here === 'process' && moved === undefined) return undefined
  const next = contained.wall ?? (here === 'shared' && kind !== 'process' ? 'thread' : 'process')
  const { who, culprit } = subjects(decision)
  const story = `${culprit} ${howItEnded(evidence)} ${whereItWas(decision)} at ${at}`
  const outermost = here === 'process' && furthest.wall === 'process'
  if (outermost || isFurther(next, furthest.wall))
    return { moves: false, because: `${who}stays where it is: ${furthest.because}; ${story}` }
  return { moves: true, wall: next, because: `${who}moved to ${OWN[next]}: ${story}` }
}

/**
 * The decision by which an actor is started whose crashes moved it behind `wall`: the same one when its hints take it as far, or hold it back.
 * What was said outweighs what was learnt, and nothing moves inwards.
 */
export function behindWall(decision: PlacementDecision, wall: Wall): PlacementDecision {
  const isInward = wall === 'thread' && decision.kind === 'process'
  if (isInward || !isFurther(wall, wallOf(decision)) || isFurther(wall, decision.furthest.wall)) return decision
  // Only two kinds of node are walls of their own, and they have the names of these.
  const kind = wall as Exclude<Wall, 'shared'>
  return {
    ...decision,
    kind,
    share: decision.share === 'compartment' ? 'compartment' : 'dedicated',
    moved: wall,
    rejected: rejectedFor(kind),
  }
}

/** Which of two limits holds for both: a compartment goes no further than each of its actors may. */
export function nearer(one: PlacementDecision, other: PlacementDecision | undefined): PlacementDecision {
  return other !== undefined && isFurther(one.furthest.wall, other.furthest.wall) ? other : one
}

/** Whether one wall is further out than another. */
export function isFurther(one: Wall, other: Wall): boolean {
  return WALLS.indexOf(one) > WALLS.indexOf(other)
}

const OWN: Readonly<Record<Wall, string>> = {
  shared: 'a shared node',
  thread: 'a thread of its own',
  process: 'a process of its own',
}

function subjects({ share, compartment }: Pick<PlacementDecision, 'share' | 'compartment'>): {
  readonly who: string
  readonly culprit: string
} {
  if (share !== 'compartment') return { who: '', culprit: 'it' }
  return { who: `compartment ${compartment} `, culprit: 'an actor of it' }
}

function whereItWas({ kind, share }: Pick<PlacementDecision, 'kind' | 'share'>): string {
  const at = kind === 'process' ? 'in' : 'on'
  return share === 'dedicated' || share === 'compartment' ? `${at} a ${kind} of its own` : `${at} a shared ${kind}`
}

function howItEnded({ cause, signal, code, handler }: Evidence): string {
  switch (cause) {
    case 'stuck':
      return `was stuck${handler === undefined ? '' : ` in ${handler}`}`
    case 'signaled':
      return `was signaled${signal === undefined ? '' : ` (${signal})`}`
    case 'exited':
      return `exited${code === undefined ? '' : ` (code ${code})`}`
    case 'out_of_memory':
      return 'ran out of memory'
    default:
      return 'raised an error that nobody caught'
  }
}
