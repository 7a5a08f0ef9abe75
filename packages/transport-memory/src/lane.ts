import type { Beside } from '@bulkhead/core/transport'
import type { Stored } from './segments.ts'

/** What travels in one direction: a frame, the closing mark of an orderly close, or the news that the sending side is gone. */
export type Item =
  | { readonly kind: 'frame'; readonly stored: Stored; readonly beside: Beside | undefined }
  | { readonly kind: 'closing' }
  | { readonly kind: 'lost'; readonly detail: string }

/** How many taken items may stand in front of those in flight. */
const compactAfter = 4096

/** One direction of a link: what was sent and has not arrived, in order. */
export class Lane {
  #items: Item[] = []
  /** Where the oldest item in flight stands. */
  #oldest = 0
  /** Deliveries that were due before anybody received. */
  #owed = 0
  /** Bytes of the frames in flight. */
  bytes = 0
  readonly #arrive: (item: Item) => void
  readonly #schedule: (deliver: () => void) => void
  #open = false

  /** `arrive` takes each item, in order; `schedule` runs each delivery when it likes. */
  constructor(arrive: (item: Item) => void, schedule: (deliver: () => void) => void) {
    this.#arrive = arrive
    this.#schedule = schedule
  }

  /** How many frames are in flight. */
  get frames(): number {
    return this.#items.slice(this.#oldest).filter((item) => item.kind === 'frame').length
  }

  put(item: Item): void {
    this.#items.push(item)
    if (item.kind === 'frame') this.bytes += sizeOf(item)
    this.#schedule(() => this.#step())
  }

  /** From now on there is somebody to deliver to. */
  open(): void {
    this.#open = true
    for (; this.#owed > 0; this.#owed -= 1) this.#schedule(() => this.#step())
  }

  /** Drops all but the first `kept` frames in flight. */
  truncate(kept: number): void {
    this.#items = this.#items.slice(this.#oldest).slice(0, Math.max(0, kept))
    this.#oldest = 0
    this.bytes = this.#items.reduce((sum, item) => sum + sizeOf(item), 0)
  }

  /** Each delivery takes the oldest item, so the order is kept whatever order the deliveries run in. */
  #step(): void {
    if (!this.#open) {
      this.#owed += 1
      return
    }
    const item = this.#takeOldest()
    if (!item) return
    this.bytes -= sizeOf(item)
    this.#arrive(item)
  }

  #takeOldest(): Item | undefined {
    const item = this.#items[this.#oldest]
    this.#oldest += 1
    if (this.#oldest >= this.#items.length || this.#oldest === compactAfter) {
      this.#items = this.#items.slice(this.#oldest)
      this.#oldest = 0
    }
    return item
  }
}

function sizeOf(item: Item): number {
  return item.kind === 'frame' ? item.stored.end - item.stored.start : 0
}
