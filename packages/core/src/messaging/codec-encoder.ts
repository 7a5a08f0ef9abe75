import { builtInTag, tagOfObject } from './codec-built-ins.ts'
import { isDomException, takeApart } from './codec-errors.ts'
import { registeredFor } from './codec-extensions.ts'
import type { CodedExtension, RegisteredType } from './codec-extensions.ts'
import { SharingWriter } from './codec-sharing.ts'
import { annotations, arrayBufferKind, besideBytes, binaryKinds, depthMax, extension } from './codec-wire.ts'
import type { Beside, Encoded, EncodeOptions } from './codec.ts'
import { entryStep, Obstacle, propertyStep } from './obstacle.ts'
import type { DefinedStructures } from './record-structures.ts'

type Fields = Record<string, unknown>
type Shareable = SharedArrayBuffer | ArrayBuffer

const plainPrototype: unknown = Object.prototype
const arrayPrototype: unknown = Array.prototype
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object
const noBuffers: readonly ArrayBuffer[] = []
const holesMax = 100_000
const cannotShare =
  'is a SharedArrayBuffer, which cannot leave its OS process: ' +
  'place both actors in threads of one process, or send a copy'
const changed = 'changed while it was being encoded'

/** Encodes values in one pass, which writes, finds shared parts, and refuses what cannot be sent. */
export class ValueEncoder extends SharingWriter {
  readonly #structures: DefinedStructures
  readonly #context: unknown
  #shares = false
  #moves = false
  #transfer = noBuffers
  #beside: Shareable[] | undefined
  /** Bytes of the value encoded last that were copied beside the frame. */
  copiedBytes = 0
  /** Somebody added enumerable properties to Object.prototype; they belong to no message. */
  #polluted = false

  constructor(structures: DefinedStructures, context: unknown) {
    super()
    this.#structures = structures
    this.#context = context
  }

  /** Encodes one value. Throws {@link NotSendable}. */
  encode(value: unknown, options: EncodeOptions | undefined): Encoded {
    this.begin()
    this.copiedBytes = 0
    if (options !== undefined) {
      this.#shares = options.shares ?? false
      this.#moves = options.moves ?? false
      this.#transfer = options.transfer ?? noBuffers
    }
    this.#polluted = false
    for (const _ in Object.prototype) this.#polluted = true
    try {
      this.#write(value, 0)
      if (this.rich) this.insertNames()
      const beside = options === undefined ? undefined : this.#release()
      return this.finish(beside)
    } catch (thrown) {
      this.abandon()
      throw Obstacle.from(thrown).notSendable(options?.root ?? 'message')
    } finally {
      this.forget()
      if (options !== undefined) {
        this.#shares = false
        this.#moves = false
        this.#transfer = noBuffers
        this.#beside = undefined
      }
    }
  }

  /** Takes the transferred buffers from the sender, which sees them detached from now on, wherever the receiver is. */
  #release(): Beside | undefined {
    if (this.#transfer.length === 0) return this.#beside
    const moved = new Map<Shareable, ArrayBuffer>()
    for (const buffer of this.#transfer) if (!buffer.detached) moved.set(buffer, buffer.transfer())
    return this.#beside?.map((object) => moved.get(object) ?? object)
  }

  #write(value: unknown, depth: number): void {
    this.room(0)
    switch (typeof value) {
      case 'string':
        if (!this.string(value)) this.#utf16(value)
        return
      case 'number':
        this.number(value)
        return
      case 'object':
        if (value === null) this.byte(0xc0)
        else if (!this.met(value)) this.#object(value, depth)
        return
      case 'boolean':
        this.byte(value ? 0xc3 : 0xc2)
        return
      case 'undefined':
        this.tag(extension.undefined)
        return
      case 'bigint':
        if (!this.bigint(value)) {
          this.rich = true
          this.wideBigint(value)
        }
        return
      case 'function':
      case 'symbol':
        throw new Obstacle(`is a ${typeof value}`)
    }
  }

