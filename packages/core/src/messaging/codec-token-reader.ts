import { ByteReader } from './codec-byte-reader.ts'
import { annotation, depthMax, extension } from './codec-wire.ts'
import type { Structure } from './record-structures.ts'
import { Undecodable } from './undecodable.ts'

/** The fields of an object. */
export type Fields = Record<string, unknown>

const noBytes = new Uint8Array(0)

/** An array to fill: a short one, such as a request, has room for just that. */
function arrayOf(length: number): unknown[] {
  switch (length) {
    case 1:
      return [undefined]
    case 2:
      return [undefined, undefined]
    case 3:
      return [undefined, undefined, undefined]
    default:
      return []
  }
}

/** Reads values that consist of msgpack's own types, and the names and pointers that tie shared parts together. */
export abstract class TokenReader extends ByteReader {
  readonly #structures: readonly Structure[]
  /** The objects of this frame that have names. */
  #named: Map<number, unknown> | undefined
  /** The name that the next object gets, or 0. */
  #name = 0

  constructor(structures: readonly Structure[]) {
    super()
    this.#structures = structures
  }

  /** Reads a value of an extension type that has one byte of data. */
  protected abstract tagged(depth: number): unknown
  /** Reads a value of an extension type that has `length` bytes of data. */
  protected abstract extension(length: number, depth: number): unknown
  /** Reads a value that was annotated with a code. */
  protected abstract annotated(code: number, depth: number): unknown

  /** Reads the one value between `start` and `end`. */
  protected frame(bytes: Uint8Array, start: number, end: number): unknown {
    this.bytes = bytes
    this.position = start
    this.end = end
    try {
      this.#skipMark()
      const value = this.read(0)
      if (this.position !== end) throw new Undecodable('bytes follow the value')
      return value
    } finally {
      this.bytes = noBytes
      this.#named = undefined
      this.#name = 0
    }
  }

