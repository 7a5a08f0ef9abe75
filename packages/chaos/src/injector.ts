import { setTimeout as pause } from 'node:timers/promises'
import type { ChaosDoor, Pid, System } from 'bulkhead'
import { casualtiesOf } from './casualties.ts'
import type { InjectionEvidence } from './evidence.ts'
import { endOf } from './fault.ts'
import { inflict } from './inflict.ts'
import type { Injected } from './injected.ts'
import { Observer } from './observer.ts'
import type { ObserverRef, Seen } from './observer.ts'
import { candidatesOf } from './place.ts'
import type { Candidate } from './place.ts'
import { objectionTo } from './plan.ts'
import type { Injection } from './plan.ts'
import { absolute } from './target.ts'
import type { TargetSpec } from './target.ts'

/** Somebody whom a fault has hit, for a probe to look at. */
export interface Hit {
  readonly path: string
  /** Its registered name. */
  readonly name: string | undefined
  /** Before the fault. */
  readonly pid: Pid
}

/**
 * Resolves when what a fault has hit serves again; rejects while it does not yet. `others`: who went down with it. It is called again and again.
 */
export type Probe = (target: Hit, others: readonly Hit[]) => unknown

export interface InjectorOptions {
  readonly system: System
  readonly door: ChaosDoor
  readonly observer: ObserverRef
  readonly sparing: readonly TargetSpec[]
  /** Milliseconds to wait for an end, and then for the recovery. */
  readonly patienceMs: number
  readonly probe: Probe | undefined
  /** Aborted when the system has ended: then nothing is waited for. */
  readonly ended: AbortSignal
  /** A time of `performance.now()` in milliseconds from the start of the run. */
  readonly since: (ms: number) => number
}

interface Found {
  readonly target: Candidate
  readonly all: readonly Candidate[]
  readonly ref: number
}

/** Milliseconds between two looks at what recovers. */
const lookMs = 5
/** Milliseconds that one attempt of a probe may take. */
const attemptMs = 2_000
/** Milliseconds that the news of an end may take which has made an injection fail. */
const newsMs = 1_000

const never = new Promise<never>(() => {})

/** Injects one fault after the other into a running system, and sees what becomes of it. */
export class Injector {
  readonly #options: InjectorOptions

  constructor(options: InjectorOptions) {
    this.#options = options
  }

  async inject(injection: Injection): Promise<Injected> {
    const { observer } = this.#options
    const now = (): number => this.#now()
    const { fault } = injection
    const found = await this.#find(injection)
    if (typeof found === 'string')
      return { ...injection, ...nothing, injectedMs: now(), outcome: 'refused', why: found }
    const { target, all, ref } = found
    const casualties = casualtiesOf(fault, target, all).filter((each) => each !== target)
    const injectedMs = now()
    const seen = await this.#see(injection, target, all, ref)
    observer.cast.forget(ref)
    const about = {
      ...injection,
      ...nothing,
      injectedMs,
      node: target.node,
      pidBefore: target.pid,
      alsoHit: casualties.map(({ path }) => path),
    }
    if (typeof seen === 'string') return { ...about, outcome: 'refused', why: seen }
    if (seen === undefined) {
      const why = `it had not ended after ${this.#options.patienceMs} ms`
      return { ...about, outcome: 'not_detected', why }
    }
    const { detectedMs, evidence, hasEnded } = seen
    const pidAfter = await this.#recovery(target, casualties, hasEnded)
    const ended = { ...about, detectedMs, evidence, pidAfter }
    return pidAfter === undefined
      ? { ...ended, outcome: 'not_recovered', why: `nobody was ready after ${this.#options.patienceMs} ms` }
      : { ...ended, outcome: 'recovered', recoveredMs: now() }
  }

