import { emptyError, giveClass, needsName, newDomException, setQuietly } from './codec-errors.ts'
import { extensionWith, typeNamed } from './codec-extensions.ts'
import { ByteReader } from './codec-reader.ts'
import { annotation, annotations, arrayBufferKind, binaryKinds, depthMax, extension } from './codec-wire.ts'
import type { Beside } from './codec.ts'
import type { Structure } from './record-structures.ts'
import { Undecodable } from './undecodable.ts'

type Fields = Record<string, unknown>
type ViewClass = new (buffer: ArrayBufferLike, byteOffset: number, length?: number) => ArrayBufferView

const nothing: Beside = []
const noBytes = new Uint8Array(0)

/** Decodes frames, one at a time. Trusts nothing: every length, number and type is checked against what is there. */
export class ValueDecoder extends ByteReader {
  readonly #structures: readonly Structure[]
  readonly #context: unknown
  #beside = nothing
  /** The objects of this frame that have names. */
  #named: Map<number, unknown> | undefined
  /** The name that the next object gets, or 0. */
  #name = 0

  constructor(structures: readonly Structure[], context: unknown) {
    super()
    this.#structures = structures
    this.#context = context
  }

  /** Decodes the bytes from `start` to `end`. Throws {@link Undecodable}, and nothing else. */
  decode(bytes: Uint8Array, beside: Beside | undefined, start: number, end: number): unknown {
    this.bytes = bytes
    this.position = start
    this.end = end
    this.#beside = beside ?? nothing
    try {
      if (this.#isMarked()) this.position += 6
      const value = this.#read(0)
      if (this.position !== end) throw new Undecodable('bytes follow the value')
      return value
    } catch (thrown) {
      throw thrown instanceof Undecodable ? thrown : new Undecodable('the bytes hold a value that cannot be made', { cause: thrown })
    } finally {
      this.bytes = noBytes
      this.#beside = nothing
      this.#named = undefined
      this.#name = 0
    }
  }

  /** Whether the frame begins with the mark of large frames that are not plain data. */
  #isMarked(): boolean {
    const { bytes, position, end } = this
    return position + 6 < end && bytes[position] === 0xd6 && bytes[position + 1] === extension.named && (bytes[position + 2] as number | 0) + (bytes[position + 3] as number) + (bytes[position + 4] as number) + (bytes[position + 5] as number) === 0
  }