  /** Skips the mark with which large frames begin that are not plain data. */
  #skipMark(): void {
    const { bytes, position, end } = this
    if (end - position < 6 || bytes[position] !== 0xd6 || bytes[position + 1] !== extension.named) return
    this.position += 2
    if (this.uint32() !== 0) this.position = position
  }

  protected read(depth: number): unknown {
    const token = this.uint8()
    if (token < 0x40) return token
    if (token < 0x80) return this.#record(token, depth)
    if (token < 0x90) return this.#map(token & 0x0f, depth)
    if (token < 0xa0) return this.#array(token & 0x0f, depth)
    if (token < 0xc0) return this.string(token & 0x1f)
    if (token >= 0xe0) return token - 0x100
    if (token === 0xd6) return this.#reference(depth)
    if (token === 0xd4) return this.tagged(depth)
    return this.#long(token, depth)
  }

  #long(token: number, depth: number): unknown {
    switch (token) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return this.whole(this.copy(this.uint8()))
      case 0xc5:
        return this.whole(this.copy(this.uint16()))
      case 0xc6:
        return this.whole(this.copy(this.uint32()))
      case 0xc7:
        return this.extension(this.uint8(), depth)
      case 0xc8:
        return this.extension(this.uint16(), depth)
      case 0xc9:
        return this.extension(this.uint32(), depth)
      case 0xca:
        return this.float32()
      case 0xcb:
        return this.float64()
      case 0xcc:
        return this.uint8()
      case 0xcd:
        return this.uint16()
      case 0xce:
        return this.uint32()
      case 0xcf:
        return this.uint64()
      case 0xd0:
        return (this.uint8() << 24) >> 24
      case 0xd1:
        return (this.uint16() << 16) >> 16
      case 0xd2:
        return this.int32()
      case 0xd3:
        return this.int64()
      case 0xd9:
        return this.string(this.uint8())
      case 0xda:
        return this.string(this.uint16())
      case 0xdb:
        return this.string(this.uint32())
      case 0xdc:
        return this.#array(this.uint16(), depth)
      case 0xdd:
        return this.#array(this.uint32(), depth)
      case 0xde:
        return this.#map(this.uint16(), depth)
      case 0xdf:
        return this.#map(this.uint32(), depth)
      default:
        throw new Undecodable(`no value begins with byte ${token}`)
    }
  }

  // Containers: an object exists, and has its name, before its content is read

  protected checkDepth(depth: number): void {
    if (depth > depthMax) throw new Undecodable(`nested deeper than ${depthMax} levels`)
  }

  /** The object that was just made takes the name that stood before it. */
  protected begun<T extends object>(object: T, depth: number): T {
    if (depth >= depthMax) this.checkDepth(depth + 1)
    if (this.#name !== 0) this.whole(object)
    return object
  }

  protected whole<T>(value: T): T {
    if (this.#name === 0) return value
    this.#named?.set(this.#name, value)
    this.#name = 0
    return value
  }

  #record(token: number, depth: number): unknown {
    const id = token < 0x60 ? token - 0x40 : 0x20 + (token & 0x1f) + (this.uint8() << 5)
    const structure = this.#structures[id]
    if (structure === undefined) throw new Undecodable(`record structure ${id} was not defined`)
    const { keys } = structure
    const record = this.begun<Fields>({}, depth)
    if (structure.shadows) for (const key of keys) setField(record, key, this.read(depth + 1))
    else for (let index = 0; index < keys.length; index++) record[keys[index] as string] = this.read(depth + 1)
    return record
  }

  #map(length: number, depth: number): unknown {
    const object = this.begun<Fields>({}, depth)
    for (let left = length; left > 0; left--) {
      const key = this.read(depth + 1)
      if (typeof key !== 'string' || key === '__proto__')
        throw new Undecodable('a key of a map is not a string that a key can be')
      setField(object, key, this.read(depth + 1))
    }
    return object
  }

  #array(length: number, depth: number): unknown {
    this.need(length)
    const array = this.begun(arrayOf(length), depth)
    for (let index = 0; index < length; index++) array[index] = this.read(depth + 1)
    return array
  }

  // Names

  /** A pointer to an object that has a name, or an object that has one, or an annotated value. */
  #reference(depth: number): unknown {
    const type = this.uint8()
    const id = this.uint32()
    const named = (this.#named ??= new Map())
    this.checkDepth(depth)
    if (type === extension.pointer) {
      if (!named.has(id)) throw new Undecodable(`nothing before has name ${id}`)
      return named.get(id)
    }
    if (type !== extension.named) throw new Undecodable(`no value of 4 bytes has extension type ${type}`)
    if (id >= annotation) return this.annotated(id - annotation, depth)
    if (id === 0 || this.#name !== 0 || named.has(id)) throw new Undecodable('a name that no value can have')
    this.#name = id
    const value = this.read(depth)
    if (this.#name !== 0) throw new Undecodable('a name without an object')
    return value
  }

  /**
   * For a value that is made from its content: keeps its name from that content. Give the name back with {@link made}.
   */
  protected withheldName(depth: number): number {
    this.checkDepth(depth + 1)
    const name = this.#name
    this.#name = 0
    return name
  }

  protected made<T>(value: T, name: number): T {
    this.#name = name
    return this.whole(value)
  }

  // Heads of arrays and maps inside extension types

  /** An array of so many values, which are not checked. */
  protected tuple(length: number, depth: number): unknown[] {
    this.arrayHead(length, length)
    const parts: unknown[] = []
    while (parts.length < length) parts.push(this.read(depth + 1))
    return parts
  }

  protected arrayHead(least: number, most: number): number {
    const token = this.uint8()
    const length =
      token === 0xdc ? this.uint16() : token === 0xdd ? this.uint32() : (token & 0xf0) === 0x90 ? token & 0x0f : -1
    if (length < least || length > most) throw new Undecodable('an array of an unexpected length')
    this.need(length)
    return length
  }

  protected mapHead(): number {
    const token = this.uint8()
    const length =
      token === 0xde ? this.uint16() : token === 0xdf ? this.uint32() : (token & 0xf0) === 0x80 ? token & 0x0f : -1
    if (length < 0) throw new Undecodable('a map was expected')
    this.need(length * 2)
    return length
  }
}

/** Sets an own field, also where Object.prototype has a property of that name. */
export function setField(object: object, key: string, value: unknown): void {
  if (key in Object.prototype) defineField(object, key, value)
  else (object as Fields)[key] = value
}

export function defineField(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: true })
}
