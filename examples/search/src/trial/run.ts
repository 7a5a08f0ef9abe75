// Shows: the course of a trial. Load starts, faults come one by one as the plan says, and everything is written down.
import { CallFailed, type System } from 'bulkhead'
import { FRONT, SHARDS, SNIPPETS, SUPERVISED } from '../actors/search.ts'
import { type Injected, Injector } from '../chaos/inject.ts'
import { type Injection, planInjections } from '../chaos/plan.ts'
import type { Corpus } from '../corpus.ts'
import { createRandom } from '../random.ts'
import { mistakeIn } from './check.ts'
import { type Exchange, type Failure, Ledger } from './ledger.ts'
import { startLoad } from './load.ts'
import type { Measured } from './measure.ts'
import type { TrialOutcome } from './outcome.ts'
import type { Progress } from './progress.ts'
import { questionsFrom } from './questions.ts'

/** Every so many answers, one is compared with the sequential scan. */
const COMPARE_EVERY = 20
const MISTAKES_KEPT = 5
/** Time to answer what has piled up, between a recovery and the next fault at least. */
const BREATHER_MS = 400

export interface TrialSettings {
  readonly seconds: number
  readonly seed: number
}

export class Trial {
  readonly schedule: readonly Injection[]
  readonly #settings: TrialSettings
  readonly #corpus: Corpus
  readonly #ledger = new Ledger(() => performance.now())
  readonly #measured: Measured[] = []
  readonly #mistakes: string[] = []
  readonly #aborted = new AbortController()
  #compared = 0
  #current: Injection | undefined
  #startedMs = performance.now()

  constructor(corpus: Corpus, settings: TrialSettings) {
    const targets = { thread: SHARDS, process: [SNIPPETS], supervisors: [...SUPERVISED.keys()], front: FRONT }
    this.schedule = planInjections({ ...settings, targets })
    this.#settings = settings
    this.#corpus = corpus
  }

  /** Runs the whole plan, unless it is aborted: then the faults that are left count as not injected. */
  async run(system: System, url: string): Promise<void> {
    this.#startedMs = performance.now()
    const load = startLoad({
      url,
      ledger: this.#ledger,
      nextQuestion: questionsFrom(this.#corpus, createRandom(this.#settings.seed)),
      onAnswer: (exchange, body) => this.#compare(exchange, body),
    })
    try {
      await this.#injectAll(system, url)
    } finally {
      await load.finish()
    }
  }

  /** The system is gone: there is nothing more to measure. */
  abort(): void {
    this.#aborted.abort()
  }

  get outcome(): Omit<TrialOutcome, 'leftovers'> {
    return {
      requests: this.#ledger.counts,
      compared: this.#compared,
      mistakes: this.#mistakes,
      planned: this.schedule.length,
      measured: this.#measured,
    }
  }

  get failures(): readonly Failure[] {
    return this.#ledger.failures
  }

  get progress(): Progress {
    return {
      elapsedMs: this.#elapsedMs,
      totalMs: this.#settings.seconds * 1_000,
      requests: this.#ledger.counts,
      injected: this.#measured.length + (this.#current === undefined ? 0 : 1),
      planned: this.schedule.length,
      current: this.#current && `${this.#current.kind} in ${this.#current.target}`,
    }
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  async #injectAll(system: System, url: string): Promise<void> {
    const injector = (await system.start(Injector, [url])).within(Infinity)
    let healthyFrom = 0
    for (const injection of this.schedule) {
      await this.#until(Math.max(injection.atMs, healthyFrom))
      if (this.#aborted.signal.aborted) return
      this.#current = injection
      this.#measured.push(await measure(injector.call.inject, injection))
      this.#current = undefined
      healthyFrom = this.#elapsedMs + BREATHER_MS
    }
    await this.#until(this.#settings.seconds * 1_000)
  }

  /** Waits until so many milliseconds after the start, or until the trial is aborted. */
  async #until(ms: number): Promise<void> {
    const left = Math.max(0, ms - this.#elapsedMs)
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, left)
    this.#aborted.signal.addEventListener('abort', () => resolve(), { once: true })
    if (this.#aborted.signal.aborted) resolve()
    await promise
    clearTimeout(timer)
  }

  #compare(exchange: Exchange, body: string): void {
    if (this.#ledger.counts.answered % COMPARE_EVERY !== 0) return
    this.#compared++
    const mistake = mistakeIn(body, exchange.question, this.#corpus)
    if (mistake === undefined) return
    this.#ledger.markWrong()
    if (this.#mistakes.length < MISTAKES_KEPT) this.#mistakes.push(mistake)
  }
}

async function measure(inject: (injection: Injection) => Promise<Injected>, injection: Injection): Promise<Measured> {
  try {
    return { injection, ...(await inject(injection)) }
  } catch (error) {
    // Nobody is there to be hurt, or to do it: the system is being stopped, or it has given up.
    if (!(error instanceof CallFailed)) throw error
    return {
      injection,
      injectedMs: performance.now(),
      detectedMs: undefined,
      recoveredMs: undefined,
      reason: error.message,
    }
  }
}
