import type { MessagePort } from 'node:worker_threads'
import type { Beside, Connection, Ending, Receiver } from '@bulkhead/core/transport'

/** The frames of one turn in one piece of memory, where each ends, and what travels beside the last of them. */
interface Batch {
  readonly bytes: Uint8Array
  readonly ends: readonly number[]
  readonly beside: Beside | undefined
}

/** All that goes over the port: frames, word of how many bytes were taken, and the mark behind the last frame. */
type Packet = Batch | { readonly taken: number } | 'closing'

const highWaterBytes = 1024 * 1024

/** A connection over a plain MessagePort: as short as the laws allow. docs/writing-a-transport.md walks through it. */
export class ToyConnection implements Connection {
  readonly shares = true
  readonly #port: MessagePort
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  #postedBytes = 0
  /** Batches that nobody has received yet. */
  #held: Packet[] = []
  #receiver: Receiver | undefined
  #ending: Ending | undefined
  #isClosing = false
  #isLost = false
  #isBlocked = false

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (packet: Packet) => this.#take(packet))
    port.on('close', () => this.#lose())
    port.unref()
  }

  get pendingBytes(): number {
    return this.#ending ? 0 : this.#gatheredBytes + this.#postedBytes
  }

  send(head: Uint8Array, segment = new Uint8Array(0), start = 0, end = segment.length, beside?: Beside): boolean {
    if (this.#ending || this.#isClosing) return false
    if (this.#gathered.length === 0) process.nextTick(() => this.#flush())
    const frame = new Uint8Array(head.length + end - start)
    frame.set(head)
    frame.set(segment.subarray(start, end), head.length)
    this.#gathered.push(frame)
    this.#gatheredBytes += frame.length
    if (beside?.length) this.#flush(beside)
    if (this.pendingBytes <= highWaterBytes) return true
    this.#isBlocked = true
    return false
  }

  flush(): void {
    this.#flush()
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver
    process.nextTick(() => {
      for (const packet of this.#held.splice(0)) this.#take(packet)
      this.#makeRoom(0)
      if (this.#isLost) this.#lose()
    })
  }

  close(): void {
    if (this.#ending || this.#isClosing) return
    this.#flush()
    this.#isClosing = true
    this.#port.postMessage('closing' satisfies Packet)
  }

  cut(): void {
    if (this.#ending) return
    this.#ending = { how: 'cut' }
    this.#port.close()
    process.nextTick(() => this.#receiver?.closed({ how: 'cut' }))
  }

  #flush(beside?: Beside): void {
    if (this.#gathered.length === 0 || this.#ending || this.#isClosing) return
    let end = 0
    const ends = this.#gathered.map(({ length }) => (end += length))
    const bytes = new Uint8Array(end)
    for (const [at, frame] of this.#gathered.entries()) bytes.set(frame, ends[at]! - frame.length)
    const moved = (beside ?? []).filter((item) => item instanceof ArrayBuffer)
    this.#port.postMessage({ bytes, ends, beside } satisfies Packet, [bytes.buffer, ...moved])
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#postedBytes += end
  }

  #take(packet: Packet): void {
    if (this.#ending) return
    if (typeof packet === 'object' && 'taken' in packet) this.#makeRoom(packet.taken)
    else if (!this.#receiver) this.#held.push(packet)
    else if (packet === 'closing') this.#endInOrder()
    else this.#deliver(this.#receiver, packet)
  }

  #deliver(receiver: Receiver, { bytes, ends, beside }: Batch): void {
    for (const [at, end] of ends.entries()) {
      if (this.#ending) return
      const isLast = at === ends.length - 1
      receiver.frame(bytes, at === 0 ? 0 : ends[at - 1]!, end, isLast ? beside : undefined)
    }
    this.#port.postMessage({ taken: bytes.length } satisfies Packet)
  }

  #makeRoom(taken: number): void {
    this.#postedBytes -= taken
    if (!this.#isBlocked || !this.#receiver || this.#ending || this.pendingBytes > highWaterBytes / 2) return
    this.#isBlocked = false
    this.#receiver.drained()
  }

  /** The other side's mark: ours goes behind what we sent, and that is the end of both. */
  #endInOrder(): void {
    this.close()
    this.#end({ how: 'closed' })
  }

  /** The port is closed: all that was posted has come. */
  #lose(): void {
    this.#isLost = true
    if (this.#receiver) this.#end({ how: 'lost', detail: 'the port was closed' })
  }

  #end(ending: Ending): void {
    if (this.#ending) return
    this.#ending = ending
    this.#port.close()
    this.#receiver?.closed(ending)
  }
}
