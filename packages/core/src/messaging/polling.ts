/** Milliseconds after an arrival for which looking again can be better than sleeping: waking a sleeping thread costs about as much. */
const windowMs = 0.05

/** Arrivals at most that are slept through before polling is tried again. */
const restMax = 256

/**
 * Decides whether a reader that found nothing looks again in the next turn of its event loop, or sleeps until it is woken. A reply that
 * comes soon is had sooner by looking, and its sender need not wake anybody; but looking in vain takes the CPU from others. So it is done
 * for a short while after an arrival, and the more often it was in vain, the more seldom. Times are milliseconds of one clock.
 */
export class Polling {
  #until = 0
  #isPolling = false
  /** Arrivals that are still slept through, and how many it will be after the next vain attempt. */
  #rest = 0
  #restNext = 1

  /** Something came. */
  arrived(now: number): void {
    this.#until = now + windowMs
    if (this.#isPolling) this.#restNext = 1
    else if (this.#rest > 0) this.#rest--
  }

  /** Nothing is there: whether to look again, rather than to sleep. */
  looksAgain(now: number): boolean {
    if (this.#rest > 0) return false
    if (now < this.#until) return (this.#isPolling = true)
    if (this.#isPolling) {
      this.#isPolling = false
      this.#rest = this.#restNext
      this.#restNext = Math.min(restMax, this.#restNext * 2)
    }
    return false
  }
}
