import { Undecodable } from './undecodable.ts'

/** Strings from this length on are decoded by the platform, if it can. */
const longString = 64

/** Up to this length a string is looked for among those read lately. */
const shortString = 16
/** Strings that were read lately, each where its bytes say. */
const lately: string[] = Array.from({ length: 256 }, () => '')

interface Utf8Decoder {
  decode(bytes: Uint8Array): string
}
declare const TextDecoder: new (encoding: string, options: { fatal: boolean; ignoreBOM: boolean }) => Utf8Decoder
const utf8 = typeof TextDecoder === 'undefined' ? undefined : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const { fromCharCode } = String
const hexDigits = '0123456789abcdef'
/** How many characters are made at a time. */
const chunk = 1_024

const wordBytes = new Uint8Array(8)
const wordAsFloat64 = new Float64Array(wordBytes.buffer)
const wordAsFloat32 = new Float32Array(wordBytes.buffer)
const wordAsInt64 = new BigInt64Array(wordBytes.buffer)
const wordAsUint64 = new BigUint64Array(wordBytes.buffer)

/** A text from its code units, of which there may be too many for one call. */
export function textOf(codes: readonly number[]): string {
  let text = ''
  for (let from = 0; from < codes.length; from += chunk) text += fromCharCode(...codes.slice(from, from + chunk))
  return text
}

/**
 * Reads the parts of msgpack tokens, never past the end it was given, and allocates nothing larger than what is really
 * there.
 */
export class ByteReader {
  protected bytes: Uint8Array = wordBytes
  protected position = 0
  protected end = 0

  /** Makes sure that there are as many bytes as are about to be read. */
  protected need(length: number): void {
    if (this.position + length > this.end) throw new Undecodable('the bytes end before the value does')
  }

  protected uint8(): number {
    this.need(1)
    return this.bytes[this.position++] as number
  }

  protected uint16(): number {
    this.need(2)
    const { bytes, position } = this
    this.position = position + 2
    return ((bytes[position] as number) << 8) | (bytes[position + 1] as number)
  }

  protected uint32(): number {
    return this.int32() >>> 0
  }

  protected int32(): number {
    this.need(4)
    const { bytes, position } = this
    this.position = position + 4
    return (
      ((bytes[position] as number) << 24) |
      ((bytes[position + 1] as number) << 16) |
      ((bytes[position + 2] as number) << 8) |
      (bytes[position + 3] as number)
    )
  }

  /** Brings the next bytes, at most eight and big-endian, into the scratch word. */
  #word(length: number): void {
    this.need(length)
    const { bytes } = this
    let position = this.position
    for (let index = length - 1; index >= 0; index--) wordBytes[index] = bytes[position++] as number
    this.position = position
  }

  protected float64(): number {
    this.#word(8)
    return wordAsFloat64[0] as number
  }

  protected float32(): number {
    this.#word(4)
    return wordAsFloat32[0] as number
  }

  protected int64(): bigint {
    this.#word(8)
    return wordAsInt64[0] as bigint
  }

  protected uint64(): bigint {
    this.#word(8)
    return wordAsUint64[0] as bigint
  }

  /** A copy of the next bytes, in a buffer of its own. */
  protected copy(length: number): Uint8Array<ArrayBuffer> {
    this.need(length)
    const from = this.position
    this.position = from + length
    return new Uint8Array(this.bytes.subarray(from, from + length))
  }

  /** An integer of any size, big-endian two's complement. */
  protected wideInteger(length: number): bigint {
    if (length === 0) throw new Undecodable('an integer has no bytes')
    this.need(length)
    let digits = '0x'
    const codes: number[] = []
    for (let left = length; left > 0; left--) {
      const byte = this.uint8()
      codes.push(hexDigits.charCodeAt(byte >> 4), hexDigits.charCodeAt(byte & 0x0f))
      if (codes.length === chunk || left === 1) digits += fromCharCode(...codes.splice(0))
    }
    return BigInt.asIntN(length * 8, BigInt(digits))
  }

  protected string(length: number): string {
    const from = this.position
    const end = from + length
    this.need(length)
    if (length >= longString && utf8 !== undefined) {
      this.position = end
      return utf8.decode(this.bytes.subarray(from, end))
    }
    if (length <= shortString) return this.#short(from, end)
    return this.#ascii(from, end)
  }

  /** A string of which there may be many: the name of a handler, a value out of few. The one that was read before is used again, if it is the same. */
  #short(from: number, end: number): string {
    const { bytes } = this
    let hash = end - from
    for (let position = from; position < end; position++) hash = (hash * 31 + (bytes[position] as number)) | 0
    const at = hash & (lately.length - 1)
    const known = lately[at] as string
    if (known.length === end - from) {
      let position = from
      while (position < end && bytes[position] === known.charCodeAt(position - from)) position++
      if (position === end) {
        this.position = end
        return known
      }
    }
    const text = this.#ascii(from, end)
    // Each of its characters is one byte, so that bytes which are no UTF-8 are none of them.
    if (text.length === end - from) lately[at] = text
    return text
  }

  #ascii(from: number, end: number): string {
    const { bytes } = this
    let text = ''
    let position = from
    for (; position + 4 <= end; position += 4) {
      const one = bytes[position] as number
      const two = bytes[position + 1] as number
      const three = bytes[position + 2] as number
      const four = bytes[position + 3] as number
      if ((one | two | three | four) > 0x7f) return this.#unicode(end, text, position)
      text += fromCharCode(one, two, three, four)
    }
    for (; position < end; position++) {
      const one = bytes[position] as number
      if (one > 0x7f) return this.#unicode(end, text, position)
      text += fromCharCode(one)
    }
    this.position = end
    return text
  }

  /** The rest of a string from its first characters that are not ASCII on. */
  #unicode(end: number, before: string, from: number): string {
    let text = before
    const points: number[] = []
    this.position = from
    while (this.position < end) {
      points.push(this.#codePoint(end))
      if (points.length === chunk || this.position >= end) text += String.fromCodePoint(...points.splice(0))
    }
    return text
  }

  #codePoint(end: number): number {
    const first = this.bytes[this.position++] as number
    if (first < 0x80) return first
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    let point = first & (0x3f >> more)
    for (let left = more; left > 0; left--) {
      const next = this.position < end ? (this.bytes[this.position++] as number) : 0
      if ((next & 0xc0) !== 0x80) throw new Undecodable('a string is not UTF-8')
      point = (point << 6) | (next & 0x3f)
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000
    const valid =
      first >= 0xc2 && first <= 0xf4 && point >= least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
    if (!valid) throw new Undecodable('a string is not UTF-8')
    return point
  }
}
