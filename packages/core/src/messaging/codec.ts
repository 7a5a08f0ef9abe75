import { TokenWriter } from './codec-token-writer.ts'
import { ValueDecoder } from './codec-decoder.ts'
import { ValueEncoder } from './codec-encoder.ts'
import { LargeFrameReader } from './codec-large.ts'
import type { Encoded } from './encoded.ts'
import { DefinedStructures, learnStructures } from './record-structures.ts'
import type { Structure } from './record-structures.ts'
import { NotSendable } from './not-sendable.ts'
import { Undecodable } from './undecodable.ts'

export { registerError, registerExtension, registerType } from './codec-extensions.ts'
export type { Extension, RegisteredType } from './codec-extensions.ts'
export { NotSendable } from './not-sendable.ts'
export { printable } from './printable.ts'
export { Undecodable } from './undecodable.ts'

/**
 * Objects that travel beside the bytes because they are shared or moved, never copied on the way: SharedArrayBuffers, transferred ArrayBuffers, and
 * the copies of large binary data that the receiver gets.
 */
export type Beside = readonly (SharedArrayBuffer | ArrayBuffer)[]

export { Encoded } from './encoded.ts'

export interface EncodeOptions {
  /**
   * Whether SharedArrayBuffers can cross: both ends are in one OS process. Default false; then one of them is
   * `NotSendable`.
   */
  readonly shares?: boolean
  /**
   * Whether large binary data travel beside the bytes: copied here and nowhere else, since both ends are in one OS process. Default false.
   */
  readonly moves?: boolean
  /**
   * ArrayBuffers to move instead of copy. Once encoding has succeeded they are detached here, wherever the receiver is;
   * what `beside` holds is their successors. If `shares` is false they are copied into the bytes, and detached all the
   * same. Default none.
   */
  readonly transfer?: readonly ArrayBuffer[]
  /** Names the value in error paths. Default 'message'. */
  readonly root?: string
  /** Bytes above which the value is `NotSendable`: no carrier would take it. Default {@link MESSAGE_BYTES_MAX}. */
  readonly bytesMax?: number
}

/** The longest message, in every placement: 256 MiB. */
export const MESSAGE_BYTES_MAX: number = 256 * 1024 * 1024

export interface Encoder {
  /** Encodes one value. Throws `NotSendable` with the path: `message.job.onDone is a function`. */
  encode(value: unknown, options?: EncodeOptions): Encoded
  /** How many record structures are defined so far. */
  readonly definitions: number
  /**
   * The definitions of structures [from, definitions), to be sent as a control frame before the first frame that uses
   * them.
   */
  define(from: number): Uint8Array
  /** Telemetry: how many values were encoded. */
  encodes: number
}

export interface Decoder {
  /**
   * Decodes the bytes from `start`, by default 0, to `end`, by default their length. Nothing that it returns lies in
   * these bytes. Throws `Undecodable` on any bad input, and nothing else.
   */
  decode(bytes: Uint8Array, beside?: Beside, start?: number, end?: number): unknown
  /**
   * Learns record structures. Throws `Undecodable`, and learns nothing, if they leave a gap, contradict known ones, are
   * too many or too wide.
   */
  define(definition: Uint8Array): void
}

export interface CodecOptions {
  /** Handed to `write` and `read` of the extensions: the node, say. Default undefined. */
  readonly context?: unknown
  /** The longest message, in bytes. Default {@link MESSAGE_BYTES_MAX}. */
  readonly bytesMax?: number
  /** The option that sets it, as errors name it. Default none: nothing does. */
  readonly bytesOption?: string
}

export interface Codec {
  readonly encoder: Encoder
  /** Decodes what this node's own encoder made; knows its structures without frames. */
  readonly localDecoder: Decoder
  /** A decoder for one connection, which knows only the structures that it was sent. */
  readonly newDecoder: () => Decoder
  /** Telemetry: how many values all its decoders have decoded. */
  readonly decodes: number
}

/** The codec of one node: one encoder, a decoder for its own frames, and one for each connection. */
export function createCodec(options: CodecOptions = {}): Codec {
  const structures = new DefinedStructures()
  const tally: Tally = { decodes: 0 }
  return {
    encoder: new NodeEncoder(structures, options),
    localDecoder: new LocalDecoder(structures.list, options.context, tally),
    newDecoder: () => new FrameDecoder([], options.context, tally),
    get decodes() {
      return tally.decodes
    },
  }
}

