import { url as inspectorUrl } from 'node:inspector'
import { getHeapStatistics } from 'node:v8'
import { isMainThread } from 'node:worker_threads'
import type { Vitals } from './vitals.ts'

/** Shows the warden that this event loop turns, and what only this thread can know. */
export class LoopResponder {
  readonly #vitals: Vitals

  constructor(vitals: Vitals) {
    this.#vitals = vitals
  }

  answer(ping: number): void {
    this.#vitals.inspected = isMainThread && inspectorUrl() !== undefined
    this.#vitals.heapBytes = getHeapStatistics().used_heap_size // process.memoryUsage() opens a file, and throws when none can be opened
    this.#vitals.answer(ping)
  }
}
