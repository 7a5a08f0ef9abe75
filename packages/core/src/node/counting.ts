import type { Kernel } from './kernel.ts'
import { counters } from './snapshot.ts'

/** Milliseconds between two reports of a node that is at work. */
const EVERY_MS = 1_000

/** Reports what a node counts, while it works and somebody listens: an idle node says nothing, and sets no timer. */
export class Counting {
  readonly #kernel: Kernel
  #comes = false

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** The node has worked for a turn: its counts are due, within a second. */
  worked(): void {
    if (this.#comes || this.#kernel.platform.telemetry?.counted === undefined) return
    this.#comes = true
    this.#kernel.timers.set(EVERY_MS, this.#report)
  }

  readonly #report = (): void => {
    this.#comes = false
    const kernel = this.#kernel
    kernel.platform.telemetry?.counted?.({ node: kernel.id, actors: kernel.cells.size - 1, ...counters(kernel) })
  }
}