/** What the decoders of one codec count together. */
interface Tally {
  decodes: number
}

class NodeEncoder implements Encoder {
  encodes = 0
  readonly #structures: DefinedStructures
  readonly #context: unknown
  readonly #bytesMax: number
  readonly #bytesOption: string | undefined
  /** Undefined while it is encoding: then a getter, or an extension's `write`, encodes with another. */
  #idle: ValueEncoder | undefined

  constructor(structures: DefinedStructures, { context, bytesMax = MESSAGE_BYTES_MAX, bytesOption }: CodecOptions) {
    this.#structures = structures
    this.#context = context
    this.#bytesMax = bytesMax
    this.#bytesOption = bytesOption
  }

  encode(value: unknown, options?: EncodeOptions): Encoded {
    this.encodes++
    const encoder = this.#idle ?? new ValueEncoder(this.#structures, this.#context)
    this.#idle = undefined
    try {
      const encoded = encoder.encode(value, options)
      const { root = 'message', bytesMax = this.#bytesMax } = options ?? {}
      const bytes = encoded.length + encoder.copiedBytes
      if (bytes > bytesMax) throw new NotSendable(root, tooLong(bytes, bytesMax, this.#bytesOption))
      return encoded
    } finally {
      this.#idle = encoder
    }
  }

  get definitions(): number {
    return this.#structures.list.length
  }

  define(from: number): Uint8Array {
    return new DefinitionWriter().define(from, this.#structures.list)
  }
}

function tooLong(bytes: number, bytesMax: number, option: string | undefined): string {
  const way =
    option === undefined ? 'share its memory within one OS process' : `have whoever starts this actor raise ${option}`
  return `takes ${bytes} bytes, and a message may take ${bytesMax}: send it in parts, or ${way}`
}

class DefinitionWriter extends TokenWriter {
  define(from: number, structures: readonly Structure[]): Uint8Array {
    this.begin()
    this.arrayHead(1 + structures.length - from)
    this.number(from)
    for (let id = from; id < structures.length; id++) {
      const { keys } = structures[id] as Structure
      this.arrayHead(keys.length)
      for (const key of keys) this.string(key)
    }
    return this.finish(undefined).bytes
  }
}

class FrameDecoder implements Decoder {
  readonly #structures: Structure[]
  readonly #context: unknown
  protected readonly tally: Tally
  #idle: ValueDecoder | undefined

  constructor(structures: Structure[], context: unknown, tally: Tally) {
    this.#structures = structures
    this.#context = context
    this.tally = tally
  }

  decode(bytes: Uint8Array, beside?: Beside, start = 0, end = bytes.length): unknown {
    this.tally.decodes++
    if (!(start >= 0 && end <= bytes.length)) throw new Undecodable(`there are no bytes from ${start} to ${end}`)
    const decoder = this.#idle ?? new ValueDecoder(this.#structures, this.#context)
    this.#idle = undefined
    try {
      return decoder.decode(bytes, beside, start, end)
    } finally {
      this.#idle = decoder
    }
  }

  define(definition: Uint8Array): void {
    learnStructures(
      this.#structures,
      new ValueDecoder([], undefined).decode(definition, undefined, 0, definition.length),
    )
  }
}

class LocalDecoder extends FrameDecoder {
  readonly #large: LargeFrameReader

  constructor(structures: Structure[], context: unknown, tally: Tally) {
    super(structures, context, tally)
    this.#large = new LargeFrameReader(structures)
  }

  override decode(bytes: Uint8Array, beside?: Beside, start = 0, end = bytes.length): unknown {
    const large = this.#largeFrame(bytes, start, end)
    if (large === undefined) return super.decode(bytes, beside, start, end)
    this.tally.decodes++
    return large.value
  }

  #largeFrame(bytes: Uint8Array, start: number, end: number): { readonly value: unknown } | undefined {
    try {
      return this.#large.read(bytes, start, end)
    } catch (thrown) {
      throw new Undecodable('a large frame does not decode', { cause: thrown })
    }
  }
}
