import { textOf } from './codec-byte-reader.ts'
import { emptyError, giveClass, needsName, newDomException, setQuietly } from './codec-errors.ts'
import { extensionWith, typeNamed } from './codec-extensions.ts'
import { defineField, setField, TokenReader } from './codec-token-reader.ts'
import type { Fields } from './codec-token-reader.ts'
import { annotations, arrayBufferKind, binaryKinds, extension } from './codec-wire.ts'
import type { Beside } from './codec.ts'
import type { Structure } from './record-structures.ts'
import { Undecodable } from './undecodable.ts'

type ViewClass = new (buffer: ArrayBufferLike, byteOffset: number, length?: number) => ArrayBufferView

const nothing: Beside = []

/** Decodes frames, one at a time. Trusts nothing: every length, number and type is checked against what is there. */
export class ValueDecoder extends TokenReader {
  readonly #context: unknown
  #beside = nothing

  constructor(structures: readonly Structure[], context: unknown) {
    super(structures)
    this.#context = context
  }

  /** Decodes the bytes from `start` to `end`. Throws {@link Undecodable}, and nothing else. */
  decode(bytes: Uint8Array, beside: Beside | undefined, start: number, end: number): unknown {
    this.#beside = beside ?? nothing
    try {
      return this.frame(bytes, start, end)
    } catch (thrown) {
      throw thrown instanceof Undecodable
        ? thrown
        : new Undecodable('the bytes hold a value that cannot be made', { cause: thrown })
    } finally {
      this.#beside = nothing
    }
  }

  // Extension types

  protected override tagged(depth: number): unknown {
    const type = this.uint8()
    const data = this.uint8()
    this.checkDepth(depth)
    switch (type) {
      case extension.undefined:
        return undefined
      case extension.set:
        return this.#set(depth)
      case extension.error:
        return this.#error(depth)
      case extension.regexp: {
        const [source, flags] = this.tuple(2, depth)
        if (typeof source !== 'string' || typeof flags !== 'string') break
        return this.whole(new RegExp(source, flags))
      }
      case extension.timestamp:
        if (data === 0xff) return this.whole(new Date(Number.NaN))
    }
    throw new Undecodable(`no value has extension type ${type}`)
  }

  protected override extension(length: number, depth: number): unknown {
    const type = this.uint8()
    this.need(length)
    switch (type) {
      case extension.bigint:
        return this.wideInteger(length)
      case extension.binary: {
        if (length === 0) break
        const kind = this.uint8()
        const { buffer } = this.copy(length - 1)
        return this.whole(kind === arrayBufferKind ? buffer : viewOf(kind, buffer, 0, undefined))
      }
      case extension.timestamp: {
        if (length !== 12) break
        const nanoseconds = this.uint32()
        return this.whole(new Date(Number(this.int64()) * 1000 + nanoseconds / 1_000_000))
      }
    }
    throw new Undecodable(`no value of ${length} bytes has extension type ${type}`)
  }

