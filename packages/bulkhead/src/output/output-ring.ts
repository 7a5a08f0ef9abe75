/** Which of the two streams of a node a piece of output belongs to. */
export type OutputStream = 'stdout' | 'stderr'

/**
 * Bytes that a thread wrote to stdout and stderr, in shared memory that outlives it: one writer, one reader, nothing that was written is lost
 * however the thread ends. Each record is `[kind, length, bytes]`; a record of the third kind says on whose behalf the following are written.
 */
const HEADER = { written: 0, read: 1, lost: { stdout: 2, stderr: 3 }, length: 4 } as const
const KIND = { stdout: 1, stderr: 2, speaker: 3 } as const
const headBytes = 5
const ringBytesDefault = 64 * 1024

/** How long a writer waits for room while the reader takes nothing. Then what it writes is lost until the reader has caught up. */
const roomWaitMs = 2_000

/** Longer paths are cut. */
const speakerBytesMax = 1_024

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

export interface OutputWriterOptions {
  /** Called when there is something to read. */
  readonly doorbell: () => void
  /** Runs what waits for the reader. */
  readonly wait?: <T>(until: () => T) => T
}

/** The thread's side. */
export class OutputWriter extends OutputRing {
  readonly #ring: () => void
  readonly #wait: <T>(until: () => T) => T
  #speaker = ''
  #isLosing = false

  constructor(memory: SharedArrayBuffer, { doorbell, wait = (until) => until() }: OutputWriterOptions) {
    super(memory)
    this.#ring = doorbell
    this.#wait = wait
  }

  /** `speaker` is the path of the actor on whose behalf it is written, or nothing. */
  write(stream: OutputStream, text: Uint8Array, speaker = ''): void {
    const pieceMax = this.bytes.length / 4
    for (let start = 0; start < text.length; start += pieceMax)
      this.#writePiece(stream, text.subarray(start, start + pieceMax), speaker)
  }

  #writePiece(stream: OutputStream, piece: Uint8Array, speaker: string): void {
    const name = speaker === this.#speaker ? undefined : Buffer.from(speaker).subarray(0, speakerBytesMax)
    const needed = headBytes + piece.length + (name === undefined ? 0 : headBytes + name.length)
    if (!this.#hasRoom(needed)) {
      Atomics.add(this.header, HEADER.lost[stream], linesIn(piece))
      return
    }
    const written = this.header[HEADER.written] as number
    if (name === undefined) this.#put(written, KIND[stream], piece)
    else this.#put(this.#put(written, KIND.speaker, name), KIND[stream], piece)
    this.#speaker = speaker
    const wasEmpty = Atomics.load(this.header, HEADER.read) === written
    Atomics.store(this.header, HEADER.written, (written + needed) | 0)
    if (wasEmpty) this.#ring()
  }

  /** Returns the position behind it. */
  #put(position: number, kind: number, piece: Uint8Array): number {
    const { length } = piece
    this.bytes[this.at(position)] = kind
    for (let index = 1; index < headBytes; index++) this.bytes[this.at(position + index)] = length >>> ((index - 1) * 8)
    const from = this.at(position + headBytes)
    const first = Math.min(length, this.bytes.length - from)
    this.bytes.set(piece.subarray(0, first), from)
    this.bytes.set(piece.subarray(first), 0)
    return position + headBytes + length
  }

  #hasRoom(needed: number): boolean {
    if (this.#isLosing) return !(this.#isLosing = this.#used > 0)
    if (this.#used + needed <= this.bytes.length) return true
    const isThere = this.#wait(() => this.#waitForRoom(needed))
    this.#isLosing = !isThere
    return isThere
  }

  #waitForRoom(needed: number): boolean {
    let seen = Atomics.load(this.header, HEADER.read)
    let until = performance.now() + roomWaitMs
    for (;;) {
      const read = Atomics.load(this.header, HEADER.read)
      if (this.#used + needed <= this.bytes.length) return true
      if (read !== seen) until = performance.now() + roomWaitMs
      if (performance.now() > until) return false
      seen = read
      this.#ring()
      Atomics.wait(this.header, HEADER.read, read, 50)
    }
  }

  get #used(): number {
    return ((this.header[HEADER.written] as number) - Atomics.load(this.header, HEADER.read)) >>> 0
  }
}

/** The side that prints. */
export class OutputReader extends OutputRing {
  #speaker: string | undefined

  constructor(memory = new SharedArrayBuffer(HEADER.length * 4 + ringBytesDefault)) {
    super(memory)
  }

  /**
   * Hands over what was written since, in order, for as long as `take` returns true, but not what is written meanwhile. `speaker` is the path
   * of the actor on whose behalf it was written, where there was one. Returns whether there is more.
   */
  drain(take: (stream: OutputStream, text: Uint8Array, speaker: string | undefined) => boolean): boolean {
    const end = Atomics.load(this.header, HEADER.written)
    let wantsMore = true
    while (wantsMore && this.header[HEADER.read] !== end) {
      const read = this.header[HEADER.read] as number
      const kind = this.#byte(read)
      const piece = this.#piece(read)
      Atomics.store(this.header, HEADER.read, (read + headBytes + piece.length) | 0)
      Atomics.notify(this.header, HEADER.read)
      if (kind === KIND.speaker) this.#speaker = Buffer.from(piece).toString() || undefined
      else wantsMore = take(kind === KIND.stdout ? 'stdout' : 'stderr', piece, this.#speaker)
    }
    return this.header[HEADER.read] !== Atomics.load(this.header, HEADER.written)
  }

  /** Lines that found no room since this was asked last. */
  takeLost(stream: OutputStream): number {
    return Atomics.exchange(this.header, HEADER.lost[stream], 0)
  }

  #byte(position: number): number {
    return this.bytes[this.at(position)] as number
  }

  #piece(record: number): Uint8Array {
    let length = 0
    for (let index = 1; index < headBytes; index++) length |= this.#byte(record + index) << ((index - 1) * 8)
    const piece = new Uint8Array(length)
    const from = this.at(record + headBytes)
    const first = Math.min(length, this.bytes.length - from)
    piece.set(this.bytes.subarray(from, from + first))
    piece.set(this.bytes.subarray(0, length - first), first)
    return piece
  }
}

/** At least 1, so that no loss is passed over. */
function linesIn(piece: Uint8Array): number {
  let lines = 0
  for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++
  return Math.max(1, lines)
}
