import { closingMark } from './carrier.ts'
import type { Deliver, Incoming, Progress } from './carrier.ts'
import { counter, countersOf, lower } from './lane.ts'
import type { Parcel } from './parcel.ts'

type Arrival = Uint8Array | Parcel | typeof closingMark

/** Takes posted batches apart. */
export class PortIncoming implements Incoming {
  readonly #counters: Int32Array
  readonly #ring: () => void
  #arrivals: Arrival[] = []
  /** The batch that is being read, and how far. */
  #batch: Uint8Array | undefined
  #at = 0

  /** `ring` wakes the writer. */
  constructor(memory: SharedArrayBuffer, ring: () => void) {
    this.#counters = countersOf(memory)
    this.#ring = ring
  }

  arrive(message: unknown): void {
    this.#arrivals.push(message as Arrival)
  }

  read(deliver: Deliver): Progress {
    const arrivals = this.#arrivals
    this.#arrivals = []
    let next = 0
    try {
      if (this.#batch) {
        const progress = this.#readBatch(this.#batch, deliver)
        if (progress) return progress
      }
      while (next < arrivals.length) {
        const progress = this.#take(arrivals[next++]!, deliver)
        if (progress) return progress
      }
      return 'empty'
    } finally {
      if (next < arrivals.length) this.#arrivals = [...arrivals.slice(next), ...this.#arrivals]
    }
  }

  #take(arrival: Arrival, deliver: Deliver): Progress | undefined {
    if (arrival === closingMark) return 'closing'
    if (arrival instanceof Uint8Array) {
      this.#batch = arrival
      this.#at = 0
      return this.#readBatch(arrival, deliver)
    }
    const { frame, beside, weight } = arrival
    const goOn = deliver(frame, 0, frame.length, beside)
    this.#release(weight)
    return goOn ? undefined : 'stopped'
  }

  #readBatch(batch: Uint8Array, deliver: Deliver): Progress | undefined {
    while (this.#at < batch.length) {
      const at = this.#at
      const length = batch[at]! | (batch[at + 1]! << 8) | (batch[at + 2]! << 16) | (batch[at + 3]! << 24)
      const end = at + 4 + length
      if (!(length >= 0 && end <= batch.length)) return 'corrupt'
      this.#at = end
      if (!deliver(batch, at + 4, end, undefined)) return 'stopped'
    }
    this.#batch = undefined
    this.#release(batch.length)
    return undefined
  }

  #release(bytes: number): void {
    const taken = Atomics.add(this.#counters, counter.taken, bytes) + bytes
    const isEnough = ((taken - Atomics.load(this.#counters, counter.wakeAt)) | 0) >= 0
    if (isEnough && lower(this.#counters, counter.waiting)) this.#ring()
  }
}
