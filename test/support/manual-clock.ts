import type { Clock } from '@bulkhead/core'

interface Alarm {
  readonly fire: () => void
  readonly at: number
}

/** A clock that stands still until it is moved. Alarms go off in the order of their times, and of setting them. */
export class ManualClock implements Clock {
  #now: number
  readonly #alarms = new Set<Alarm>()
  /** The longest time that an alarm was set for. */
  longestMs = 0

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  setTimer(fire: () => void, ms: number): unknown {
    if (!(ms >= 0 && ms < 2 ** 31)) throw new RangeError(`no platform keeps a timer for ${ms} ms`)
    this.longestMs = Math.max(this.longestMs, ms)
    const alarm = { fire, at: this.#now + ms }
    this.#alarms.add(alarm)
    return alarm
  }

  clearTimer(timer: unknown): void {
    this.#alarms.delete(timer as Alarm)
  }

  /** How many alarms are set. */
  get count(): number {
    return this.#alarms.size
  }

  /** Moves to the next alarm that is due until `time`, and sets it off; false when there is none. */
  fireOne(time: number): boolean {
    let due: Alarm | undefined
    for (const alarm of this.#alarms) if (alarm.at <= time && (due === undefined || alarm.at < due.at)) due = alarm
    if (due === undefined) return false
    this.#alarms.delete(due)
    this.#now = Math.max(this.#now, due.at)
    due.fire()
    return true
  }

  /** Sets the time without setting anything off. */
  moveTo(time: number): void {
    this.#now = time
  }

  /** Lets `ms` milliseconds pass at once. */
  advance(ms: number): void {
    const end = this.#now + ms
    while (this.fireOne(end));
    this.#now = end
  }
}
