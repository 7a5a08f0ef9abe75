import { takeApart } from './codec-errors.ts'
import { registeredFor } from './codec-extensions.ts'
import type { CodedExtension, RegisteredType } from './codec-extensions.ts'
import { SharingWriter } from './codec-sharing.ts'
import { annotations, arrayBufferKind, binaryKinds, depthMax, extension } from './codec-wire.ts'
import type { Beside, Encoded, EncodeOptions } from './codec.ts'
import { entryStep, Obstacle, propertyStep } from './obstacle.ts'
import type { DefinedStructures } from './record-structures.ts'

type Fields = Record<string, unknown>
type Shareable = SharedArrayBuffer | ArrayBuffer

const plainPrototype: unknown = Object.prototype
const arrayPrototype: unknown = Array.prototype
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as () => string | undefined
const noBuffers: readonly ArrayBuffer[] = []
const holesMax = 100_000

/** Encodes values in one pass, which writes, finds shared parts, and refuses what cannot be sent. */
export class ValueEncoder extends SharingWriter {
  readonly #structures: DefinedStructures
  readonly #context: unknown
  #shares = false
  #transfer = noBuffers
  #beside: Shareable[] | undefined
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
    if (options !== undefined) {
      this.#shares = options.shares ?? false
      this.#transfer = options.transfer ?? noBuffers
    }
    this.#polluted = false
    for (const _ in Object.prototype) this.#polluted = true
    try {
      this.#write(value, 0)
      if (this.rich) this.insertNames()
      const beside = options === undefined ? undefined : this.#release()
      return { bytes: this.finish(), beside }
    } catch (thrown) {
      this.abandon()
      throw Obstacle.from(thrown).notSendable(options?.root ?? 'message')
    } finally {
      this.forget()
      if (options !== undefined) {
        this.#shares = false
        this.#transfer = noBuffers
        this.#beside = undefined
      }
    }
  }

  /** Takes the transferred buffers from the sender, which sees them detached from now on, wherever the receiver is. */
  #release(): Beside | undefined {
    const moved = new Map<Shareable, ArrayBuffer>()
    for (const buffer of this.#transfer) if (!moved.has(buffer)) moved.set(buffer, buffer.transfer())
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
      default:
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
    if (left !== 0) throw new Obstacle('changed while it was being encoded')
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
    if (prototype === Uint8Array.prototype) {
      this.#view(value as Uint8Array)
      return
    }
    const registered = prototype === null ? undefined : registeredFor(prototype)
    if (registered !== undefined) this.#registered(value, registered, depth)
    else if (Array.isArray(value)) this.#array(value, depth)
    else if (ArrayBuffer.isView(value)) this.#view(value)
    else if (value instanceof Error) this.#error(value, depth)
    else this.#tagged(value, Object.prototype.toString.call(value).slice('[object '.length, -1), depth)
  }

  #tagged(value: object, tag: string, depth: number): void {
    switch (tag) {
      case 'Object':
      case 'Arguments':
        this.#plain(ownFields(value), depth)
        return
      case 'Error':
      case 'DOMException':
        this.#error(value as Error, depth)
        return
      case 'ArrayBuffer':
        this.#buffer(value as ArrayBuffer)
        return
      case 'SharedArrayBuffer':
        this.#besideBytes(value as SharedArrayBuffer)
        return
      default:
        this.rich = true
        this.#builtIn(value, tag, depth)
    }
  }

  #builtIn(value: object, tag: string, depth: number): void {
    switch (tag) {
      case 'Map':
        this.#mapOf(value as Map<unknown, unknown>, depth)
        return
      case 'Set':
        this.#setOf(value as Set<unknown>, depth)
        return
      case 'Date':
        this.timestamp(Date.prototype.getTime.call(value))
        return
      case 'RegExp':
        this.tag(extension.regexp)
        this.arrayHead(2)
        this.#write((value as RegExp).source, depth)
        this.#write((value as RegExp).flags, depth)
        return
      case 'Number':
      case 'String':
      case 'Boolean':
      case 'BigInt':
        this.annotate(annotations.boxed)
        this.#write(unboxed(value, tag), depth)
        return
      default:
        throw new Obstacle(`is ${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`)
    }
  }

  #mapOf(map: Map<unknown, unknown>, depth: number): void {
    const entries = [...Map.prototype.entries.call(map)] as [unknown, unknown][]
    this.annotate(annotations.map)
    this.mapHead(entries.length)
    entries.forEach(([key, value], index) => {
      this.#part(key, depth + 1, () => `.keys()[${index}]`)
      this.#part(value, depth + 1, () => entryStep(key))
    })
  }

  #setOf(set: Set<unknown>, depth: number): void {
    const values = [...Set.prototype.values.call(set)] as unknown[]
    this.tag(extension.set)
    this.arrayHead(values.length)
    values.forEach((value, index) => this.#part(value, depth + 1, () => `.values()[${index}]`))
  }

  #part(value: unknown, depth: number, step: () => string): void {
    try {
      this.#write(value, depth)
    } catch (thrown) {
      throw Obstacle.inside(step(), thrown)
    }
  }

  #error(error: Error, depth: number): void {
    this.rich = true
    const parts = takeApart(error)
    this.tag(extension.error)
    this.arrayHead(parts.hasCause ? 8 : 7)
    this.#write(parts.className, depth)
    this.#part(parts.message, depth + 1, () => '.message')
    this.#part(parts.cause, depth + 1, () => '.cause')
    this.#write(parts.platformName, depth)
    this.#part(parts.stack, depth + 1, () => '.stack')
    this.mapHead(parts.fields.length)
    this.#fields(error, parts.fields, depth + 1)
    this.mapHead(parts.quiet.length)
    this.#fields(error, parts.quiet, depth + 1)
    if (parts.hasCause) this.byte(0xc3)
  }

  #registered(value: object, registered: CodedExtension | RegisteredType, depth: number): void {
    this.rich = true
    this.closed(() => {
      if ('extension' in registered) {
        this.annotate(registered.code)
        this.#write(registered.extension.write(value, this.#context), depth + 1)
      } else {
        this.annotate(annotations.type)
        this.arrayHead(2)
        this.#write(registered.name, depth)
        this.#write(registered.encode(value), depth + 1)
      }
    })
  }

  // Binary data

  #buffer(buffer: ArrayBuffer): void {
    if (this.#travelsBeside(buffer)) {
      this.#besideBytes(buffer)
      return
    }
    if (buffer.detached) throw new Obstacle('is a detached ArrayBuffer')
    this.rich = true
    this.arrayBuffer(buffer)
  }

  #travelsBeside(buffer: ArrayBufferLike): boolean {
    if (Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]') return true
    return this.#shares && this.#transfer.includes(buffer as ArrayBuffer)
  }

  #besideBytes(object: Shareable): void {
    if (!this.#shares) throw new Obstacle('is a SharedArrayBuffer, which cannot leave its OS process: place both actors in threads of one process, or send a copy')
    this.rich = true
    const beside = (this.#beside ??= [])
    let index = beside.indexOf(object)
    if (index < 0) index = beside.push(object) - 1
    this.annotate(annotations.beside)
    this.number(index)
  }

  #view(view: ArrayBufferView): void {
    const { buffer, byteOffset, byteLength } = view
    const name = typedArrayName.call(view) ?? 'DataView'
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

function unboxed(value: object, tag: 'Number' | 'String' | 'Boolean' | 'BigInt'): unknown {
  switch (tag) {
    case 'Number':
      return Number.prototype.valueOf.call(value)
    case 'String':
      return String.prototype.valueOf.call(value)
    case 'Boolean':
      return Boolean.prototype.valueOf.call(value)
    case 'BigInt':
      return BigInt.prototype.valueOf.call(value)
  }
}
