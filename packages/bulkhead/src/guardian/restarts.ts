import { Backoff, RestartIntensity } from '@bulkhead/supervisor'
import { statusOf } from './root-end.ts'
import type { ExitStatus, RootEnd } from './root-end.ts'

/** When a root is started again, and when no more. Times are milliseconds. */
export interface RestartOptions {
  /** The wait before the first restart; each is twice as long as the one before, until a root has run for `maxMs`. */
  readonly minMs: number
  /** The longest wait. */
  readonly maxMs: number
  /** So many restarts within `periodMs`; at one more the guardian gives up. */
  readonly intensity: number
  readonly periodMs: number
  /** For how long an end after SIGINT counts as one that was asked for: a program may handle that signal, and go on. */
  readonly graceMs: number
}

/** What the guardian does after an end of its root. */
export type NextStep =
  | { readonly do: 'leave'; readonly status: ExitStatus }
  | { readonly do: 'restart'; readonly afterMs: number }
  | { readonly do: 'give_up' }

/** Decides what follows the end of a root. Time and chance come from outside. */
export class Restarts {
  readonly #backoff: Backoff
  readonly #intensity: RestartIntensity
  readonly #graceMs: number
  readonly #now: () => number
  /** Signals that this root was handed, and when last. */
  readonly #forwarded = new Map<NodeJS.Signals, number>()

  constructor(options: RestartOptions, now: () => number, random: () => number) {
    const { minMs, maxMs, graceMs } = options
    this.#backoff = new Backoff({ minMs, maxMs }, now, random)
    this.#intensity = new RestartIntensity(options, now)
    this.#graceMs = graceMs
    this.#now = now
  }

  /** A root runs from now on. */
  started(): void {
    this.#forwarded.clear()
    this.#backoff.started()
  }

  /** The root was handed a signal. */
  forwarded(signal: NodeJS.Signals): void {
    this.#forwarded.set(signal, this.#now())
  }

  /** The root ended. */
  ended(end: RootEnd): NextStep {
    const isInOrder = end.cause === 'exited' && end.code === 0
    if (isInOrder || this.#wasAskedFor(end)) return { do: 'leave', status: statusOf(end) }
    if (!this.#intensity.charge('root')) return { do: 'give_up' }
    const afterMs = end.cause === 'not_started' ? this.#backoff.afterFailedStart() : this.#backoff.afterEnd()
    return { do: 'restart', afterMs: Math.round(afterMs) }
  }

  /** SIGTERM ends a program, SIGINT soon or not at all, and others when they are not handled. */
  #wasAskedFor(end: RootEnd): boolean {
    if (this.#forwarded.has('SIGTERM')) return true
    const interruptedAt = this.#forwarded.get('SIGINT')
    if (interruptedAt !== undefined && this.#now() - interruptedAt <= this.#graceMs) return true
    return end.cause === 'signaled' && this.#forwarded.has(end.signal)
  }
}
