import { closingMark } from './carrier.ts'
import type { Deliver, Incoming, Progress } from './carrier.ts'
import { counter, countersOf, lower } from './lane.ts'
import type { Parcel } from './parcel.ts'

type Arrival = Uint8Array | Parcel | typeof closingMark

/** Takes posted batches apart. */
export class PortIncoming implements Incoming {
  readonly #counters: Int32Array
  readonly #ring: () => void
  readonly #arrivals: Arrival[] = []

  /** `ring` wakes the writer. */
  constructor(memory: SharedArrayBuffer, ring: () => void) {
    this.#counters = countersOf(memory)
    this.#ring = ring
  }

  arrive(message: unknown): void {
    this.#arrivals.push(message as Arrival)
  }

  read(deliver: Deliver): Progress {
    for (const arrival of this.#arrivals.splice(0)) {
      const progress = this.#take(arrival, deliver)
      if (progress !== undefined) return progress
    }
    return 'empty'
  }

  /** Whatever comes wakes by itself. */
  sleep(): boolean {
    return true
  }

  #take(arrival: Arrival, deliver: Deliver): Progress | undefined {
    if (arrival === closingMark) return 'closing'
    if (arrival instanceof Uint8Array) return this.#takeBatch(arrival, deliver)
    const { frame, beside, weight } = arrival
    const goOn = deliver(frame, 0, frame.length, beside, true)
    this.#release(weight)
    return goOn ? undefined : 'stopped'
  }

  #takeBatch(batch: Uint8Array, deliver: Deliver): Progress | undefined {
    let at = 0
    while (at < batch.length) {
      const length = batch[at]! | (batch[at + 1]! << 8) | (batch[at + 2]! << 16) | (batch[at + 3]! << 24)
      const end = at + 4 + length
      if (!(length >= 0 && end <= batch.length)) return 'corrupt'
      if (!deliver(batch, at + 4, end, undefined, false)) return 'stopped'
      at = end
    }
    this.#release(batch.length)
    return undefined
  }

  #release(bytes: number): void {
    const taken = Atomics.add(this.#counters, counter.taken, bytes) + bytes
    const isEnough = ((taken - Atomics.load(this.#counters, counter.wakeAt)) | 0) >= 0
    if (isEnough && lower(this.#counters, counter.waiting)) this.#ring()
  }
}
