import { sharedNow } from '../nodejs/shared-now.ts'
import type { WatchedVitals } from '../warden/node-watch.ts'

/** Number of the last ping that was answered, when, and whether a debugger can be attached. */
const SLOTS = { pong: 0, pongAt: 1, inspected: 2, length: 3 } as const

/** What an event loop shows of itself in shared memory: less than a node does, as no actor is known here. */
export class LoopSigns implements WatchedVitals {
  readonly memory: SharedArrayBuffer
  readonly turn = 0
  readonly turnAt = 0
  readonly loadedAt = 0
  readonly isLoading = false
  readonly handler = 0
  readonly #words: Float64Array

  constructor(memory = new SharedArrayBuffer(SLOTS.length * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#words = new Float64Array(memory)
  }

  get pong(): number {
    return this.#words[SLOTS.pong] as number
  }
  get pongAt(): number {
    return this.#words[SLOTS.pongAt] as number
  }
  /** The event loop turns, and answers a ping. */
  answer(ping: number): void {
    this.#words[SLOTS.pongAt] = sharedNow()
    this.#words[SLOTS.pong] = ping
  }
  get inspected(): boolean {
    return this.#words[SLOTS.inspected] === 1
  }
  set inspected(value: boolean) {
    this.#words[SLOTS.inspected] = value ? 1 : 0
  }
}
