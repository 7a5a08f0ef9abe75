import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import { ActorExited, CallFailed, InvalidOption, telemetryChannels } from 'bulkhead'
import type { ChaosDoor, System, Telemetry } from 'bulkhead'
import { checkOptions } from './chaos-options.ts'
import type { ChaosOptions, CheckedOptions } from './chaos-options.ts'
import type { Injected } from './injected.ts'
import { Injector } from './injector.ts'
import { lintTree } from './lint.ts'
import { Observer, OBSERVER } from './observer.ts'
import { candidatesOf } from './place.ts'
import { planOf } from './plan.ts'
import type { Injection, Plan } from './plan.ts'
import { problemsOf } from './report.ts'
import type { ChaosReport, Restart } from './report.ts'
import { SteadyChecks } from './steady-state.ts'

/**
 * A game day: injects faults into a running system as a plan from a seed says, one after the other, while the steady state is checked, and
 * resolves with the report. The system must have been started with `chaos: true`. When that stops meanwhile, the run ends early. Rejects with
 * `InvalidOption`, and with `StartFailed` when a run is under way already.
 */
export async function chaos(system: System, options: ChaosOptions = {}): Promise<ChaosReport> {
  const checked = checkOptions(options)
  const door = system.chaos
  if (door === undefined)
    throw new InvalidOption('system', system.id, 'start it with start({ chaos: true }): no other system can be hurt')
  const tree = await system.tree()
  const plan = planOf(checked, checked.seed, candidatesOf(tree, process.pid))
  checked.onPlan?.(plan)
  const warnings = lintTree(tree, checked.accepting)
  await system.start(Observer, [], { id: OBSERVER, name: OBSERVER, restart: 'temporary' })
  const run = new Run(system, door, checked, plan)
  const report = { ...(await run.report()), warnings }
  const problems = problemsOf(report)
  return { ...report, problems, passed: problems.length === 0 }
}

type Restarted = Parameters<NonNullable<Telemetry['restarted']>>[0]

class Run {
  readonly #system: System
  readonly #options: CheckedOptions
  readonly #plan: Plan
  readonly #injector: Injector
  readonly #startedMs = performance.now()
  readonly #injections: Injected[] = []
  readonly #restarts: Restart[] = []
  readonly #over = new AbortController()
  /** The system has ended. */
  readonly #ended = new AbortController()

  constructor(system: System, door: ChaosDoor, options: CheckedOptions, plan: Plan) {
    this.#system = system
    this.#options = options
    this.#plan = plan
    const { sparing, patienceMs, probe } = options
    this.#injector = new Injector({
      system,
      door,
      observer: system.named(Observer, OBSERVER).within(Infinity),
      sparing,
      patienceMs,
      probe,
      ended: this.#ended.signal,
      since: (ms) => ms - this.#startedMs,
    })
  }

  async report(): Promise<Omit<ChaosReport, 'warnings' | 'problems' | 'passed'>> {
    const { seed, steady, signal } = this.#options
    const startedAt = new Date().toISOString()
    const checks = steady && new SteadyChecks(steady, () => this.#now())
    const stop = (): void => this.#over.abort()
    signal?.addEventListener('abort', stop)
    if (signal?.aborted === true) stop()
    subscribe(telemetryChannels.restarted, this.#noteRestart)
    try {
      await Promise.race([this.#injectAll(), this.#system.stopped.then(() => this.#ended.abort())])
    } finally {
      stop()
      signal?.removeEventListener('abort', stop)
      unsubscribe(telemetryChannels.restarted, this.#noteRestart)
    }
    const steadied = await checks?.finish()
    await this.#leave()
    return {
      seed,
      startedAt,
      startedMs: this.#startedMs,
      lastedMs: this.#now(),
      planned: this.#plan.injections.length,
      injections: this.#injections,
      skipped: this.#plan.skipped,
      steady: steadied,
      restarts: this.#restarts,
    }
  }

  #now(): number {
    return performance.now() - this.#startedMs
  }

  async #injectAll(): Promise<void> {
    const { forMs, breatherMs, onInjection, onRecovery } = this.#options
    let healthyFrom = 0
    for (const injection of this.#plan.injections) {
      if (!(await this.#until(Math.max(injection.atMs, healthyFrom)))) return
      onInjection?.(injection)
      const injected = await this.#inject(injection)
      if (injected === undefined) return
      this.#injections.push(injected)
      onRecovery?.(injected)
      healthyFrom = this.#now() + breatherMs
    }
    await this.#until(Math.max(forMs, healthyFrom))
  }

  /** Undefined when the system ended meanwhile: nobody is there to be hurt, or to do it. */
  async #inject(injection: Injection): Promise<Injected | undefined> {
    try {
      return await this.#injector.inject(injection)
    } catch (error) {
      if (this.#ended.signal.aborted || hasEnded(error)) return undefined
      throw error
    }
  }

  /** Waits until so many milliseconds after the start. False when the run is over before. */
  async #until(ms: number): Promise<boolean> {
    try {
      await pause(Math.max(0, ms - this.#now()), undefined, { signal: this.#over.signal })
      return true
    } catch {
      return false
    }
  }

  readonly #noteRestart = (event: unknown): void => {
    const { supervisor, child } = event as Restarted
    if (supervisor.startsWith(`<${this.#system.id}.`)) this.#restarts.push({ atMs: this.#now(), child })
  }

  async #leave(): Promise<void> {
    if (this.#ended.signal.aborted) return
    try {
      await Promise.race([this.#system.named(Observer, OBSERVER).call.leave(), this.#system.stopped])
    } catch (error) {
      if (!hasEnded(error)) throw error
    }
  }
}

/** Nobody is there any more to be hurt, or to do it. */
function hasEnded(error: unknown): boolean {
  return error instanceof CallFailed || error instanceof ActorExited
}
