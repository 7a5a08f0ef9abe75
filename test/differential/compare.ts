import { countedRightly } from './deviations.ts'
import type { Event, Observation, Value } from './observation.ts'
import { type ChildSpec, parentOf, pathOf, type Script, specsByPath, type Step } from './script.ts'

/** Where the two sides differ. */
export interface Difference {
  /** The number of the step, from 0; as many as there are steps means the shutdown at the end. */
  readonly step: number
  readonly what: string
  readonly erlang: unknown
  readonly bulkhead: unknown
}

/** The first difference between what real Erlang, an OTP 27, and Bulkhead made of a script. */
export function compare(
  script: Script,
  erlang: readonly Observation[],
  bulkhead: readonly Observation[],
): Difference | undefined {
  const strands = new Strands(script)
  for (const [at, theirs] of countedRightly(script, erlang).entries()) {
    const ours = bulkhead[at]
    if (ours === undefined) return { step: at, what: 'observation', erlang: theirs, bulkhead: ours }
    const strandOf = strands.after(script.steps[at], theirs)
    const views = (seen: Observation): Record<string, unknown> => ({
      'how the top began': seen.began,
      'what was returned': seen.result,
      'the tree at rest': seen.tree,
      'how the top ended': seen.ended,
      'who ended and why': endsIn(seen),
      'what happened in which order': ordersIn(seen, strandOf, strands),
    })
    const [left, right] = [views(theirs), views(ours)]
    for (const [what, one] of Object.entries(left)) {
      if (canonical(one) !== canonical(right[what])) return { step: at, what, erlang: one, bulkhead: right[what] }
    }
  }
  return undefined
}

function endsIn({ events }: Observation): Record<string, Value> {
  return Object.fromEntries(events.flatMap((each) => (each.what === 'down' ? [[each.who, each.reason]] : [])))
}

/** The order in each strand. That an actor has ended may be heard before or after what others do about it. */
function ordersIn(
  { events }: Observation,
  strandOf: (event: Event) => string,
  strands: Strands,
): Record<string, readonly Event[]> {
  const told = events.filter((each) => each.what !== 'down' && !strands.mayBeUnheard(each))
  return Object.fromEntries(Map.groupBy(told, strandOf))
}

/** JSON that does not depend on the order of keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

/**
 * Whose order the supervisors impose. Everything that they do is one strand, and these are strands of their own: a child of a supervisor that was
 * killed, with all below it; a worker that pretended to have ended; and a child of a dynamic supervisor, but for its start.
 */
class Strands {
  readonly #specs: ReadonlyMap<string, ChildSpec>
  readonly #parents = new Map<string, string>()
  readonly #latest = new Map<string, string>()
  readonly #strays = new Set<string>()

  constructor(script: Script) {
    this.#specs = specsByPath(script)
  }

  /** Which strand an event of this step belongs to. */
  after(step: Step | undefined, { began, events }: Observation): (event: Event) => string {
    if (step?.do === 'pretend') {
      const begun = began === 'runs' ? undefined : events.find(({ who }) => pathOf(who) === step.at)?.who
      const pretender = begun ?? this.#latest.get(step.at)
      if (pretender !== undefined) this.#strays.add(pretender)
    }
    for (const { what, who } of events) if (what === 'start') this.#started(who)
    const killed = new Set(
      events.flatMap((each) => (each.what === 'down' && each.reason === 'killed' ? [each.who] : [])),
    )
    for (const [who, parent] of this.#parents)
      if (killed.has(parent) && this.#endedAtOnce(parent)) this.#strays.add(who)
    return (event) => this.#strandOf(event)
  }

  /** Who hangs is killed, perhaps before it has said that it was told to stop. */
  mayBeUnheard({ what, who }: Event): boolean {
    const spec = this.#specOf(who)
    return what === 'stop' && spec?.kind === 'worker' && spec.onStop === 'hang'
  }

  #started(who: string): void {
    const path = pathOf(who)
    const above = parentOf(path)
    const parent = above === undefined ? undefined : this.#latest.get(above)
    if (parent !== undefined) this.#parents.set(who, parent)
    this.#latest.set(path, who)
  }

  #strandOf({ what, who }: Event): string {
    const above = parentOf(pathOf(who))
    const isDynamic = above !== undefined && this.#specs.get(above)?.kind === 'dynamic'
    if (isDynamic && what !== 'start') return who
    return this.#nearestStray(who) ?? 'all'
  }

  /** A killed supervisor did, unless `killed` is what it heard of the end of its own one: then it stops its children in order. */
  #endedAtOnce(who: string): boolean {
    return this.#nearestStray(who) === undefined || this.#specOf(who)?.shutdown === 'brutal_kill'
  }

  /** On the way to the top. */
  #nearestStray(who: string | undefined): string | undefined {
    return who === undefined || this.#strays.has(who) ? who : this.#nearestStray(this.#parents.get(who))
  }

  #specOf(who: string): ChildSpec | undefined {
    const path = pathOf(who)
    const above = this.#specs.get(parentOf(path) ?? '')
    return above?.kind === 'dynamic' ? above.template : this.#specs.get(path)
  }
}
