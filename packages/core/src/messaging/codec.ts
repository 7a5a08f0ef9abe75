import { addExtension, Packr } from 'msgpackr'
import type { Extension, RegisteredType } from './codec-extensions.ts'
import { NotSendable } from './not-sendable.ts'
import { Undecodable } from './undecodable.ts'

export { NotSendable } from './not-sendable.ts'
export { Undecodable } from './undecodable.ts'
export type { Extension, RegisteredType } from './codec-extensions.ts'

/** Objects that travel beside the bytes because they are shared or moved, never copied: SharedArrayBuffers and transferred ArrayBuffers. */
export type Beside = readonly (SharedArrayBuffer | ArrayBuffer)[]

export interface Encoded {
  readonly bytes: Uint8Array
  readonly beside: Beside | undefined
}

export interface EncodeOptions {
  /** Whether a SharedArrayBuffer can cross (same OS process). Default false. */
  readonly shares?: boolean
  /** ArrayBuffers to move instead of copy. Default none. */
  readonly transfer?: readonly ArrayBuffer[]
  /** Names the value in error paths. Default 'message'. */
  readonly root?: string
}

export interface Encoder {
  /**
   * Encodes one value. `bytes` is an exact-length view that the caller may keep; it lies in a slab of the codec's, so whoever posts it
   * copies that view, not its ArrayBuffer. Throws `NotSendable`, with the path.
   */
  encode(value: unknown, options?: EncodeOptions): Encoded
  /** How many record structures are defined so far. */
  readonly definitions: number
  /** The definitions of structures [from, definitions): sent as a control frame before the first frame that uses them. */
  define(from: number): Uint8Array
  /** Telemetry: how many values were encoded. */
  encodes: number
}

export interface Decoder {
  /** Throws `Undecodable` on any bad input, and nothing else. */
  decode(bytes: Uint8Array, beside?: Beside, start?: number, end?: number): unknown
  /** Learns structures. Throws `Undecodable` on a gap, keys that are not strings, or too many. */
  define(definition: Uint8Array): void
  /** Telemetry: how many values were decoded. */
  decodes: number
}

export interface CodecOptions {
  /** Handed to every `write` and `read` of the extensions: the node, say. Default undefined. */
  readonly context?: unknown
}

export interface Codec {
  readonly encoder: Encoder
  /** Decodes what this node's own encoder made; sees its structures without frames. */
  readonly localDecoder: Decoder
  /** One for each connection; knows only the structures that it was sent. */
  newDecoder(): Decoder
}

const structuresMax = 512
let context: unknown

const extended = new Set<number>()

/** Makes values of a class of core's own travel. Codes 0x20 to 0x3f. */
export function registerExtension<T, D>(code: number, extension: Extension<T, D>): void {
  extended.add(code)
  addExtension({
    Class: extension.class as never,
    type: code,
    write: (value: T) => extension.write(value, context),
    read: (data: unknown) => extension.read(data, context),
  })
}

/** Keeps a class of errors a class on the other side. */
export function registerError(_class: abstract new (...args: never[]) => Error): void {}

/** Keeps a class a class on the other side. */
export function registerType<T, D>(_type: RegisteredType<T, D>): void {}

/** A safe printed form of a value that cannot be encoded. Never throws. */
export function printable(reason: unknown): string {
  try {
    return reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)
  } catch {
    return 'unprintable'
  }
}

function check(value: unknown, path: string, seen: Set<unknown>): void {
  if (typeof value === 'function') throw new NotSendable(path, 'is a function')
  if (typeof value === 'symbol') throw new NotSendable(path, 'is a symbol')
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
  seen.add(value)
  if (Array.isArray(value)) value.forEach((item, index) => check(item, `${path}[${index}]`, seen))
  else if (Object.getPrototypeOf(value) === Object.prototype) for (const key of Object.keys(value)) check((value as Record<string, unknown>)[key], `${path}.${key}`, seen)
}

function newPackr(structures: string[][]): Packr & { structures: string[][] } {
  return new Packr({ structures, maxSharedStructures: structuresMax, maxOwnStructures: 0, structuredClone: true, moreTypes: true, copyBuffers: true, mapsAsObjects: false, saveStructures: () => true }) as never
}

/** The codec of one node: one encoder, a decoder for its own frames, and one for each connection. */
export function createCodec(options: CodecOptions = {}): Codec {
  const packr = newPackr([])
  const encoder: Encoder = {
    encodes: 0,
    get definitions() {
      return packr.structures.length
    },
    define(from) {
      return Uint8Array.from(new Packr({ useRecords: false }).pack([from, ...packr.structures.slice(from).map((keys) => [...keys])]))
    },
    encode(value, { root = 'message' } = {}) {
      this.encodes++
      check(value, root, new Set())
      context = options.context
      try {
        return { bytes: Uint8Array.from(packr.pack(value)), beside: undefined }
      } catch (error) {
        throw new NotSendable(root, `cannot be encoded: ${printable(error)}`)
      }
    },
  }
  const decoderOf = (unpackr: Packr & { structures: string[][] }): Decoder => ({
    decodes: 0,
    decode(bytes, _beside, start = 0, end = bytes.length) {
      this.decodes++
      context = options.context
      try {
        return unpackr.unpack(bytes, { start, end })
      } catch (error) {
        throw new Undecodable(printable(error), { cause: error })
      }
    },
    define(definition) {
      const [from, ...structures] = new Packr({ useRecords: false }).unpack(definition) as [number, ...string[][]]
      const known = unpackr.structures
      if (from > known.length) throw new Undecodable('a gap in the definitions')
      const all = [...known.slice(0, from), ...structures]
      Object.assign(unpackr, newPackr(all))
    },
  })
  return { encoder, localDecoder: decoderOf(packr), newDecoder: () => decoderOf(newPackr([])) }
}
