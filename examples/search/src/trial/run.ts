// Shows: the course of a trial. Load starts, faults come one by one as the plan says, and everything is written down.
import { chaos, type ChaosReport, type Injected } from '@bulkhead/chaos'
import type { System } from 'bulkhead'
import { FRONT, PATHS } from '../actors/search.ts'
import { COOL_DOWN_MS, faultsFor, PACE_MS, WARM_UP_MS } from '../chaos/faults.ts'
import { type Injection, injectionOf } from '../chaos/injection.ts'
import { askFront, probeOf } from '../chaos/probe.ts'
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
/** How long an answer may take while the service counts as well. */
const STEADY_MS = 5_000

export interface TrialSettings {
  readonly seconds: number
  readonly seed: number
}

export class Trial {
  readonly #settings: TrialSettings
  readonly #corpus: Corpus
  readonly #ledger = new Ledger(() => performance.now())
  readonly #mistakes: string[] = []
  #schedule: readonly Injection[] = []
  #chaos: ChaosReport | undefined
  #compared = 0
  #injected = 0
  #current: Injection | undefined
  #startedMs = performance.now()

  constructor(corpus: Corpus, settings: TrialSettings) {
    this.#settings = settings
    this.#corpus = corpus
  }

  /** Runs the whole plan. When the system ends before, the faults that are left count as not injected. */
  async run(system: System, url: string): Promise<void> {
    this.#startedMs = performance.now()
    const load = startLoad({
      url,
      ledger: this.#ledger,
      nextQuestion: questionsFrom(this.#corpus, createRandom(this.#settings.seed)),
      onAnswer: (exchange, body) => this.#compare(exchange, body),
    })
    try {
      this.#chaos = await this.#hurt(system, url)
    } finally {
      await load.finish()
    }
  }

  #hurt(system: System, url: string): Promise<ChaosReport> {
    const { seconds, seed } = this.#settings
    return chaos(system, {
      seed,
      forMs: seconds * 1_000,
      everyMs: PACE_MS,
      warmUpMs: WARM_UP_MS,
      coolDownMs: COOL_DOWN_MS,
      breatherMs: BREATHER_MS,
      faults: faultsFor(seconds, seed),
      probe: probeOf(system, url),
      steady: { check: () => askFront(url), everyMs: 500, withinMs: STEADY_MS },
      // The listening socket belongs to the program, so the front lives with it; a root that is stuck is a guardian's business.
      accepting: [{ path: PATHS[FRONT]! }],
      onPlan: ({ injections }) => (this.#schedule = injections.map(injectionOf)),
      onInjection: (injection) => (this.#current = injectionOf(injection)),
      onRecovery: () => {
        this.#current = undefined
        this.#injected++
      },
    })
  }

  /** What was to happen and, where it did, the evidence. */
  get schedule(): readonly Injection[] {
    const happened = new Map(this.#chaos?.injections.map((injected) => [injected.n, injectionOf(injected)]))
    return this.#schedule.map((planned) => happened.get(planned.n) ?? planned)
  }

  /** The report about the faults alone; undefined before the trial is over. */
  get chaos(): ChaosReport | undefined {
    return this.#chaos
  }

  get outcome(): Omit<TrialOutcome, 'leftovers'> {
    return {
      requests: this.#ledger.counts,
      compared: this.#compared,
      mistakes: this.#mistakes,
      planned: this.#schedule.length,
      measured: this.#chaos?.injections.map((each) => measuredOf(each, this.#chaos?.startedMs ?? 0)) ?? [],
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
      injected: this.#injected + (this.#current === undefined ? 0 : 1),
      planned: this.#schedule.length,
      current: this.#current && `${this.#current.kind} in ${this.#current.target}`,
    }
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedMs
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

/** On the trial's clock. */
function measuredOf(injected: Injected, startedMs: number): Measured {
  const onClock = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : startedMs + ms)
  return {
    injection: injectionOf(injected),
    injectedMs: startedMs + injected.injectedMs,
    detectedMs: onClock(injected.detectedMs),
    recoveredMs: onClock(injected.recoveredMs),
    reason: injected.why ?? injected.evidence?.reason ?? injected.evidence?.cause ?? 'unknown',
  }
}
