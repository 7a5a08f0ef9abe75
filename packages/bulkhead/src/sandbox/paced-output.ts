import type { Outlets } from '../output/outlet.ts'
import type { OutputStream } from '../output/output-ring.ts'
import type { TaggedOutput } from '../output/tagged-output.ts'

/** Milliseconds of one window: so long whoever prints too much is not read. */
const windowMs = 100

/** Bytes that are read in a window to be dropped, before the rest has to wait. */
const droppedMax = 4 * 1024 * 1024

interface Stream {
  pause(): unknown
  resume(): unknown
}

/**
 * What an untrusted node prints: as much as it may, and only while the program's own reader keeps up. The rest is dropped and its lines are counted, and whoever
 * prints far too much waits, so that reading it costs little.
 */
export class PacedOutput {
  readonly #output: TaggedOutput
  readonly #outlets: Outlets
  readonly #bytesPerWindow: number
  readonly #streams: Readonly<Record<OutputStream, Stream>>
  #taken = 0
  #dropped = 0
  #windowEnd = 0
  #pausedAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  /** Milliseconds that it had to wait so far. */
  #waitedMs = 0

  constructor(
    output: TaggedOutput,
    outlets: Outlets,
    bytesPerSecond: number,
    streams: Readonly<Record<OutputStream, Stream>>,
  ) {
    this.#output = output
    this.#outlets = outlets
    this.#bytesPerWindow = (bytesPerSecond * windowMs) / 1_000
    this.#streams = streams
  }

  /** Up to now. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#pausedAt === undefined ? 0 : performance.now() - this.#pausedAt)
  }

  take(stream: OutputStream, text: Uint8Array): void {
    const now = performance.now()
    this.#renew(now)
    const room = this.#outlets[stream].isBehind ? 0 : Math.max(0, this.#bytesPerWindow - this.#taken)
    const part = text.subarray(0, room)
    this.#taken += part.length
    if (part.length > 0) this.#output.take(stream, harmless(part))
    if (part.length === text.length) return
    const rest = text.subarray(part.length)
    this.#dropped += rest.length
    this.#output.lose(stream, linesIn(rest))
    if (this.#dropped >= droppedMax) this.#pause(now)
  }

  /** Whether it may also log so much: that counts as printed. What it may not is dropped, and counted as a line. */
  admits(bytes: number): boolean {
    this.#renew(performance.now())
    const isAdmitted = this.#taken + bytes <= this.#bytesPerWindow
    if (isAdmitted) this.#taken += bytes
    else this.#output.lose('stderr', 1)
    return isAdmitted
  }

  /** It has ended: what it has said last is read. */
  end(): void {
    clearTimeout(this.#timer)
    this.#resume()
  }

  #renew(now: number): void {
    if (now < this.#windowEnd) return
    this.#windowEnd = now + windowMs
    this.#taken = this.#dropped = 0
  }

  #pause(now: number): void {
    if (this.#pausedAt !== undefined) return
    this.#pausedAt = now
    for (const stream of Object.values(this.#streams)) stream.pause()
    this.#timer = setTimeout(() => this.#resume(), Math.max(1, this.#windowEnd - now))
  }

  #resume(): void {
    this.#waitedMs = this.waitedMs
    this.#pausedAt = undefined
    for (const stream of Object.values(this.#streams)) stream.resume()
  }
}

/** Without what moves a terminal's cursor, or does worse: foreign lines stay behind the tag that says whose they are. */
function harmless(text: Uint8Array): Uint8Array {
  const clean = Uint8Array.from(text)
  for (let at = 0; at < clean.length; at++) {
    const byte = clean[at] as number
    const isControl = (byte < 32 && byte !== newline && byte !== tab) || byte === 127
    const isHighControl = byte >= 0x80 && byte < 0xa0 && clean[at - 1] === 0xc2
    if (isControl) clean[at] = question
    if (isHighControl) clean[at] = 0xbf // an inverted question mark
  }
  return clean
}

const [tab, newline, question] = [9, 10, 63]

/** At least 1, so that no loss is passed over. */
function linesIn(piece: Uint8Array): number {
  let lines = 0
  for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++
  return Math.max(1, lines)
}
