import { sharedNow, sharedOffsetMs } from '../nodejs/shared-now.ts'
import { VITALS } from './vitals-slots.ts'

/** Words behind core's `VITALS` in the same shared memory, written by a node's thread and read by whoever watches it. */
const SLOTS = {
  /** What to add to times by the thread's own clock, see {@link sharedNow}. */
  clockOffset: VITALS.length,
  /** Number of the last ping that the event loop answered. */
  pong: VITALS.length + 1,
  /** 1 while a debugger can be attached to the OS process. */
  inspected: VITALS.length + 2,
  /** Bytes of V8 heap in use at the last pong. */
  heapBytes: VITALS.length + 3,
  /** Serial of the actor that called `process.exit`, plus 1. */
  leaver: VITALS.length + 4,
  /** Modules of actors that are being loaded. */
  loading: VITALS.length + 5,
  /** When it answered that ping. */
  pongAt: VITALS.length + 6,
  /** When a module was last done loading. */
  loadedAt: VITALS.length + 7,
  /** Milliseconds that its thread has waited so far for room for what it prints. */
  waitedMs: VITALS.length + 8,
  /** When it began to wait; 0 while it does not. */
  waitingAt: VITALS.length + 9,
  length: VITALS.length + 10,
} as const

/** What a node's thread shows of itself without being asked. */
export class Vitals {
  readonly memory: SharedArrayBuffer
  readonly #words: Float64Array

  constructor(memory = new SharedArrayBuffer(SLOTS.length * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#words = new Float64Array(memory)
  }

  /** The words that core writes. */
  get ofCore(): Float64Array {
    return this.#words.subarray(0, VITALS.length)
  }

  /** Counts turns; odd while one runs. */
  get turn(): number {
    return this.#read(VITALS.turn)
  }
  /** When the latest turn of the run queue began, see {@link sharedNow}. */
  get turnAt(): number {
    return this.#read(VITALS.turnAt) + this.#read(SLOTS.clockOffset)
  }
  /** Says that they are of this thread: times that core writes are by its clock. */
  claim(): void {
    this.#words[SLOTS.clockOffset] = sharedOffsetMs
  }
  get pong(): number {
    return this.#read(SLOTS.pong)
  }
  get pongAt(): number {
    return this.#read(SLOTS.pongAt)
  }
  /** The event loop turns, and answers a ping. */
  answer(ping: number): void {
    this.#words[SLOTS.pongAt] = sharedNow()
    this.#words[SLOTS.pong] = ping
  }
  get inspected(): boolean {
    return this.#read(SLOTS.inspected) === 1
  }
  set inspected(value: boolean) {
    this.#words[SLOTS.inspected] = value ? 1 : 0
  }
  get heapBytes(): number {
    return this.#read(SLOTS.heapBytes)
  }
  set heapBytes(bytes: number) {
    this.#words[SLOTS.heapBytes] = bytes
  }
  get isLoading(): boolean {
    return this.#read(SLOTS.loading) > 0
  }
  /** Counts a module that is being loaded for as long as `load` takes. */
  async whileLoading(load: () => Promise<void>): Promise<void> {
    this.#words[SLOTS.loading] = this.#read(SLOTS.loading) + 1
    try {
      await load()
    } finally {
      this.#words[SLOTS.loadedAt] = sharedNow()
      this.#words[SLOTS.loading] = this.#read(SLOTS.loading) - 1
    }
  }
  get loadedAt(): number {
    return this.#read(SLOTS.loadedAt)
  }
  /** Counts the time that `wait` takes as no time of the thread's own. */
  whileWaiting<T>(wait: () => T): T {
    const begunAt = sharedNow()
    this.#words[SLOTS.waitingAt] = begunAt
    try {
      return wait()
    } finally {
      this.#words[SLOTS.waitingAt] = 0 // first: whoever reads in between sees too little, not too much
      this.#words[SLOTS.waitedMs] = this.#read(SLOTS.waitedMs) + sharedNow() - begunAt
    }
  }
  /** Milliseconds that the thread has waited for room for what it prints, up to now. */
  get waitedMs(): number {
    const waitingAt = this.#read(SLOTS.waitingAt)
    return this.#read(SLOTS.waitedMs) + (waitingAt === 0 ? 0 : Math.max(0, sharedNow() - waitingAt))
  }
  get alive(): number {
    return this.#read(VITALS.alive)
  }
  /** Number of the handler that ran last. */
  get handler(): number {
    return this.#read(VITALS.handler)
  }
  /** Serial of the actor that ran `process.exit`, if one did. */
  get leaver(): number | undefined {
    const serial = this.#read(SLOTS.leaver) - 1
    return serial < 0 ? undefined : serial
  }
  set leaver(serial: number | undefined) {
    this.#words[SLOTS.leaver] = serial === undefined ? 0 : serial + 1
  }
  /** Serial of the node's only actor. */
  get sole(): number | undefined {
    return this.alive === 1 ? this.#read(VITALS.sole) : undefined
  }
  /** Serial of the actor to blame when this node took itself down: its only one, or the one whose handler runs now. */
  get culprit(): number | undefined {
    return this.sole ?? (this.turn % 2 === 1 ? this.#lastActor : undefined)
  }
  /** The same for a loop that never turns: a handler that awaits in a circle runs on after its turn. */
  get looper(): number | undefined {
    return this.sole ?? (this.hasGoneOn ? undefined : this.#lastActor)
  }
  /** Whether the event loop has gone on since the last turn, so that whoever blocks it now need not be who ran last. */
  get hasGoneOn(): boolean {
    return this.turn % 2 === 0 && this.#read(VITALS.settled) === this.turn
  }

  get #lastActor(): number | undefined {
    const serial = this.#read(VITALS.actor)
    return serial > 0 ? serial : undefined
  }

  #read(slot: number): number {
    return this.#words[slot] as number
  }
}