  #object(value: object, depth: number): void {
    if (depth >= depthMax) throw new Obstacle(`is nested deeper than ${depthMax} levels`)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === plainPrototype && !this.#polluted) this.#plain(value as Fields, depth)
    else if (prototype === arrayPrototype && Array.isArray(value)) this.#array(value, depth)
    else this.#other(value, prototype as object | null, depth)
  }

  #plain(value: Fields, depth: number): void {
    const structure = this.#structures.find(value) ?? this.#structures.consider(Object.keys(value))
    if (structure === undefined) {
      this.#map(value, depth)
      return
    }
    this.recordHead(structure.id)
    let left = structure.keys.length
    let key = ''
    try {
      for (key in value) {
        this.#write(value[key], depth + 1)
        left--
      }
    } catch (thrown) {
      throw Obstacle.inside(propertyStep(key), thrown)
    }
    if (left !== 0) throw new Obstacle(changed)
  }

  /** A plain object whose shape has no record structure. */
  #map(value: Fields, depth: number): void {
    const keys = Object.keys(value)
    if (keys.some((key) => key === '__proto__' || !key.isWellFormed())) {
      this.rich = true
      this.annotate(annotations.entries)
      this.arrayHead(keys.length * 2)
    } else this.mapHead(keys.length)
    this.#fields(value, keys, depth + 1)
  }

  #fields(value: object, keys: readonly string[], depth: number): void {
    for (const key of keys) {
      try {
        this.#write(key, depth)
        this.#write((value as Fields)[key], depth)
      } catch (thrown) {
        throw Obstacle.inside(propertyStep(key), thrown)
      }
    }
  }

  #array(value: readonly unknown[], depth: number): void {
    const { length } = value
    this.arrayHead(length)
    let holes = 0
    let index = 0
    try {
      for (; index < length; index++) {
        const item = value[index]
        if (item === undefined && !(index in value) && ++holes > holesMax) break
        this.#write(item, depth + 1)
      }
    } catch (thrown) {
      throw Obstacle.inside(`[${index}]`, thrown)
    }
    if (index < length) throw new Obstacle(`is an array with more than ${holesMax} holes`)
  }

  #utf16(value: string): void {
    this.rich = true
    this.annotate(annotations.utf16)
    const units = new Uint8Array(value.length * 2)
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index)
      units[index * 2] = unit
      units[index * 2 + 1] = unit >> 8
    }
    this.binary(units)
  }

  // Everything but plain objects and arrays

  #other(value: object, prototype: object | null, depth: number): void {
    const kind =
      prototype === null ? 'Object' : (builtInTag(prototype) ?? registeredFor(prototype) ?? tagOfObject(value))
    switch (kind) {
      case 'Object':
      case 'Arguments':
        this.#plain(ownFields(value), depth)
        return
      case 'Array':
        this.#array(value as unknown[], depth)
        return
      case 'Uint8Array':
      case 'view':
        this.#view(value as ArrayBufferView)
        return
      case 'ArrayBuffer':
        this.#buffer(value as ArrayBuffer)
        return
      case 'SharedArrayBuffer':
        this.#besideBytes(value as SharedArrayBuffer)
        return
      case 'Map':
        this.#mapOf(value as Map<unknown, unknown>, depth)
        return
      case 'Set':
        this.#setOf(value as Set<unknown>, depth)
        return
      case 'Error':
        this.#error(value as Error, depth)
        return
      default:
        this.rich = true
        if (typeof kind === 'string') this.#leaf(value, kind)
        else this.#registered(value, kind, depth)
    }
  }

  /** An object that holds no others. */
  #leaf(value: object, tag: string): void {
    switch (tag) {
      case 'Date':
        this.timestamp(Date.prototype.getTime.call(value))
        return
      case 'RegExp':
        this.tag(extension.regexp)
        this.arrayHead(2)
        this.#write((value as RegExp).source, 0)
        this.#write((value as RegExp).flags, 0)
        return
      default:
        this.annotate(annotations.boxed)
        this.#write(unboxed(value, tag), 0)
    }
  }

  #mapOf(map: Map<unknown, unknown>, depth: number): void {
    const size = Reflect.get(Map.prototype, 'size', map)
    let left = size
    this.rich = true
    this.annotate(annotations.map)
    this.mapHead(size)
    for (const [key, value] of Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>) {
      if (left-- === 0) break
      let inKey = true
      try {
        this.#write(key, depth + 1)
        inKey = false
        this.#write(value, depth + 1)
      } catch (thrown) {
        throw Obstacle.inside(inKey ? `.keys()[${size - left - 1}]` : entryStep(key), thrown)
      }
    }
    if (left !== 0) throw new Obstacle(changed)
  }

  #setOf(set: Set<unknown>, depth: number): void {
    const size = Reflect.get(Set.prototype, 'size', set)
    let left = size
    this.rich = true
    this.tag(extension.set)
    this.arrayHead(size)
    for (const value of Set.prototype.values.call(set) as SetIterator<unknown>) {
      if (left-- === 0) break
      try {
        this.#write(value, depth + 1)
      } catch (thrown) {
        throw Obstacle.inside(`.values()[${size - left - 1}]`, thrown)
      }
    }
    if (left !== 0) throw new Obstacle(changed)
  }

  #error(error: Error, depth: number): void {
    this.rich = true
    const parts = takeApart(error)
    const apart = isDomException(error)
    if (apart) this.open()
    this.tag(extension.error)
    this.arrayHead(parts.hasCause ? 8 : 7)
    this.#write(parts.className, 0)
    let step = '.message'
    try {
      this.#write(parts.message, depth + 1)
      step = '.cause'
      this.#write(parts.cause, depth + 1)
      this.#write(parts.platformName, 0)
      step = '.stack'
      this.#write(parts.stack, depth + 1)
    } catch (thrown) {
      throw Obstacle.inside(step, thrown)
    }
    this.mapHead(parts.fields.length)
    this.#fields(error, parts.fields, depth + 1)
    this.mapHead(parts.quiet.length)
    this.#fields(error, parts.quiet, depth + 1)
    if (parts.hasCause) this.byte(0xc3)
    if (apart) this.close()
  }

  #registered(value: object, registered: CodedExtension | RegisteredType, depth: number): void {
    this.open()
    if ('extension' in registered) {
      this.annotate(registered.code)
      this.#write(registered.extension.write(value, this.#context), depth + 1)
    } else {
      this.annotate(annotations.type)
      this.arrayHead(2)
      this.#write(registered.name, 0)
      this.#write(registered.encode(value), depth + 1)
    }
    this.close()
  }

  // Binary data

  #buffer(buffer: ArrayBuffer): void {
    if (this.#travelsBeside(buffer)) {
      this.#besideBytes(buffer)
      return
    }
    if (buffer.detached) throw new Obstacle('is a detached ArrayBuffer')
    this.rich = true
    if (this.#moves && buffer.byteLength >= besideBytes) this.#copyBeside(new Uint8Array(buffer))
    else this.arrayBuffer(buffer)
  }

  /** Large binary data, as a buffer that the receiver gets: copied once, where bytes in a frame are copied twice. */
  #copyBeside(content: Uint8Array): void {
    this.rich = true
    this.copiedBytes += content.length
    const beside = (this.#beside ??= [])
    this.annotate(annotations.beside)
    this.number(beside.push(new Uint8Array(content).buffer) - 1)
  }

  #travelsBeside(buffer: ArrayBufferLike): boolean {
    if (Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]') return true
    return this.#shares && this.#transfer.includes(buffer as ArrayBuffer)
  }

  #besideBytes(object: Shareable): void {
    if (!this.#shares) throw new Obstacle(cannotShare)
    if ((object as ArrayBuffer).detached) throw new Obstacle('is a detached ArrayBuffer')
    this.rich = true
    const beside = (this.#beside ??= [])
    let index = beside.indexOf(object)
    if (index < 0) index = beside.push(object) - 1
    this.annotate(annotations.beside)
    this.number(index)
  }

  #view(view: ArrayBufferView): void {
    const { buffer, byteOffset, byteLength } = view
    const name = (Reflect.get(typedArrayPrototype, Symbol.toStringTag, view) as string | undefined) ?? 'DataView'
    const kind = binaryKinds.indexOf(name)
    const length = name === 'DataView' ? byteLength : (view as Uint8Array).length
    if (this.#travelsBeside(buffer)) this.viewOf(kind, () => this.#besideBytes(buffer), byteOffset, length)
    else if ((buffer as ArrayBuffer).detached) throw new Obstacle('is a view of a detached ArrayBuffer')
    else if (byteLength !== buffer.byteLength || !this.sharesBuffer(buffer as ArrayBuffer, kind, length)) {
      const content = name === 'Uint8Array' ? (view as Uint8Array) : new Uint8Array(buffer, byteOffset, byteLength)
      this.#viewContent(name, kind, content, length)
    }
  }

  #viewContent(name: string, kind: number, content: Uint8Array, length: number): void {
    if (this.#moves && content.length >= besideBytes) {
      this.viewOf(kind, () => this.#copyBeside(content), 0, length)
      return
    }
    if (name === 'Uint8Array') {
      this.binary(content)
      return
    }
    this.rich = true
    // msgpackr knows no Float16Array
    if (name === 'Float16Array') this.viewOf(kind, () => this.binaryOf(arrayBufferKind, content), 0, length)
    else this.binaryOf(kind, content)
  }
}

