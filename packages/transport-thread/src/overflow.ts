import { copyBytes } from '@bulkhead/core/transport'
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

  /** A record of the head, and the bytes from `start` to `end` of `segment`. */
  append(head: Uint8Array, segment: Uint8Array, start: number, end: number): void {
    const length = head.length + end - start
    const last = this.#claim(recordBytes(length))
    const at = last.used
    last.words[at >> 2] = length
    copyBytes(head, 0, head.length, last.bytes, at + 4)
    copyBytes(segment, start, end, last.bytes, at + 4 + head.length)
    this.#fill(last, recordBytes(length))
  }

  appendMark(header: number): void {
    const last = this.#claim(4)
    last.words[last.used >> 2] = header
    this.#fill(last, 4)
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

  /** The last segment, with room for so many bytes. */
  #claim(bytes: number): Segment {
    const last = this.#segments[this.#segments.length - 1]
    if (last !== undefined && last.used + bytes <= segmentBytes) return last
    const memory = new ArrayBuffer(segmentBytes)
    const next = { bytes: new Uint8Array(memory), words: new Int32Array(memory), used: 0 }
    this.#segments.push(next)
    return next
  }

  #fill(segment: Segment, bytes: number): void {
    segment.used += bytes
    this.bytes += bytes
  }
}

function bytesOf(header: number): number {
  return header < 0 ? 4 : recordBytes(header)
}
