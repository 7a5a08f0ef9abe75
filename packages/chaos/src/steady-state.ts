import { setTimeout as pause } from 'node:timers/promises'
import { show } from 'bulkhead'

/** What the service is like while it is well, asked all the time. */
export interface SteadyState {
  /** Resolves when the service is well; false, or a rejection, says that it is not. It is never called again before it has settled or is late. */
  readonly check: () => unknown
  /** Milliseconds from the end of one check to the next. Default 250. */
  readonly everyMs?: number
  /** Milliseconds that a check may take; later it has failed. Default 1,000. */
  readonly withinMs?: number
}

/** A stretch of checks with the same outcome, in milliseconds from the start of the run. */
export interface Stretch {
  readonly ok: boolean
  /** When its first check began, and its last one ended. */
  readonly fromMs: number
  readonly toMs: number
  readonly checks: number
  /** What the first of them failed with. */
  readonly why?: string
}

export interface SteadyReport {
  readonly checks: number
  readonly failed: number
  readonly slowestMs: number
  readonly stretches: readonly Stretch[]
}

export interface SteadyClock {
  readonly now: () => number
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>
}

const REAL: Omit<SteadyClock, 'now'> = {
  pause: (ms, signal) => pause(ms, undefined, { signal }),
}

/** Checks again and again until `finish`. */
export class SteadyChecks {
  readonly #steady: Required<SteadyState>
  readonly #clock: SteadyClock
  readonly #over = new AbortController()
  readonly #running: Promise<void>
  readonly #stretches: Stretch[] = []
  #checks = 0
  #failed = 0
  #slowestMs = 0

  constructor({ check, everyMs = 250, withinMs = 1_000 }: SteadyState, now: () => number, clock = REAL) {
    this.#steady = { check, everyMs, withinMs }
    this.#clock = { now, ...clock }
    this.#running = this.#run()
  }

  /** Lets the check end that is under way, and checks once more: what counts in the end is what is so then. */
  async finish(): Promise<SteadyReport> {
    this.#over.abort()
    await this.#running
    await this.#check()
    return this.report
  }

  get report(): SteadyReport {
    return { checks: this.#checks, failed: this.#failed, slowestMs: this.#slowestMs, stretches: [...this.#stretches] }
  }

  async #run(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      await this.#check()
      await this.#clock.pause(this.#steady.everyMs, signal).catch(() => {})
    }
  }

  async #check(): Promise<void> {
    const { now } = this.#clock
    const fromMs = now()
    const why = await this.#outcome()
    this.#note(fromMs, now(), why)
  }

  /** Undefined when all is well. */
  async #outcome(): Promise<string | undefined> {
    const { check, withinMs } = this.#steady
    const settled = new AbortController()
    const late = this.#clock.pause(withinMs, settled.signal).then(
      () => `it took longer than ${withinMs} ms`,
      () => undefined,
    )
    try {
      return await Promise.race([verdictOf(check), late])
    } finally {
      settled.abort()
    }
  }

  #note(fromMs: number, toMs: number, why: string | undefined): void {
    const ok = why === undefined
    this.#checks++
    this.#slowestMs = Math.max(this.#slowestMs, toMs - fromMs)
    if (!ok) this.#failed++
    const last = this.#stretches.at(-1)
    if (last?.ok === ok) this.#stretches[this.#stretches.length - 1] = { ...last, toMs, checks: last.checks + 1 }
    else this.#stretches.push({ ok, fromMs, toMs, checks: 1, ...(why !== undefined && { why }) })
  }
}

async function verdictOf(check: () => unknown): Promise<string | undefined> {
  try {
    return (await check()) === false ? 'it said false' : undefined
  } catch (error) {
    return error instanceof Error ? error.message : show(error)
  }
}
