/**
 * The head of a frame: five msgpack integers (kind, number on the connection, receiver's serial, sender's serial, ref), so that a captured
 * frame is a plain sequence of msgpack values. Readable without decoding the body, which is everything behind it.
 */
export const KINDS = [
  'message',
  'call',
  'cast',
  'reply',
  'refusal',
  'exit',
  'link_exit',
  'link',
  'unlink',
  'unlink_ack',
  'monitor',
  'demonitor',
  'down',
  'call_failed',
  'spawn',
  'spawn_reply',
  'started',
  'alive',
  'alive_reply',
  'define',
  'hello',
  'fenced',
  'name',
  'system',
  'info',
  'info_reply',
] as const

export type FrameKind = (typeof KINDS)[number]

const numbers = new Map<FrameKind, number>(KINDS.map((kind, index) => [kind, index]))

const HEAD_MAX = 1 + 4 * 9
const TWO_32 = 0x1_0000_0000

/** The head of one outgoing frame, in a buffer that the next call overwrites. */
export function writeHead(kind: FrameKind, frameNumber: number, to: number, from: number, ref: number): Uint8Array {
  scratch[0] = numbers.get(kind) as number
  let at = writeUint(1, frameNumber)
  at = writeUint(at, to)
  at = writeUint(at, from)
  at = writeUint(at, ref)
  return heads[at] ?? (heads[at] = scratch.subarray(0, at))
}

const scratch = new Uint8Array(HEAD_MAX)
/** One view per length: making a view costs more than filling it. */
const heads: (Uint8Array | undefined)[] = []

function writeUint(at: number, value: number): number {
  if (value < 0x80) {
    scratch[at] = value
    return at + 1
  }
  if (value < 0x1_0000) {
    scratch[at] = 0xcd
    scratch[at + 1] = value >>> 8
    scratch[at + 2] = value & 0xff
    return at + 3
  }
  if (value < TWO_32) {
    scratch[at] = 0xce
    write32(at + 1, value)
    return at + 5
  }
  scratch[at] = 0xcf
  write32(at + 1, Math.floor(value / TWO_32))
  write32(at + 5, value % TWO_32)
  return at + 9
}

function write32(at: number, value: number): void {
  scratch[at] = value >>> 24
  scratch[at + 1] = (value >>> 16) & 0xff
  scratch[at + 2] = (value >>> 8) & 0xff
  scratch[at + 3] = value & 0xff
}

/** The head that was read last; one object, since a node reads one frame at a time. */
export const head = { kind: 'message' as FrameKind, frameNumber: 0, to: 0, from: 0, ref: 0, bodyStart: 0 }

/** Reads a head into `head`. False when the bytes are none. */
export function readHead(segment: Uint8Array, start: number, end: number): boolean {
  const kind = KINDS[segment[start] ?? 255]
  if (kind === undefined || start >= end) return false
  head.kind = kind
  cursor = start + 1
  limit = end
  source = segment
  head.frameNumber = readUint()
  head.to = readUint()
  head.from = readUint()
  head.ref = readUint()
  head.bodyStart = cursor
  source = scratch
  return head.frameNumber >= 0 && head.to >= 0 && head.from >= 0 && head.ref >= 0
}

let source: Uint8Array = scratch
let cursor = 0
let limit = 0

function readUint(): number {
  if (cursor >= limit) return -1
  const first = source[cursor++] as number
  if (first < 0x80) return first
  const length = first === 0xcd ? 2 : first === 0xce ? 4 : first === 0xcf ? 8 : 0
  if (length === 0 || cursor + length > limit) return -1
  let value = 0
  for (let i = 0; i < length; i++) value = value * 256 + (source[cursor++] as number)
  return Number.isSafeInteger(value) ? value : -1
}
