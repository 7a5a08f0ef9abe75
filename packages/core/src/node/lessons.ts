import type { Evidence } from '../actor/exit-reason.ts'
import type { NodeId } from '../actor/pid.ts'
import { behindWall, climb, isFurther, wallOf } from './ladder.ts'
import type { Lesson } from './ladder.ts'
import type { PlacementDecision, Wall } from './placement.ts'

/** Milliseconds without a crash after which what was learnt about an actor is forgotten. */
const QUIET_MS = 10 * 60_000

/** Actors and compartments about which something is known; the oldest is forgotten first. */
const KEPT = 1_000

interface Known {
  /** The node whose end taught it. */
  readonly node: NodeId
  readonly lesson: Lesson
  /** The wall behind which it lives from then on. */
  readonly wall: Wall
  /** The sentence that says why it was moved there, while that is known. */
  readonly moved: string | undefined
  readonly at: number
}

/**
 * What was learnt from crashes: by path in the tree, which ends with the child's id, and by compartment, since that moves as a whole. One object
 * per system, kept where no supervisor can take it down. `now` is in milliseconds, monotonic; `date` says the time of day in sentences.
 */
export class Lessons {
  readonly #now: () => number
  readonly #date: () => string
  /** Oldest first. */
  readonly #known = new Map<string, Known>()

  constructor({ now, date }: { readonly now: () => number; readonly date: () => string }) {
    this.#now = now
    this.#date = date
  }

  /**
   * The actor at `path`, placed by this decision, took its node down. Undefined when nothing follows. Of a compartment only the lesson of that
   * end is told again, so that each of its actors hears it: see `learnOf`.
   */
  learn(path: string, decision: PlacementDecision, evidence: Evidence): Lesson | undefined {
    if (decision.share !== 'compartment') return this.#learn(path, decision, evidence)
    const known = this.#known.get(keyOf(path, decision))
    return known?.node === evidence.node ? known.lesson : undefined
  }

  /**
   * An actor of a compartment took its node down. `decision` is that of the actor in it which may be moved least far. To be called before
   * anybody hears of the end: else one actor could be started where the others no longer are.
   */
  learnOf(decision: PlacementDecision, evidence: Evidence): Lesson | undefined {
    return decision.share === 'compartment' ? this.#learn('', decision, evidence) : undefined
  }

  /** The decision by which an actor is started: the one by its hints, and what is known about it. */
  apply(path: string, decision: PlacementDecision): PlacementDecision {
    this.#forget()
    const known = this.#known.get(keyOf(path, decision))
    if (known === undefined) return decision
    const { wall, moved, lesson } = known
    const placed = behindWall(decision, wall)
    const because: string[] = []
    if (placed !== decision && moved !== undefined) because.push(moved)
    if (!lesson.moves) because.push(lesson.because)
    else if (isFurther(wall, decision.furthest.wall))
      because.push(`stays where it is: ${decision.furthest.because}; otherwise: ${lesson.because}`)
    return because.length === 0 ? placed : { ...placed, because: [...because, ...placed.because] }
  }

  #learn(path: string, decision: PlacementDecision, evidence: Evidence): Lesson | undefined {
    const lesson = climb(decision, evidence, this.#date())
    if (lesson === undefined) return undefined
    this.#forget()
    const key = keyOf(path, decision)
    const wall = lesson.moves ? lesson.wall : wallOf(decision)
    const moved = lesson.moves ? lesson.because : this.#known.get(key)?.moved
    this.#known.delete(key)
    this.#known.set(key, { node: evidence.node, lesson, wall, moved, at: this.#now() })
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value as string)
    return lesson
  }

  #forget(): void {
    const since = this.#now() - QUIET_MS
    for (const [key, { at }] of this.#known) {
      if (at > since) return
      this.#known.delete(key)
    }
  }
}

/** A path begins with a slash, so no compartment can be taken for one. */
function keyOf(path: string, { share, compartment }: PlacementDecision): string {
  return share === 'compartment' ? `compartment ${compartment}` : path
}
