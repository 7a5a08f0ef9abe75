import { SlabWriter } from './codec-slab.ts'
import { annotation, arrayBufferKind, extension } from './codec-wire.ts'

/** Strings from this length on are encoded by the platform, if it can. */
const longString = 100

interface Utf8Encoder {
  encodeInto(text: string, into: Uint8Array): { written: number }
}
declare const TextEncoder: new () => Utf8Encoder
const utf8 = typeof TextEncoder === 'undefined' ? undefined : new TextEncoder()

/** Writes msgpack tokens, in the forms that `codec-wire.ts` describes. */
export class TokenWriter extends SlabWriter {
  protected byte(value: number): void {
    this.bytes[this.position++] = value
  }

  protected uint16(value: number): void {
    const { bytes, position } = this
    bytes[position] = value >> 8
    bytes[position + 1] = value
    this.position = position + 2
  }

  protected uint32(value: number): void {
    this.words.setUint32(this.position, value)
    this.position += 4
  }

  protected number(value: number): void {
    if (value >>> 0 === value) {
      if (value >= 0x10000) {
        this.byte(0xce)
        this.uint32(value)
      } else if (value >= 0x100) {
        this.byte(0xcd)
        this.uint16(value)
      } else if (value >= 0x40) {
        this.byte(0xcc)
        this.byte(value)
      } else if (value === 0 && 1 / value < 0) this.#float64(value)
      else this.byte(value)
    } else if (value >> 0 === value) this.#negative(value)
    else this.#float64(value)
  }