  #read(depth: number): unknown {
    const token = this.uint8()
    if (token < 0x40) return token
    if (token < 0x80) return this.#record(token, depth)
    if (token < 0x90) return this.#map(token & 0x0f, depth)
    if (token < 0xa0) return this.#array(token & 0x0f, depth)
    if (token < 0xc0) return this.string(token & 0x1f)
    if (token >= 0xe0) return token - 0x100
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
        return this.#whole(this.copy(this.uint8()))
      case 0xc5:
        return this.#whole(this.copy(this.uint16()))
      case 0xc6:
        return this.#whole(this.copy(this.uint32()))
      case 0xc7:
        return this.#extension(this.uint8(), depth)
      case 0xc8:
        return this.#extension(this.uint16(), depth)
      case 0xc9:
        return this.#extension(this.uint32(), depth)
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
      default:
        return this.#longer(token, depth)
    }
  }

  #longer(token: number, depth: number): unknown {
    switch (token) {
      case 0xd0:
        return (this.uint8() << 24) >> 24
      case 0xd1:
        return (this.uint16() << 16) >> 16
      case 0xd2:
        return this.int32()
      case 0xd3:
        return this.int64()
      case 0xd4:
        return this.#tagged(this.uint8(), this.uint8(), depth)
      case 0xd6:
        return this.#reference(this.uint8(), depth)
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

  /** The object that was just made takes the name that stood before it. */
  #begun<T extends object>(object: T, depth: number): T {
    if (depth >= depthMax) throw new Undecodable(`nested deeper than ${depthMax} levels`)
    if (this.#name !== 0) this.#whole(object)
    return object
  }

  #whole<T>(value: T): T {
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
    const record = this.#begun<Fields>({}, depth)
    if (structure.shadows) for (const key of keys) setField(record, key, this.#read(depth + 1))
    else for (let index = 0; index < keys.length; index++) record[keys[index] as string] = this.#read(depth + 1)
    return record
  }

  #map(length: number, depth: number): unknown {
    const object = this.#begun<Fields>({}, depth)
    for (let left = length; left > 0; left--) {
      const key = this.#read(depth + 1)
      if (typeof key !== 'string' || key === '__proto__') throw new Undecodable('a key of a map is not a string that a key can be')
      setField(object, key, this.#read(depth + 1))
    }
    return object
  }

  #array(length: number, depth: number): unknown {
    this.need(length)
    const array = this.#begun<unknown[]>([], depth)
    for (let left = length; left > 0; left--) array.push(this.#read(depth + 1))
    return array
  }

  // Extension types

  #tagged(type: number, data: number, depth: number): unknown {
    switch (type) {
      case extension.undefined:
        return undefined
      case extension.set:
        return this.#set(depth)
      case extension.error:
        return this.#error(depth)
      case extension.regexp: {
        const [source, flags] = this.#tuple(2, depth)
        if (typeof source !== 'string' || typeof flags !== 'string') break
        return this.#whole(new RegExp(source, flags))
      }
      case extension.timestamp:
        if (data === 0xff) return this.#whole(new Date(Number.NaN))
    }
    throw new Undecodable(`no value has extension type ${type}`)
  }

  #extension(length: number, depth: number): unknown {
    const type = this.uint8()
    this.need(length)
    switch (type) {
      case extension.bigint:
        return this.wideInteger(length)
      case extension.binary: {
        if (length === 0) break
        const kind = this.uint8()
        const { buffer } = this.copy(length - 1)
        return this.#whole(kind === arrayBufferKind ? buffer : viewOf(kind, buffer, 0, undefined))
      }
      case extension.timestamp: {
        if (length !== 12) break
        const nanoseconds = this.uint32()
        return this.#whole(new Date(Number(this.int64()) * 1000 + nanoseconds / 1_000_000))
      }
    }
    throw new Undecodable(`no value of ${length} bytes has extension type ${type}`)
  }

  #reference(type: number, depth: number): unknown {
    const id = this.uint32()
    if (type === extension.pointer) {
      if (this.#named?.has(id) !== true) throw new Undecodable(`nothing before has name ${id}`)
      return this.#named.get(id)
    }
    if (type !== extension.named) throw new Undecodable(`no value of 4 bytes has extension type ${type}`)
    if (id >= annotation) return this.#annotated(id - annotation, depth)
    return this.#namedValue(id, depth)
  }

  /** A value that pointers lead to. */
  #namedValue(name: number, depth: number): unknown {
    const named = (this.#named ??= new Map())
    if (name === 0 || this.#name !== 0 || named.has(name)) throw new Undecodable('a name that no value can have')
    this.#name = name
    const value = this.#read(depth)
    if (this.#name !== 0) throw new Undecodable('a name without an object')
    return value
  }

  /** An array of so many values, which are not checked. */
  #tuple(length: number, depth: number): unknown[] {
    this.#arrayHead(length, length)
    return Array.from({ length }, () => this.#read(depth + 1))
  }

  #arrayHead(least: number, most: number): number {
    const token = this.uint8()
    const length = token === 0xdc ? this.uint16() : token === 0xdd ? this.uint32() : (token & 0xf0) === 0x90 ? token & 0x0f : -1
    if (length < least || length > most) throw new Undecodable('an array of an unexpected length')
    this.need(length)
    return length
  }

  #mapHead(): number {
    const token = this.uint8()
    const length = token === 0xde ? this.uint16() : token === 0xdf ? this.uint32() : (token & 0xf0) === 0x80 ? token & 0x0f : -1
    if (length < 0) throw new Undecodable('a map was expected')
    this.need(length * 2)
    return length
  }

  #set(depth: number): unknown {
    const set = this.#begun(new Set(), depth)
    for (let left = this.#arrayHead(0, Infinity); left > 0; left--) set.add(this.#read(depth + 1))
    return set
  }

  // Annotated values

  #annotated(code: number, depth: number): unknown {
    switch (code) {
      case annotations.map:
        return this.#mapOf(depth)
      case annotations.entries:
        return this.#entries(depth)
      case annotations.utf16:
        return this.#utf16(depth)
      case annotations.beside:
        return this.#fromBeside(depth)
      case annotations.boxed:
        return this.#closed(depth, () => boxed(this.#read(depth)))
      case annotations.view:
        return this.#closed(depth, () => this.#view(depth))
      case annotations.type:
        return this.#closed(depth, () => this.#type(depth))
      default:
        return this.#closed(depth, () => this.#extended(code, depth))
    }
  }

  /** A value that is made from its content and so has its name only after that. */
  #closed(depth: number, read: () => unknown): unknown {
    if (depth >= depthMax) throw new Undecodable(`nested deeper than ${depthMax} levels`)
    const name = this.#name
    this.#name = 0
    const value = read()
    this.#name = name
    return this.#whole(value)
  }

  #mapOf(depth: number): unknown {
    const map = this.#begun(new Map(), depth)
    for (let left = this.#mapHead(); left > 0; left--) {
      const key = this.#read(depth + 1)
      map.set(key, this.#read(depth + 1))
    }
    return map
  }

  #entries(depth: number): unknown {
    const object = this.#begun<Fields>({}, depth)
    const length = this.#arrayHead(0, Infinity)
    if (length % 2 !== 0) throw new Undecodable('a key without a value')
    this.#fieldsInto(object, length / 2, depth)
    return object
  }

  #fieldsInto(object: object, length: number, depth: number, set: typeof setField = setField): void {
    for (let left = length; left > 0; left--) {
      const key = this.#read(depth + 1)
      if (typeof key !== 'string') throw new Undecodable('a key is not a string')
      set(object, key, this.#read(depth + 1))
    }
  }

  #utf16(depth: number): string {
    const units = this.#read(depth)
    if (!(units instanceof Uint8Array) || units.length % 2 !== 0) throw new Undecodable('UTF-16 without its code units')
    let text = ''
    for (let index = 0; index < units.length; index += 2) text += String.fromCharCode((units[index] as number) | ((units[index + 1] as number) << 8))
    return text
  }

  #fromBeside(depth: number): unknown {
    const object = this.#beside[this.#read(depth) as number]
    if (object === undefined) throw new Undecodable('an object that should have come beside the bytes did not')
    return this.#whole(object)
  }

  #view(depth: number): unknown {
    const [kind, of, byteOffset, length] = this.#tuple(4, depth)
    const buffer = ArrayBuffer.isView(of) ? of.buffer : of
    if (!isBuffer(buffer)) throw new Undecodable('a view without its buffer')
    return kind === arrayBufferKind ? buffer : viewOf(kind, buffer, byteOffset as number, length as number)
  }

  #type(depth: number): unknown {
    const [name, data] = this.#tuple(2, depth)
    const type = typeNamed(name as string)
    if (type === undefined) throw new Undecodable(`no type is registered as ${String(name)} here`)
    return type.decode(data)
  }

  #extended(code: number, depth: number): unknown {
    const known = extensionWith(code)
    if (known === undefined) throw new Undecodable(`no extension has code ${code}`)
    return known.read(this.#read(depth + 1), this.#context)
  }

  // Errors

  #error(depth: number): unknown {
    const length = this.#arrayHead(7, 8)
    const className = this.#text(depth)
    if (className === 'DOMException') return this.#closed(depth, () => this.#domException(length, depth))
    const error = this.#begun(emptyError(), depth)
    setQuietly(error, 'message', this.#read(depth + 1))
    const cause = this.#read(depth + 1)
    const platformName = this.#text(depth)
    giveClass(error, className, platformName)
    setQuietly(error, 'stack', this.#read(depth + 1))
    this.#fieldsInto(error, this.#mapHead(), depth, defineField)
    this.#fieldsInto(error, this.#mapHead(), depth, setQuietly)
    if (length === 8) {
      this.uint8()
      if (!Object.hasOwn(error, 'cause')) setQuietly(error, 'cause', cause)
    }
    if (needsName(error, className, platformName)) setQuietly(error, 'name', className)
    return error
  }

  #domException(length: number, depth: number): Error {
    const message = this.#read(depth + 1)
    const cause = this.#read(depth + 1)
    this.#text(depth)
    const stack = this.#read(depth + 1)
    const fields = {}
    this.#fieldsInto(fields, this.#mapHead(), depth)
    const quiet: Fields = {}
    this.#fieldsInto(quiet, this.#mapHead(), depth)
    const error = newDomException(String(message), String(quiet['name']))
    setQuietly(error, 'stack', stack)
    for (const [key, value] of Object.entries(fields)) defineField(error, key, value)
    if (length === 8) {
      this.uint8()
      setQuietly(error, 'cause', cause)
    }
    return error
  }

  #text(depth: number): string {
    const text = this.#read(depth)
    if (typeof text !== 'string') throw new Undecodable('the name of a class is not a string')
    return text
  }
}

/** Sets an own field, also where Object.prototype has a property of that name. */
function setField(object: object, key: string, value: unknown): void {
  if (key in Object.prototype) defineField(object, key, value)
  else (object as Fields)[key] = value
}

function defineField(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: true })
}

function boxed(primitive: unknown): unknown {
  if (Object(primitive) === primitive || primitive === undefined || primitive === null) throw new Undecodable('a boxed value is not a primitive')
  return Object(primitive)
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]'
}

const viewClasses = binaryKinds.map((name) => (name === undefined || name === 'ArrayBuffer' ? undefined : (globalThis as Fields)[name])) as (ViewClass | undefined)[]

function viewOf(kind: unknown, buffer: ArrayBufferLike, byteOffset: number, length: number | undefined): ArrayBufferView {
  const View = viewClasses[kind as number]
  if (View === undefined) throw new Undecodable(`this platform has no view of kind ${String(kind)}`)
  return new View(buffer, byteOffset, length)
}
