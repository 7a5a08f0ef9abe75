// Shows: the course of a trial. Load starts, faults come one by one as the plan says, and everything is written down.
import { setTimeout as pause } from 'node:timers/promises'
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
  #compared = 0
  #current: Injection | undefined
  #startedMs = performance.now()

  constructor(corpus: Corpus, settings: TrialSettings) {
    const targets = { thread: SHARDS, process: [SNIPPETS], supervisors: [...SUPERVISED.keys()], front: FRONT }
    this.schedule = planInjections({ ...settings, targets })
    this.#settings = settings
    this.#corpus = corpus
  }

  /** Runs the whole plan. When the system ends before, the faults that are left count as not injected. */
  async run(system: System, url: string): Promise<void> {
    this.#startedMs = performance.now()
    const over = new AbortController()
    const load = startLoad({
      url,
      ledger: this.#ledger,
      nextQuestion: questionsFrom(this.#corpus, createRandom(this.#settings.seed)),
      onAnswer: (exchange, body) => this.#compare(exchange, body),
    })
    try {
      await Promise.race([this.#injectAll(system, url, over.signal), system.stopped])
    } finally {
      over.abort()
      await load.finish()
    }
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

  async #injectAll(system: System, url: string, over: AbortSignal): Promise<void> {
    await system.start(Injector, [url], { name: 'injector' })
    const injector = system.named(Injector, 'injector').within(Infinity)
    let healthyFrom = 0
    for (const injection of this.schedule) {
      await this.#until(Math.max(injection.atMs, healthyFrom), over)
      this.#current = injection
      this.#measured.push(await measure(injector.call.inject, injection))
      this.#current = undefined
      healthyFrom = this.#elapsedMs + BREATHER_MS
    }
    await this.#until(this.#settings.seconds * 1_000, over)
  }

  /** Waits until so many milliseconds after the start. Rejects when the trial is over. */
  async #until(ms: number, over: AbortSignal): Promise<void> {
    await pause(Math.max(0, ms - this.#elapsedMs), undefined, { signal: over })
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
