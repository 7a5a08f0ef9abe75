import type { Journal } from './journal.ts'
import type { Random } from './random.ts'

/** Events that keep their order among themselves: the frames of one direction of a connection, the turns of one node, one actor's script. */
export class Source {
  readonly label: string
  readonly weight: number
  readonly #scheduler: Scheduler
  #events: (() => void)[] = []
  #closed = false

  constructor(scheduler: Scheduler, label: string, weight: number) {
    this.#scheduler = scheduler
    this.label = label
    this.weight = weight
  }

  add(event: () => void): void {
    if (this.#closed) return
    this.#events.push(event)
    if (this.#events.length === 1) this.#scheduler.activate(this)
  }

  /** Forgets what has not happened: it never will. */
  close(): void {
    this.#closed = true
    this.#events = []
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  take(): (() => void) | undefined {
    return this.#events.shift()
  }
}

interface VirtualTimer {
  readonly at: number
  readonly fire: () => void
  readonly owner: string
}

/** How eager a source is: most are alike, some hurry, some lag behind. Drawn once for each. */
const weights = [1, 1, 1, 1, 6, 0.15]

/**
 * Decides what happens next, by chance from a seed: one event of one source, or the next timer. Time stands still until a timer fires.
 */
export class Scheduler {
  now = 0
  steps = 0
  readonly #random: Random
  readonly #journal: Journal
  readonly #timerWeight: number
  readonly #timers: VirtualTimer[] = []
  readonly #active: Source[] = []
  /** Runs after each event. */
  afterEach: () => void = () => undefined

  constructor(random: Random, journal: Journal) {
    this.#random = random
    this.#journal = journal
    this.#timerWeight = random.pick([0.02, 0.1, 0.5])
  }

  source(label: string): Source {
    return new Source(this, label, this.#random.pick(weights))
  }

  activate(source: Source): void {
    this.#active.push(source)
  }

  setTimer(owner: string, fire: () => void, ms: number): VirtualTimer {
    const timer = { at: this.now + ms, fire, owner }
    this.#timers.push(timer)
    return timer
  }

  clearTimer(timer: unknown): void {
    const at = this.#timers.indexOf(timer as VirtualTimer)
    if (at >= 0) this.#timers.splice(at, 1)
  }

  clearTimersOf(owner: string): void {
    for (const timer of this.#timers.filter((each) => each.owner === owner)) this.clearTimer(timer)
  }

  /** Lets events happen, one at a time with all their promises settled, until there is none left or a law is broken. */
  async run(stepsMax: number): Promise<void> {
    while (this.#journal.failure === undefined) {
      const event = this.#next()
      if (event === undefined) return
      if (++this.steps > stepsMax) {
        this.#journal.broken('rest', `after ${stepsMax} events there is still no rest`)
        return
      }
      event()
      await promisesSettled()
      this.afterEach()
    }
  }

  #next(): (() => void) | undefined {
    const active = this.#active
    let total = this.#timers.length > 0 ? this.#timerWeight : 0
    for (let i = 0; i < active.length;) {
      const source = active[i] as Source
      if (source.isEmpty) {
        active.splice(i, 1)
        continue
      }
      total += source.weight
      i++
    }
    let left = this.#random.next() * total
    for (const source of active) {
      left -= source.weight
      if (left >= 0) continue
      this.#journal.note(source.label)
      return source.take()
    }
    return this.#timers.length > 0 ? this.#nextTimer() : undefined
  }

  #nextTimer(): () => void {
    let first = this.#timers[0] as VirtualTimer
    for (const timer of this.#timers) if (timer.at < first.at) first = timer
    this.clearTimer(first)
    this.now = Math.max(this.now, first.at)
    this.#journal.note(() => `${first.owner} timer, at ${this.now} ms`)
    return first.fire
  }
}

/** Ticks of Node.js run when no microtask is left, so all promises that could settle have. */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
