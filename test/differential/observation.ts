/** Whatever was returned, or was the reason of an end, in normal form: plain JSON, the same from both sides when both mean the same. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

/** What an actor said, or what its monitor told. An actor is called by its path and the number of its start: `top.a#2`. */
export type Event =
  | { readonly what: 'start' | 'stopped'; readonly who: string }
  | { readonly what: 'stop' | 'signal' | 'down'; readonly who: string; readonly reason: Value }

/** One supervisor at rest. */
export interface Supervised {
  readonly who: string
  /** As `which_children` lists them. */
  readonly children: Value
  readonly counts: Value
}

/** What one step did. */
export interface Observation {
  /** How the start of the top went, which did not run before; `runs` when it did. */
  readonly began: Value
  readonly result: Value
  readonly events: readonly Event[]
  /** At rest after the step: the supervisors of the tree, the top first. */
  readonly tree: readonly Supervised[]
  /** The reasons with which the top has ended. */
  readonly ended: readonly Value[]
  /** When everything had come to rest: milliseconds of that side's clock; not compared. */
  readonly at: number
}
