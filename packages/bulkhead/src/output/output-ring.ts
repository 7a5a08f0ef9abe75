/** Which of the two streams of a node a piece of output belongs to. */
export type OutputStream = 'stdout' | 'stderr'

/**
 * Bytes that a thread wrote to stdout and stderr, in shared memory that outlives it: one writer, one reader, nothing is lost however the
 * thread ends. Each record is `[stream, length, bytes]`.
 */
const HEADER = { written: 0, read: 1, lost: 2, length: 4 } as const
const headBytes = 5
const ringBytesDefault = 64 * 1024

/** How long a writer waits for room. The reader is a thread that never blocks for long, so this ends output only when it is gone. */
const roomWaitMs = 500

class OutputRing {
  readonly memory: SharedArrayBuffer
  protected readonly header: Int32Array
  protected readonly bytes: Uint8Array

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.header = new Int32Array(memory, 0, HEADER.length)
    this.bytes = new Uint8Array(memory, HEADER.length * 4)
  }

  protected at(position: number): number {
    return (position >>> 0) % this.bytes.length
  }
}

/** The thread's side. */
export class OutputWriter extends OutputRing {
  readonly #ring: () => void

  /** `doorbell` is called when there is something to read. */
  constructor(memory: SharedArrayBuffer, doorbell: () => void) {
    super(memory)
    this.#ring = doorbell
  }

  write(stream: OutputStream, text: Uint8Array): void {
    const pieceMax = this.bytes.length / 4
    for (let start = 0; start < text.length; start += pieceMax)
      this.#writePiece(stream, text.subarray(start, start + pieceMax))
  }

  #writePiece(stream: OutputStream, piece: Uint8Array): void {
    const needed = headBytes + piece.length
    const written = this.header[HEADER.written] as number
    if (!this.#waitForRoom(needed, written)) {
      Atomics.add(this.header, HEADER.lost, 1)
      return
    }
    const length = piece.length
    const head = [stream === 'stdout' ? 1 : 2, length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24]
    head.forEach((byte, index) => (this.bytes[this.at(written + index)] = byte))
    const from = this.at(written + headBytes)
    const first = Math.min(length, this.bytes.length - from)
    this.bytes.set(piece.subarray(0, first), from)
    this.bytes.set(piece.subarray(first), 0)
    const wasEmpty = Atomics.load(this.header, HEADER.read) === written
    Atomics.store(this.header, HEADER.written, (written + needed) | 0)
    if (wasEmpty) this.#ring()
  }

  #waitForRoom(needed: number, written: number): boolean {
    const until = performance.now() + roomWaitMs
    for (;;) {
      const read = Atomics.load(this.header, HEADER.read)
      if (((written - read) >>> 0) + needed <= this.bytes.length) return true
      if (performance.now() > until) return false
      this.#ring()
      Atomics.wait(this.header, HEADER.read, read, 50)
    }
  }
}

/** The side that prints. */
export class OutputReader extends OutputRing {
  constructor(memory = new SharedArrayBuffer(HEADER.length * 4 + ringBytesDefault)) {
    super(memory)
  }

  /** Hands over everything that was written since, in order. */
  drain(take: (stream: OutputStream, text: Uint8Array) => void): void {
    for (;;) {
      const read = this.header[HEADER.read] as number
      if (read === Atomics.load(this.header, HEADER.written)) return
      const byte = (index: number): number => this.bytes[this.at(read + index)] as number
      const length = byte(1) | (byte(2) << 8) | (byte(3) << 16) | (byte(4) << 24)
      const piece = new Uint8Array(length)
      const from = this.at(read + headBytes)
      const first = Math.min(length, this.bytes.length - from)
      piece.set(this.bytes.subarray(from, from + first))
      piece.set(this.bytes.subarray(0, length - first), first)
      const stream = byte(0) === 1 ? 'stdout' : 'stderr'
      Atomics.store(this.header, HEADER.read, (read + headBytes + length) | 0)
      Atomics.notify(this.header, HEADER.read)
      take(stream, piece)
    }
  }

  /** Pieces that found no room. */
  get lost(): number {
    return Atomics.load(this.header, HEADER.lost)
  }
}
