import { sharedNow } from '../hosted/vitals.ts'
import type { Vitals } from '../hosted/vitals.ts'
import { StuckJudge } from './stuck.ts'
import type { Judgement } from './stuck.ts'

/** How to look at a node's thread from another thread of its OS process. */
export interface WatchedThread {
  readonly vitals: Vitals
  /** Milliseconds that one turn may take. */
  readonly limitMs: number
  /** Sends a ping to the event loop, which answers in its vitals. */
  readonly ping: (ping: number) => void
  readonly cpuMs: () => number | undefined
  readonly blocked: () => boolean
  readonly exempt: () => boolean
  /** Total milliseconds that the event loop was not idle, where that can be told without CPU times. */
  readonly activeMs?: () => number
}

/** Watches one node's thread: pings it, reads its vitals, and judges. */
export class NodeWatch {
  /** Names of handlers by the number that the vitals hold. */
  readonly handlers = new Map<number, string>()
  readonly #thread: WatchedThread
  readonly #judge: StuckJudge
  #ping = 0
  #pingedAt = 0
  #lastActiveMs: number | undefined

  constructor(thread: WatchedThread) {
    this.#thread = thread
    this.#judge = new StuckJudge(thread.limitMs)
  }

  look(): Judgement {
    const { vitals, cpuMs, blocked, exempt, ping } = this.#thread
    const now = sharedNow()
    const answered = vitals.pong >= this.#ping
    const activeMs = this.#activeMs()
    const judgement = this.#judge.look({
      now,
      turn: vitals.turn,
      turnAt: vitals.turnAt,
      unansweredSince: answered ? undefined : this.#pingedAt,
      activeMs,
      cpuMs,
      blocked,
      exempt: exempt(),
      isLoading: vitals.isLoading,
    })
    // A loop that is known to have idled needs no ping to show that it turns.
    if (answered && (activeMs >= 1 || this.#thread.activeMs === undefined)) {
      this.#pingedAt = now
      ping(++this.#ping)
    }
    return judgement
  }

  /** The handler that ran last. */
  get handlerName(): string | undefined {
    return this.handlers.get(this.#thread.vitals.handler)
  }

  /** Milliseconds since the node last showed that it lives. */
  get silentMs(): number {
    const { vitals } = this.#thread
    const since = Math.max(vitals.turnAt, vitals.pong >= this.#ping ? this.#pingedAt : 0)
    return since === 0 ? 0 : Math.max(0, Math.round(sharedNow() - since))
  }

  #activeMs(): number {
    const total = (this.#thread.activeMs ?? this.#thread.cpuMs)()
    const active = total === undefined || this.#lastActiveMs === undefined ? 0 : total - this.#lastActiveMs
    this.#lastActiveMs = total
    return active
  }
}