  #now(): number {
    return this.#options.since(performance.now())
  }

  /** The target as it is now, once it is ready, and watched; or why it is not hurt. */
  async #find({ fault, target: path }: Injection): Promise<Found | string> {
    const { observer, patienceMs, sparing } = this.#options
    const until = performance.now() + patienceMs
    while (performance.now() < until) {
      const all = await this.#actors()
      const target = all.find((each) => each.path === path && each.isReady)
      if (target !== undefined) {
        // Since the plan was made it may have moved.
        const why = objectionTo(fault, target, all, sparing)
        if (why !== undefined) return why
        const { ref, isThere } = await observer.call.watch(target.pid)
        if (isThere) return { target, all, ref }
        observer.cast.forget(ref)
      }
      await this.#wait()
    }
    return 'nobody was there to be hurt'
  }

  async #actors(): Promise<Candidate[]> {
    return candidatesOf(await this.#options.system.tree(), process.pid)
  }

  /** Hurts it, and waits for its end, or for the end of a fault that it survives. Undefined: neither came. */
  async #see(
    { fault }: Injection,
    target: Candidate,
    all: readonly Candidate[],
    ref: number,
  ): Promise<{ detectedMs: number; evidence: InjectionEvidence; hasEnded: boolean } | string | undefined> {
    const { door, observer, patienceMs, since } = this.#options
    const ended = observer.call.end(ref).then(
      ({ atMs, evidence }: Seen) => ({ detectedMs: since(atMs), evidence, hasEnded: true }),
      () => never,
    )
    const kill = ({ pid }: Candidate): void => void observer.cast.kill(pid)
    const isAlive = ({ pid }: Candidate): Promise<boolean> => observer.call.isAlive(pid)
    const nodeAt = (path: string): number | undefined => all.find((each) => each.path === absolute(path))?.node
    const done = inflict(fault, target, { door, kill, isAlive, nodeAt }).then(
      (evidence) => ({ detectedMs: this.#now(), evidence, hasEnded: false }),
      // An end may be what made it fail, and says more.
      async (error: Error) => await Promise.race([ended, pause(newsMs).then(() => error.message)]),
    )
    const patience = new AbortController()
    const lastsMs = endOf(fault.kind) === 'nobody' ? (fault.forMs ?? 0) : 0
    try {
      return await Promise.race([
        ended,
        done,
        pause(lastsMs + patienceMs, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
      ])
    } finally {
      patience.abort()
    }
  }

  /** Waits until whoever is at the target's place is ready. Its pid; undefined when nobody was in time. */
  async #recovery(target: Candidate, others: readonly Candidate[], hasEnded: boolean): Promise<Pid | undefined> {
    const { probe, patienceMs } = this.#options
    const until = performance.now() + patienceMs
    while (performance.now() < until) {
      const pid = await this.#successor(target, hasEnded)
      if (pid !== undefined && (probe === undefined || (await attempt(() => probe(target, others))))) return pid
      await this.#wait()
    }
    return undefined
  }

  async #wait(): Promise<void> {
    this.#options.ended.throwIfAborted()
    await pause(lookMs)
  }

  async #successor(target: Candidate, hasEnded: boolean): Promise<Pid | undefined> {
    const { observer, system, probe } = this.#options
    if (!hasEnded) {
      const isThere = await Promise.race([observer.call.isAlive(target.pid), pause(attemptMs).then(() => false)])
      return isThere ? target.pid : undefined
    }
    const { name, pid, path } = target
    if (probe !== undefined && name !== undefined) {
      const holder = system.named(Observer, name).pid
      return holder === pid ? undefined : holder
    }
    return (await this.#actors()).find((each) => each.path === path && each.pid !== pid && each.isReady)?.pid
  }
}

const nothing = {
  detectedMs: undefined,
  recoveredMs: undefined,
  node: undefined,
  pidBefore: undefined,
  pidAfter: undefined,
  evidence: undefined,
  alsoHit: [],
} as const

async function attempt(probe: () => unknown): Promise<boolean> {
  const late = new AbortController()
  try {
    await Promise.race([
      (async () => await probe())(),
      pause(attemptMs, undefined, { signal: late.signal, ref: false }).then(() => Promise.reject(new Error('late'))),
    ])
    return true
  } catch {
    return false
  } finally {
    late.abort()
  }
}
