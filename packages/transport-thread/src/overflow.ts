import { recordBytes } from './ring-format.ts'

interface Segment {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  used: number
}

const segmentBytes = 128 * 1024

/** Records that did not fit into the ring, in the ring's own format, waiting in private memory. */
export class Overflow {
  #segments: Segment[] = []
  /** How much of the first segment has been taken. */
  #taken = 0
  /** Bytes of the records in here. */
  bytes = 0

  append(head: Uint8Array, body: Uint8Array | undefined): void {
    const length = head.length + (body?.length ?? 0)
    const { bytes, words, used } = this.#claim(recordBytes(length))
    words[used >> 2] = length
    bytes.set(head, used + 4)
    if (body) bytes.set(body, used + 4 + head.length)
  }

  appendMark(header: number): void {
    const { words, used } = this.#claim(4)
    words[used >> 2] = header
  }

  /** Bytes of the oldest record. */
  get firstBytes(): number {
    const first = this.#segments[0]
    return first ? bytesOf(first.words[this.#taken >> 2]!) : 0
  }

  /** Takes the oldest records, as many whole ones as fit into `room` bytes. */
  take(room: number): Uint8Array {
    const first = this.#segments[0]!
    const start = this.#taken
    let end = start
    while (end < first.used) {
      const next = end + bytesOf(first.words[end >> 2]!)
      if (next - start > room) break
      end = next
    }
    this.bytes -= end - start
    this.#taken = end
    if (end === first.used) {
      this.#segments.shift()
      this.#taken = 0
    }
    return first.bytes.subarray(start, end)
  }

  #claim(bytes: number): { bytes: Uint8Array; words: Int32Array; used: number } {
    let last = this.#segments.at(-1)
    if (!last || last.used + bytes > segmentBytes) {
      const memory = new ArrayBuffer(segmentBytes)
      last = { bytes: new Uint8Array(memory), words: new Int32Array(memory), used: 0 }
      this.#segments.push(last)
    }
    const used = last.used
    last.used += bytes
    this.bytes += bytes
    return { bytes: last.bytes, words: last.words, used }
  }
}

function bytesOf(header: number): number {
  return header < 0 ? 4 : recordBytes(header)
}
