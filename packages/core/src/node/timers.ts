import type { Clock } from '../platform.ts'

const PLATFORM_MAX_MS = 2 ** 31 - 1

/** Lists that are kept though they may be empty. */
const EMPTY_LISTS_MAX = 16

/** One timer; cancelled by `Timers.cancel`. */
export interface Timer {
  readonly deadline: number
}

class Entry implements Timer {
  readonly deadline: number
  readonly list: DelayList
  fire: (() => void) | undefined
  previous: Entry | undefined
  next: Entry | undefined
  constructor(deadline: number, list: DelayList, fire: () => void) {
    this.deadline = deadline
    this.list = list
    this.fire = fire
  }
}

/** All timers of one delay: they run out in the order in which they were set, so setting and cancelling cost no search. */
class DelayList {
  readonly delay: number
  first: Entry | undefined
  last: Entry | undefined
  at = -1
  constructor(delay: number) {
    this.delay = delay
  }
  get deadline(): number {
    return this.first === undefined ? Infinity : this.first.deadline
  }
}

/**
 * The timers of one node over a single timer of the platform. Delays of any length (the platform's end at 2^31-1 ms), firing in the order
 * of deadlines.
 */
export class Timers {
  readonly #clock: Clock
  readonly #lists = new Map<number, DelayList>()
  /** A binary heap of the lists, the one with the earliest deadline first. */
  readonly #heap: DelayList[] = []
  #armedFor = Infinity
  #armed: unknown
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many timers are set. */
  get count(): number {
    return this.#count
  }

  set(delayMs: number, fire: () => void): Timer {
    let list = this.#lists.get(delayMs)
    if (list === undefined) {
      list = new DelayList(delayMs)
      this.#lists.set(delayMs, list)
    }
    const entry = new Entry(this.#clock.now() + delayMs, list, fire)
    entry.previous = list.last
    if (list.last === undefined) list.first = entry
    else list.last.next = entry
    list.last = entry
    this.#count++
    if (list.first === entry) {
      this.#insert(list)
      this.#arm()
    }
    return entry
  }

  /** Milliseconds that were left, or false when it had fired or was cancelled before. */
  cancel(timer: Timer): number | false {
    if ((timer as Entry).fire === undefined) return false
    this.drop(timer)
    return Math.max(0, Math.ceil(timer.deadline - this.#clock.now()))
  }

  /** The same for whoever does not want to know, and does not look at the clock for it. */
  drop(timer: Timer): void {
    if ((timer as Entry).fire !== undefined) this.#unlink(timer as Entry)
  }

  /** Cancels everything. */
  clear(): void {
    for (const list of this.#heap)
      for (let entry = list.first; entry !== undefined; entry = entry.next) entry.fire = undefined
    this.#heap.length = 0
    this.#lists.clear()
    this.#count = 0
    if (this.#armed !== undefined) this.#clock.clearTimer(this.#armed)
    this.#armed = undefined
    this.#armedFor = Infinity
  }

  #unlink(entry: Entry): void {
    entry.fire = undefined
    const { list, previous, next } = entry
    if (previous === undefined) list.first = next
    else previous.next = next
    if (next === undefined) list.last = previous
    else next.previous = previous
    // A gone entry that the collector has moved to its old space would keep all that came after it from being collected young.
    entry.previous = undefined
    entry.next = undefined
    this.#count--
    if (previous !== undefined) return
    if (next !== undefined) this.#sink(list.at)
    else {
      this.#remove(list)
      // The next call has the same delay as a rule.
      if (this.#lists.size > EMPTY_LISTS_MAX) this.#lists.delete(list.delay)
    }
  }

  /** The platform's timer is only ever moved forward: a cancelled deadline costs one empty wake-up, not a re-arm per cancel. */
  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined || first.deadline >= this.#armedFor) return
    if (this.#armed !== undefined) this.#clock.clearTimer(this.#armed)
    this.#armedFor = first.deadline
    const wait = Math.min(Math.max(0, Math.ceil(first.deadline - this.#clock.now())), PLATFORM_MAX_MS)
    this.#armed = this.#clock.setTimer(this.#run, wait)
  }

  readonly #run = (): void => {
    this.#armed = undefined
    this.#armedFor = Infinity
    const now = this.#clock.now()
    for (let list = this.#heap[0]; list !== undefined && list.deadline <= now; list = this.#heap[0]) {
      const entry = list.first as Entry
      const fire = entry.fire
      this.#unlink(entry)
      fire?.()
    }
    this.#arm()
  }

  #insert(list: DelayList): void {
    list.at = this.#heap.length
    this.#heap.push(list)
    this.#rise(list.at)
  }

  #remove(list: DelayList): void {
    const last = this.#heap.pop() as DelayList
    if (last !== list) {
      this.#place(last, list.at)
      this.#rise(last.at)
      this.#sink(last.at)
    }
    list.at = -1
  }

  #place(list: DelayList, at: number): void {
    this.#heap[at] = list
    list.at = at
  }

  #rise(from: number): void {
    let at = from
    const list = this.#heap[at] as DelayList
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = this.#heap[above] as DelayList
      if (parent.deadline <= list.deadline) break
      this.#place(parent, at)
      at = above
    }
    this.#place(list, at)
  }

  #sink(from: number): void {
    let at = from
    const list = this.#heap[at] as DelayList
    for (;;) {
      let below = 2 * at + 1
      let child = this.#heap[below]
      if (child === undefined) break
      const right = this.#heap[below + 1]
      if (right !== undefined && right.deadline < child.deadline) {
        child = right
        below++
      }
      if (list.deadline <= child.deadline) break
      this.#place(child, at)
      at = below
    }
    this.#place(list, at)
  }
}
