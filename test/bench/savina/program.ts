import type { Isolation, Server } from 'bulkhead'

/** What one run of a program has done. The same program in Erlang says the same, whatever the order in which its actors ran. */
export interface Outcome {
  /** Actors that were started, the main one not counted; counted by those who start them. */
  readonly spawns: number
  /** Messages that were handled, counted by those who handle them: a reply counts as one. Exits and the news of them do not. */
  readonly messages: number
  /** What was computed. */
  readonly checksum: number | string
}

export type Sizes = Readonly<Record<string, number>>

/** Over how many threads the actors of a run are spread; 0: none, all live in one event loop. */
export type Threads = number

/** One program of the Savina suite (Imam and Sarkar, AGERE! 2014). */
export interface Program<S extends Sizes = Sizes> {
  /** Its place in the suite, from 1. */
  readonly number: number
  /** Lower case with hyphens. In Erlang its module is `savina_` and this with underscores. */
  readonly name: string
  /** The suite's default sizes. */
  readonly sizes: S
  /** For a run of half a second. */
  readonly quick: S
  /**
   * The actor that runs it: it starts the others, linked, and replies when the last message has been handled. It is started anew for each run and
   * stopped afterwards, and with it all that it is linked to.
   */
  readonly main: Server<[], { calls: { run: (sizes: S, threads: Threads) => Outcome } }>
  /** What must come out: by a sequential program, or by a stated invariant. What only the order of events decides is left out. */
  expected(sizes: S): Partial<Outcome>
}

/** Keeps the types of the sizes. */
export const program = <S extends Sizes>(of: Program<S>): Program<S> => of

/** The isolation of one of several actors that are spread evenly over the threads; without threads it lives beside its parent. */
export const spread = (threads: Threads): Isolation => (threads === 0 ? 'inline' : 'thread')
