import type { Deliver, Incoming, Progress } from './carrier.ts'
import { counter, countersOf, lower, raise, ringOf } from './lane.ts'
import type { Ring } from './lane.ts'
import type { Parcel } from './parcel.ts'
import { frameBytesMax, mark, recordBytes } from './ring-format.ts'

/** The writer is told of free room after this share of the ring, and when the ring is empty. */
const releaseShare = 1 / 4

/** The reading side of a ring: it delivers frames where they lie, and gives their room back afterwards. */
export class RingIncoming implements Incoming {
  readonly #counters: Int32Array
  readonly #ring: Ring
  readonly #ringBytes: number
  readonly #wakeWriter: () => void
  readonly #parcels: Parcel[] = []
  #at = 0
  #released = 0

  constructor(memory: SharedArrayBuffer, ringBytes: number, wakeWriter: () => void) {
    this.#counters = countersOf(memory)
    this.#ring = ringOf(memory, ringBytes)
    this.#ringBytes = ringBytes
    this.#wakeWriter = wakeWriter
    this.#at = this.#released = Atomics.load(this.#counters, counter.read)
  }

  arrive(message: unknown): void {
    this.#parcels.push(message as Parcel)
  }

  /** Delivers what was there when it began, and no more, so that a writer who never stops does not keep this thread from its other work. */
  read(deliver: Deliver): Progress {
    const written = Atomics.load(this.#counters, counter.written)
    let progress: Progress | undefined
    while (this.#at !== written && progress === undefined) {
      progress = this.#take(deliver)
      if (((this.#at - this.#released) | 0) >= this.#ringBytes * releaseShare) this.#release()
    }
    this.#release()
    return progress ?? (Atomics.load(this.#counters, counter.written) === this.#at ? 'empty' : 'more')
  }

  /** First the wish for a doorbell, then one more look: the writer publishes first, and looks for the wish afterwards. */
  sleep(): boolean {
    raise(this.#counters, counter.asleep)
    if (Atomics.load(this.#counters, counter.written) === this.#at) return true
    lower(this.#counters, counter.asleep)
    return false
  }

  #take(deliver: Deliver): Progress | undefined {
    const offset = this.#at & (this.#ringBytes - 1)
    const header = this.#ring.words[offset >> 2]!
    if (header < 0) return this.#takeMark(header, offset, deliver)
    const end = offset + 4 + header
    if (header > frameBytesMax(this.#ringBytes) || end > this.#ringBytes) return 'corrupt'
    this.#at = (this.#at + recordBytes(header)) | 0
    return deliver(this.#ring.bytes, offset + 4, end, undefined, false) ? undefined : 'stopped'
  }

  #takeMark(header: number, offset: number, deliver: Deliver): Progress | undefined {
    switch (header) {
      case mark.skip:
        this.#at = (this.#at + this.#ringBytes - offset) | 0
        return undefined
      case mark.slot:
        return this.#takeParcel(deliver)
      case mark.closing:
        this.#at = (this.#at + 4) | 0
        return 'closing'
      default:
        return 'corrupt'
    }
  }

  #takeParcel(deliver: Deliver): Progress | undefined {
    const parcel = this.#parcels.shift()
    if (!parcel) return 'missing'
    const { frame, beside, weight } = parcel
    this.#at = (this.#at + 4) | 0
    const goOn = deliver(frame, 0, frame.length, beside, true)
    Atomics.add(this.#counters, counter.taken, weight)
    return goOn ? undefined : 'stopped'
  }

  #release(): void {
    if (this.#released !== this.#at) {
      this.#released = this.#at
      Atomics.store(this.#counters, counter.read, this.#at)
    }
    const used = (Atomics.load(this.#counters, counter.written) - this.#at) | 0
    if (used <= this.#ringBytes / 2 && lower(this.#counters, counter.waiting)) this.#wakeWriter()
  }
}
