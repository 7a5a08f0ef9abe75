import type { ManualClock } from './manual-clock.ts'

/** The turns of this event loop that a test's nodes and connections asked for; so a test can wait until nothing happens any more. */
export class EventLoop {
  readonly clock: ManualClock
  #pending = 0

  constructor(clock: ManualClock) {
    this.clock = clock
  }

  #counted(turn: () => void): () => void {
    this.#pending++
    return () => {
      this.#pending--
      turn()
    }
  }

  readonly soon = (turn: () => void): void => queueMicrotask(this.#counted(turn))

  readonly later = (turn: () => void): void => {
    setImmediate(this.#counted(turn))
  }

  /** Until nothing happens any more; timers that are due now have fired. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise((resume) => setImmediate(resume))
      if (this.#pending > 0 || this.clock.fireOne(this.clock.now())) quiet = -1
    }
  }

  /** Lets time pass: timers fire one by one, and what each causes happens before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms
    await this.settled()
    while (this.clock.fireOne(end)) await this.settled()
    this.clock.moveTo(end)
    await this.settled()
  }
}