  #set(depth: number): unknown {
    const set = this.begun(new Set(), depth)
    for (let left = this.arrayHead(0, Infinity); left > 0; left--) set.add(this.read(depth + 1))
    return set
  }

  // Annotated values

  protected override annotated(code: number, depth: number): unknown {
    switch (code) {
      case annotations.map:
        return this.#mapOf(depth)
      case annotations.entries:
        return this.#entries(depth)
      case annotations.utf16:
        return this.#utf16(depth)
      case annotations.beside:
        return this.#fromBeside(depth)
    }
    const name = this.withheldName(depth)
    switch (code) {
      case annotations.boxed:
        return this.made(boxed(this.read(depth + 1)), name)
      case annotations.view:
        return this.made(sharedView(this.tuple(4, depth)), name)
      case annotations.type: {
        this.arrayHead(2, 2)
        const typeName = this.read(depth + 1)
        return this.made(decodedType(typeName, this.read(depth + 1)), name)
      }
      default:
        return this.made(this.#extended(code, this.read(depth + 1)), name)
    }
  }

  #mapOf(depth: number): unknown {
    const map = this.begun(new Map(), depth)
    for (let left = this.mapHead(); left > 0; left--) {
      const key = this.read(depth + 1)
      map.set(key, this.read(depth + 1))
    }
    return map
  }

  #entries(depth: number): unknown {
    const object = this.begun<Fields>({}, depth)
    const length = this.arrayHead(0, Infinity)
    if (length % 2 !== 0) throw new Undecodable('a key without a value')
    this.#fieldsInto(object, length / 2, depth)
    return object
  }

  #fieldsInto(object: object, length: number, depth: number, set: typeof setField = setField): void {
    for (let left = length; left > 0; left--) {
      const key = this.read(depth + 1)
      if (typeof key !== 'string') throw new Undecodable('a key is not a string')
      set(object, key, this.read(depth + 1))
    }
  }

  #utf16(depth: number): string {
    const units = this.read(depth + 1)
    if (!(units instanceof Uint8Array) || units.length % 2 !== 0) throw new Undecodable('UTF-16 without its code units')
    const codes = Array.from(
      { length: units.length / 2 },
      (_, index) => (units[index * 2] as number) | ((units[index * 2 + 1] as number) << 8),
    )
    return textOf(codes)
  }

  #fromBeside(depth: number): unknown {
    const index = this.read(depth + 1)
    const object = typeof index === 'number' ? this.#beside[index] : undefined
    if (object === undefined) throw new Undecodable('an object that should have come beside the bytes did not')
    return this.whole(object)
  }

  #extended(code: number, data: unknown): unknown {
    const known = extensionWith(code)
    if (known === undefined) throw new Undecodable(`no extension has code ${code}`)
    return known.read(data, this.#context)
  }

  // Errors

  #error(depth: number): unknown {
    const length = this.arrayHead(7, 8)
    const className = this.#text(depth)
    if (className === 'DOMException') {
      const name = this.withheldName(depth)
      return this.made(this.#domException(length, depth), name)
    }
    const error = this.begun(emptyError(), depth)
    setQuietly(error, 'message', this.read(depth + 1))
    const cause = this.read(depth + 1)
    const platformName = this.#text(depth)
    giveClass(error, className, platformName)
    setQuietly(error, 'stack', this.read(depth + 1))
    this.#fieldsInto(error, this.mapHead(), depth, defineField)
    this.#fieldsInto(error, this.mapHead(), depth, setQuietly)
    if (length === 8) {
      this.uint8()
      if (!Object.hasOwn(error, 'cause')) setQuietly(error, 'cause', cause)
    }
    if (needsName(error, className, platformName)) setQuietly(error, 'name', className)
    return error
  }

  #domException(length: number, depth: number): Error {
    const message = this.read(depth + 1)
    const cause = this.read(depth + 1)
    this.#text(depth)
    const stack = this.read(depth + 1)
    const fields = {}
    this.#fieldsInto(fields, this.mapHead(), depth)
    const quiet: Fields = {}
    this.#fieldsInto(quiet, this.mapHead(), depth)
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
    const text = this.read(depth + 1)
    if (typeof text !== 'string') throw new Undecodable('the name of a class is not a string')
    return text
  }
}

function boxed(primitive: unknown): unknown {
  if (Object(primitive) === primitive || primitive === undefined || primitive === null)
    throw new Undecodable('a boxed value is not a primitive')
  return Object(primitive)
}

function decodedType(name: unknown, data: unknown): unknown {
  const type = typeNamed(name as string)
  if (type === undefined) throw new Undecodable(`no type is registered as ${String(name)} here`)
  return type.decode(data)
}

function sharedView([kind, of, byteOffset, length]: readonly unknown[]): unknown {
  const buffer = ArrayBuffer.isView(of) ? of.buffer : of
  if (!isBuffer(buffer)) throw new Undecodable('a view without its buffer')
  return kind === arrayBufferKind ? buffer : viewOf(kind, buffer, byteOffset as number, length as number)
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]'
}

declare const Float16Array: ViewClass
const viewClasses = new Map<string, ViewClass>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
    ...(typeof Float16Array === 'undefined' ? [] : [Float16Array]),
  ].map((viewClass) => [viewClass.name, viewClass as ViewClass]),
)

function viewOf(
  kind: unknown,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number | undefined,
): ArrayBufferView {
  const View = viewClasses.get(binaryKinds[kind as number] ?? '')
  if (View === undefined) throw new Undecodable(`this platform has no view of kind ${String(kind)}`)
  return new View(buffer, byteOffset, length)
}
