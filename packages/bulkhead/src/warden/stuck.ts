/** What a watcher sees of a node's thread at one moment. Times are milliseconds of one clock. */
export interface Look {
  readonly now: number
  /** Counts turns of the run queue; odd while one runs. */
  readonly turn: number
  /** When the latest turn began. */
  readonly turnAt: number
  /** When the ping was sent that the event loop has not answered; undefined when it answered all. */
  readonly unansweredSince: number | undefined
  /** When the event loop was last known to turn, or a module to be loaded: what lasts now has begun since. */
  readonly freeAt: number
  /** Milliseconds since the look before this one during which the thread was not idle, as far as anybody knows. */
  readonly activeMs: number
  /** CPU time of the thread so far; undefined where the platform does not tell. */
  readonly cpuMs: () => number | undefined
  /** Whether the thread sleeps or is blocked, rather than running or waiting for a CPU. */
  readonly blocked: () => boolean
  /** Milliseconds that the thread has waited so far, in all, for a reader of what it prints: that is not its fault. */
  readonly waitedMs: number
  /** Limits do not count now: a debugger can be attached. */
  readonly exempt: boolean
  /** A module is being loaded: evaluating it is no handler, so it gets {@link loadMs} if that is longer than the limit. */
  readonly isLoading: boolean
}

export type Judgement =
  | { readonly state: 'idle' }
  /** `nextLookMs` is how soon it is worth looking again. */
  | { readonly state: 'busy'; readonly nextLookMs: number }
  /** `turn`: within one turn. `loop`: turns end, but the event loop does not go on, as in `for (;;) await null`. */
  | { readonly state: 'stuck'; readonly what: 'turn' | 'loop'; readonly forMs: number }

/** Milliseconds that the evaluation of one module may take. */
const loadMs = 10_000

/** Milliseconds between two looks at a node that does not idle. */
export const lookBusyMs = 50

/** Milliseconds between two looks at a node that idles: often enough to see in time that it is stuck. */
export function lookIdleMs(limitMs: number): number {
  return Math.min(1_000, Math.max(lookBusyMs, limitMs / 2))
}

/** Milliseconds at most between two looks at whether a parent is there: nothing may outlive it for a second. */
export const lookParentMs = 500

/** How much longer than the limit a thread may take that hardly gets a CPU. */
const starvedFactor = 4

/** A watcher that comes later than this did not run meanwhile: the machine slept, or the OS process was stopped. */
const pauseMs = 200

/**
 * Tells a stuck node from a busy one and from one that gets no CPU. A node is stuck when one turn of its run queue, or one of its event loop,
 * has lasted for the limit, and its thread used the CPU for at least half of the limit or is blocked; a starved one gets at most four times
 * as long. Only time counts in which the watcher ran itself.
 */
export class StuckJudge {
  readonly limitMs: number
  readonly #turn = new Stretch()
  readonly #loop = new Stretch()
  #lastTurn = 0
  #activeMs = 0
  #waitedMs = 0
  #dueAt = Infinity

  constructor(limitMs: number) {
    this.limitMs = limitMs
  }

  look(look: Look): Judgement {
    const lateMs = look.now - this.#dueAt
    const pausedMs = lateMs > pauseMs ? lateMs : 0
    this.#forgive(pausedMs)
    const judgement = this.#judge(look, pausedMs)
    this.#dueAt = look.now + (judgement.state === 'busy' ? judgement.nextLookMs : lookIdleMs(this.limitMs))
    this.#lastTurn = look.turn
    if (look.unansweredSince === undefined) this.#activeMs = look.activeMs
    return judgement
  }

  /** The loop is known to turn. */
  idle(now: number): Judgement {
    this.#turn.end()
    this.#loop.end()
    this.#activeMs = 0
    this.#dueAt = now + lookIdleMs(this.limitMs)
    return { state: 'idle' }
  }

  #forgive(ms: number): void {
    this.#turn.forgive(ms)
    this.#loop.forgive(ms)
  }

  /** `pausedMs`: how long the watcher did not run before this look. */
  #judge(look: Look, pausedMs: number): Judgement {
    if (look.exempt) {
      this.#turn.end()
      this.#loop.end()
      return { state: 'idle' }
    }
    const since = (at: number): number => Math.min(at + pausedMs, look.now)
    this.#turn.see(look.turn % 2 === 1 ? look.turn : undefined, since(look.turnAt), look)
    this.#loop.see(look.unansweredSince, since((look.unansweredSince ?? 0) - this.#activeMs), look)
    // At the moment at which a wait ends, too little can be read.
    this.#forgive(Math.max(0, look.waitedMs - this.#waitedMs))
    this.#waitedMs = Math.max(this.#waitedMs, look.waitedMs)
    const longestMs = Math.max(this.#turn.lastedMs(look), this.#loop.lastedMs(look))
    const limitMs = look.isLoading ? Math.max(loadMs, this.limitMs) : this.limitMs
    if (longestMs >= limitMs) {
      const what = this.#turn.lastedMs(look) >= limitMs ? 'turn' : 'loop'
      const isStuck =
        longestMs >= limitMs * starvedFactor || (what === 'turn' ? this.#turn : this.#loop).isAtWork(look, limitMs)
      return isStuck ? { state: 'stuck', what, forMs: longestMs } : { state: 'busy', nextLookMs: lookBusyMs }
    }
    if (longestMs > 0) return { state: 'busy', nextLookMs: nextLookMs(limitMs - longestMs) }
    const isBusy = look.turn !== this.#lastTurn || look.activeMs > lookBusyMs / 2
    return isBusy ? { state: 'busy', nextLookMs: lookBusyMs } : { state: 'idle' }
  }
}

const nextLookMs = (leftMs: number): number => Math.max(1, Math.min(lookBusyMs, leftMs))

/** One stretch of time without a sign of life. */
class Stretch {
  /** What has not changed since: a turn's number, or the time of a ping. */
  #unchanged: number | undefined
  #startedAt = 0
  #forgivenMs = 0
  #cpuMs: number | undefined
  #blockedLooks = 0

  see(sign: number | undefined, startedAt: number, look: Look): void {
    if (sign === this.#unchanged) return
    this.#unchanged = sign
    if (sign === undefined) return
    this.#startedAt = startedAt
    this.#forgivenMs = 0
    this.#cpuMs = look.cpuMs()
    this.#blockedLooks = 0
  }

  end(): void {
    this.#unchanged = undefined
  }

  forgive(ms: number): void {
    this.#forgivenMs += ms
  }

  lastedMs(look: Look): number {
    return this.#unchanged === undefined
      ? 0
      : Math.max(1, look.now - Math.max(this.#startedAt, look.freeAt) - this.#forgivenMs)
  }

  /** Whether the thread used a CPU for half of the limit, or is blocked at two looks in a row. */
  isAtWork(look: Look, limitMs: number): boolean {
    const cpuMs = look.cpuMs()
    if (cpuMs === undefined || this.#cpuMs === undefined) return true
    if (cpuMs - this.#cpuMs >= limitMs / 2) return true
    this.#blockedLooks = look.blocked() ? this.#blockedLooks + 1 : 0
    return this.#blockedLooks >= 2
  }
}