  #negative(value: number): void {
    if (value >= -0x20) this.byte(value + 0x100)
    else if (value >= -0x80) {
      this.byte(0xd0)
      this.byte(value + 0x100)
    } else if (value >= -0x8000) {
      this.byte(0xd1)
      this.uint16(value)
    } else {
      this.byte(0xd2)
      this.uint32(value)
    }
  }

  #float64(value: number): void {
    this.byte(0xcb)
    this.words.setFloat64(this.position, value)
    this.position += 8
  }

  /** Writes an integer of at most 64 bits, or nothing and returns false. */
  protected bigint(value: bigint): boolean {
    if (BigInt.asIntN(64, value) === value) {
      this.byte(0xd3)
      this.words.setBigInt64(this.position, value)
      this.position += 8
    } else if (BigInt.asUintN(64, value) === value) {
      this.byte(0xcf)
      this.words.setBigUint64(this.position, value)
      this.position += 8
    } else return false
    return true
  }

  /** Big-endian two's complement, as msgpackr writes it. */
  protected wideBigint(value: bigint): void {
    const magnitude = (value < 0n ? ~value : value).toString(16)
    const length = (magnitude.length >> 1) + 1
    const hex = magnitude.padStart(length * 2, '0')
    this.extension(extension.bigint, length)
    const flip = value < 0n ? 0xff : 0
    for (let index = 0; index < hex.length; index += 2)
      this.byte(((nibble(hex, index) << 4) | nibble(hex, index + 1)) ^ flip)
  }

  /** The head of an extension, with room for its `length` bytes of content. */
  protected extension(type: number, length: number): void {
    this.room(length)
    if (length < 0x100) {
      this.byte(0xc7)
      this.byte(length)
    } else if (length < 0x10000) {
      this.byte(0xc8)
      this.uint16(length)
    } else {
      this.byte(0xc9)
      this.uint32(length)
    }
    this.byte(type)
  }

  /** The head of an extension whose content is the value that follows, as msgpackr writes sets, errors and patterns. */
  protected tag(type: number): void {
    this.byte(0xd4)
    this.byte(type)
    this.byte(0)
  }

  /** What stands before a value to say what it stands for; see `codec-wire.ts`. */
  protected annotate(code: number): void {
    this.reference(extension.named, annotation + code)
  }

  protected reference(type: number, id: number): void {
    this.room(0)
    this.byte(0xd6)
    this.byte(type)
    this.uint32(id)
  }

  protected arrayHead(length: number): void {
    this.#head(length, 0x90, 0xdc)
  }

  protected mapHead(length: number): void {
    this.#head(length, 0x80, 0xde)
  }

  #head(length: number, short: number, long: number): void {
    this.room(0)
    if (length < 0x10) this.byte(short | length)
    else if (length < 0x10000) {
      this.byte(long)
      this.uint16(length)
    } else {
      this.byte(long + 1)
      this.uint32(length)
    }
  }

  protected recordHead(id: number): void {
    if (id < 0x20) this.byte(0x40 + id)
    else {
      this.byte(0x60 | (id & 0x1f))
      this.byte((id >> 5) - 1)
    }
  }

  /** The number of seconds and nanoseconds since 1970, as msgpack has it. */
  protected timestamp(ms: number): void {
    if (Number.isNaN(ms)) {
      this.byte(0xd4)
      this.byte(extension.timestamp)
      this.byte(0xff)
      return
    }
    const seconds = Math.floor(ms / 1000)
    this.extension(extension.timestamp, 12)
    this.uint32((ms - seconds * 1000) * 1_000_000)
    this.uint32(Math.floor(seconds / 0x1_0000_0000))
    this.uint32(seconds)
  }

  /** Bytes that decode as a Uint8Array. */
  protected binary(content: Uint8Array): void {
    const { length } = content
    this.room(length)
    if (length < 0x100) {
      this.byte(0xc4)
      this.byte(length)
    } else if (length < 0x10000) {
      this.byte(0xc5)
      this.uint16(length)
    } else {
      this.byte(0xc6)
      this.uint32(length)
    }
    this.#content(content)
  }

  /** Bytes that decode as an ArrayBuffer or a view of one. */
  protected binaryOf(kind: number, content: Uint8Array): void {
    this.extension(extension.binary, content.length + 1)
    this.byte(kind)
    this.#content(content)
  }

  protected arrayBuffer(content: ArrayBuffer): void {
    this.binaryOf(arrayBufferKind, new Uint8Array(content))
  }

  #content(content: Uint8Array): void {
    this.bytes.set(content, this.position)
    this.position += content.length
  }

  /** Writes a string, or nothing and returns false if it has a lone surrogate: UTF-8 has no form for that. */
  protected string(value: string): boolean {
    const { length } = value
    if (length >= longString && utf8 !== undefined) return this.#longString(value, utf8)
    this.room(length)
    const { bytes } = this
    let position = this.position + this.#stringHead(length)
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index)
      if (unit > 0x7f) return this.#unicode(value)
      bytes[position++] = unit
    }
    this.position = position
    return true
  }

  /** Writes the head of a string of that many bytes, without moving on, and returns the head's length. */
  #stringHead(length: number): number {
    const { bytes, position } = this
    if (length < 0x20) {
      bytes[position] = 0xa0 | length
      return 1
    }
    if (length < 0x100) {
      bytes[position] = 0xd9
      bytes[position + 1] = length
      return 2
    }
    if (length < 0x10000) {
      bytes[position] = 0xda
      bytes[position + 1] = length >> 8
      bytes[position + 2] = length
      return 3
    }
    bytes[position] = 0xdb
    this.words.setUint32(position + 1, length)
    return 5
  }

  #longString(value: string, encoder: Utf8Encoder): boolean {
    if (!value.isWellFormed()) return false
    this.room(value.length * 3)
    const from = this.position + this.#stringHead(value.length)
    const { written } = encoder.encodeInto(value, this.bytes.subarray(from))
    this.#placeString(from, written)
    return true
  }

  #unicode(value: string): boolean {
    if (!value.isWellFormed()) return false
    this.room(value.length * 3)
    const from = this.position + this.#stringHead(value.length)
    this.#placeString(from, this.#writeUtf8(value, from) - from)
    return true
  }

  /** Puts the head before the string of `length` bytes at `from`, which moves if its head is longer than guessed. */
  #placeString(from: number, length: number): void {
    const at = this.position + (length < 0x20 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5)
    if (at !== from) this.bytes.copyWithin(at, from, from + length)
    this.#stringHead(length)
    this.position = at + length
  }

  #writeUtf8(value: string, from: number): number {
    const { bytes } = this
    let position = from
    for (let index = 0; index < value.length; index++) {
      const point = value.codePointAt(index) as number
      if (point < 0x80) bytes[position++] = point
      else if (point < 0x800) {
        bytes[position++] = 0xc0 | (point >> 6)
        bytes[position++] = 0x80 | (point & 0x3f)
      } else if (point < 0x10000) {
        bytes[position++] = 0xe0 | (point >> 12)
        bytes[position++] = 0x80 | ((point >> 6) & 0x3f)
        bytes[position++] = 0x80 | (point & 0x3f)
      } else {
        index++
        bytes[position++] = 0xf0 | (point >> 18)
        bytes[position++] = 0x80 | ((point >> 12) & 0x3f)
        bytes[position++] = 0x80 | ((point >> 6) & 0x3f)
        bytes[position++] = 0x80 | (point & 0x3f)
      }
    }
    return position
  }
}

/** The value of the hexadecimal digit there. */
function nibble(hex: string, index: number): number {
  const unit = hex.charCodeAt(index)
  return unit < 0x40 ? unit - 0x30 : unit - 0x57
}
