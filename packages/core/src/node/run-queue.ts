import type { Cell } from '../actor/cell.ts'
import { VITALS } from './host.ts'
import type { Kernel } from './kernel.ts'
import { step } from './step.ts'

/** Messages that one actor handles before its neighbours get a chance. */
const QUANTUM = 32

/** Milliseconds after which the event loop turns, however many messages are left of the budget. */
const TURN_MS = 10

/** Messages between two looks at the clock. */
const LOOK_EVERY = 8

/**
 * The actors of a node that have something to do, in the order in which they got it. A turn starts from a microtask, as long as messages
 * are few; once `budget` messages were handled without letting the event loop turn, or took their time, the rest waits until timers and I/O
 * had a chance. That is counted over turns: what comes right after one can start the next before the event loop turns.
 */
export class RunQueue {
  readonly #kernel: Kernel
  readonly #budget: number
  #left: number
  #ready: Cell[] = []
  #next = 0
  #turnComes = false
  #renewalComes = false
  /** When the budget's time is over, since the last renewal; 0: nothing was spent since. */
  #until = 0
  /** Messages that may be spent until the next look at the clock. */
  #look = LOOK_EVERY

  constructor(kernel: Kernel, budget: number) {
    this.#kernel = kernel
    this.#budget = budget
    this.#left = budget
  }

  /** `cell` has something to do. */
  add(cell: Cell): void {
    if (cell.queued) return
    cell.queued = true
    this.#ready.push(cell)
    this.#callTurn()
  }

  /** Takes one message from the budget, for an actor that looks through its mailbox by itself. False: the event loop must turn first. */
  spend(): boolean {
    const { clock } = this.#kernel.platform
    if (this.#until === 0) this.#until = clock.now() + TURN_MS
    else if (--this.#look <= 0) {
      this.#look = LOOK_EVERY
      if (clock.now() >= this.#until) this.#left = 0
    }
    this.#renew()
    if (this.#left === 0) return false
    this.#left--
    return true
  }

  #callTurn(): void {
    if (this.#turnComes) return
    this.#turnComes = true
    const { turns } = this.#kernel.platform
    if (this.#left > 0) turns.soon(this.#turn)
    else this.#renew()
  }

  /** The budget is full again after the event loop has turned. */
  #renew(): void {
    if (this.#renewalComes) return
    this.#renewalComes = true
    this.#kernel.platform.turns.later(this.#renewed)
  }

  readonly #renewed = (): void => {
    const { vitals, platform } = this.#kernel
    vitals[VITALS.turnAt] = platform.clock.now()
    vitals[VITALS.settled] = vitals[VITALS.turn] as number
    this.#renewalComes = false
    this.#left = this.#budget
    this.#until = 0
    if (this.#turnComes) this.#turn()
  }

  readonly #turn = (): void => {
    const { vitals, platform } = this.#kernel
    const now = platform.clock.now()
    // First its beginning, then its number: whoever reads in between must not take an old turn's beginning for that of a new one.
    vitals[VITALS.turnAt] = now
    vitals[VITALS.turn] = (vitals[VITALS.turn] as number) + 1
    try {
      this.#run(now)
    } finally {
      vitals[VITALS.turn] = (vitals[VITALS.turn] as number) + 1
      this.#forget()
      this.#turnComes = false
      this.#kernel.counting.worked()
      if (this.#next < this.#ready.length) this.#callTurn()
      if (this.#left < this.#budget) this.#renew()
      else this.#until = 0
    }
  }

  #run(now: number): void {
    const { clock } = this.#kernel.platform
    if (this.#until === 0) this.#until = now + TURN_MS
    else if (now >= this.#until) this.#left = 0
    let look = LOOK_EVERY
    while (this.#left > 0) {
      const cell = this.#ready[this.#next]
      if (cell === undefined) return
      this.#next++
      cell.queued = false
      let quantum = Math.min(QUANTUM, this.#left)
      while (quantum > 0 && step(cell)) {
        quantum--
        this.#left--
        if (--look > 0) continue
        look = LOOK_EVERY
        if (clock.now() < this.#until) continue
        this.#left = 0
        quantum = 0
      }
      if (quantum === 0 && !cell.queued) {
        cell.queued = true
        this.#ready.push(cell)
      }
    }
  }

  /** Drops the part of the queue that is behind us. */
  #forget(): void {
    if (this.#next === this.#ready.length) {
      this.#ready.length = 0
      this.#next = 0
    } else if (this.#next > 1024) {
      this.#ready = this.#ready.slice(this.#next)
      this.#next = 0
    }
  }
}