/** The own enumerable fields of an instance of a class that is not registered, as structured clone takes them. */
function ownFields(value: object): Fields {
  if (hasListeners(value)) throw new Obstacle(`is ${articled(value.constructor.name)}`)
  const fields = Object.create(null) as Fields
  for (const key of Object.keys(value)) {
    try {
      fields[key] = (value as Fields)[key]
    } catch (thrown) {
      throw Obstacle.inside(propertyStep(key), thrown)
    }
  }
  return fields
}

/** Whether this is a socket, a stream, a worker: something that lives here and would be an empty shell elsewhere. */
function hasListeners(value: object): boolean {
  const { on, emit, addEventListener, dispatchEvent } = value as Fields
  if (typeof on === 'function' && typeof emit === 'function') return !Object.hasOwn(value, 'emit')
  return typeof addEventListener === 'function' && typeof dispatchEvent === 'function'
}

/** What the language itself has and nobody can take apart. */
const languages = /^(Promise|Symbol|Weak\w+)$|(Iterator|Generator)$/

function unboxed(value: object, tag: string): unknown {
  switch (tag) {
    case 'Number':
      return Number.prototype.valueOf.call(value)
    case 'String':
      return String.prototype.valueOf.call(value)
    case 'Boolean':
      return Boolean.prototype.valueOf.call(value)
    case 'BigInt':
      return BigInt.prototype.valueOf.call(value)
    default:
      throw new Obstacle(
        `is ${articled(tag)}${languages.test(tag) || hasListeners(value) ? '' : ': send data made of it, or let its class travel with registerType'}`,
      )
  }
}

function articled(noun: string): string {
  return `${/^[AEIO]/.test(noun) ? 'an' : 'a'} ${noun}`
}
