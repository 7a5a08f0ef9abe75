import type { Vitals } from '../hosted/vitals.ts'
import type { ThreadProbe } from '../linux/proc.ts'
import { sharedNow } from '../nodejs/shared-now.ts'
import { StuckJudge } from './stuck.ts'
import type { Judgement } from './stuck.ts'

/** What a watched thread shows of itself. */
export type WatchedVitals = Pick<Vitals, 'turn' | 'turnAt' | 'pong' | 'pongAt' | 'loadedAt' | 'isLoading' | 'handler'> &
  Partial<Pick<Vitals, 'hasGoneOn' | 'sole' | 'waitedMs'>>

/** How to look at a node's thread from another thread of its OS process. */
export interface WatchedThread {
  readonly vitals: WatchedVitals
  /** What the operating system knows of it. */
  readonly probe: () => ThreadProbe
  /** Sends a ping to the event loop, which answers in its vitals. */
  readonly ping: (ping: number) => void
  /** Limits do not count now: a debugger can be attached. */
  readonly exempt: () => boolean
  /** Total milliseconds that the event loop was not idle, where its owner can tell; otherwise CPU time stands in. */
  readonly activeMs?: () => number
}

/** Below this many milliseconds of activity between two looks a loop has idled, so it turns. */
const idleActiveMs = 1

/** Watches one node's thread: sees whether its loop turns, reads its vitals, and judges. */
export class NodeWatch {
  /** Names of handlers by the number that the vitals hold. */
  readonly handlers = new Map<number, string>()
  readonly #thread: WatchedThread
  #judge = new StuckJudge(Infinity)
  #ping = 0
  #pingedAt = 0
  #freeAt = sharedNow()
  #lastActiveMs: number | undefined
  #lastTurn = -1
  /** The descriptor on which this loop waits for events. */
  #pollsOn: string | undefined

  constructor(thread: WatchedThread) {
    this.#thread = thread
  }

  /** Milliseconds that one turn may take from now on; no limit before this was called, and what was before does not count. */
  limit(limitMs: number): void {
    this.#freeAt = sharedNow()
    this.#judge = new StuckJudge(limitMs)
  }

  look(): Judgement {
    const { vitals, exempt, ping } = this.#thread
    const probe = this.#thread.probe()
    const now = sharedNow()
    const { turn } = vitals
    if (turn === this.#lastTurn && turn % 2 === 0 && this.#isIdle()) {
      this.#freeAt = now
      return this.#judge.idle(now)
    }
    this.#lastTurn = turn
    const answered = vitals.pong >= this.#ping
    const judgement = this.#judge.look({
      now,
      turn,
      turnAt: vitals.turnAt,
      // A turn that has begun shows that the loop went on just before: what came earlier is not this handler's time.
      freeAt: Math.max(vitals.pongAt, vitals.loadedAt, this.#freeAt, vitals.turnAt),
      unansweredSince: answered ? undefined : this.#pingedAt,
      activeMs: this.#activeMs(),
      cpuMs: () => probe.cpuMs(),
      blocked: () => probe.isBlocked(),
      waitedMs: vitals.waitedMs ?? 0,
      exempt: exempt(),
      isLoading: vitals.isLoading,
    })
    if (answered) {
      this.#learnPoll()
      this.#pingedAt = now
      ping(++this.#ping)
    }
    return judgement
  }

  /** The handler that runs, or the last one of the only actor; undefined when it can be anybody's. */
  get handlerName(): string | undefined {
    const { vitals } = this.#thread
    return vitals.hasGoneOn === true && vitals.sole === undefined ? undefined : this.handlers.get(vitals.handler)
  }

  /** Milliseconds since the node last showed that it lives. */
  get silentMs(): number {
    return Math.max(
      0,
      Math.round(sharedNow() - Math.max(this.#freeAt, this.#thread.vitals.turnAt, this.#thread.vitals.pongAt)),
    )
  }

  /** Whether it is plain without asking that the loop turns: it idled, or it waits for events at this moment. */
  #isIdle(): boolean {
    if (this.#thread.activeMs !== undefined) return this.#activeMs() < idleActiveMs
    const pollsOn = this.#thread.probe().pollsOn()
    return pollsOn !== undefined && pollsOn === this.#pollsOn
  }

  /** A loop that has just answered and waits for events waits on its own descriptor, not on that of a synchronous call. */
  #learnPoll(): void {
    if (this.#thread.activeMs === undefined && this.#ping > 0) this.#pollsOn ??= this.#thread.probe().pollsOn()
  }

  #activeMs(): number {
    const total = this.#thread.activeMs?.() ?? this.#thread.probe().cpuMs()
    const active = total === undefined || this.#lastActiveMs === undefined ? 0 : total - this.#lastActiveMs
    this.#lastActiveMs = total
    return active
  }
}
