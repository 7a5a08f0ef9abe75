import type { P as Patterns } from 'ts-pattern'

/** The clauses of one `receive`, tried in order on each message. */
export interface ReceiveClauses<R> {
  /** A ts-pattern pattern and what to do with a message that fits. */
  with<const Q extends Patterns.Pattern<unknown>, T>(
    pattern: Q,
    handler: (message: Patterns.infer<Q>) => T,
  ): ReceiveClauses<R | Awaited<T>>
  /**
   * When nothing fitted within `ms` milliseconds from the start of the receive: a whole number from 0, or Infinity; 0 looks through what is queued
   * first. Throws `InvalidOption`.
   */
  after<T>(ms: number, handler: () => T): ReceiveClauses<R | Awaited<T>>
}
