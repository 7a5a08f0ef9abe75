import type * as Library from 'msgpackr'
import type { Unpackr } from 'msgpackr'
import { largeBytes } from './codec-wire.ts'
import type { Structure } from './record-structures.ts'
import { structuresMax } from './record-structures.ts'

/** The keys of a record as msgpackr keeps them. */
type Keys = string[] & { highByte?: number }
type KeysList = Keys[] & { sharedLength?: number }

/**
 * Loading it takes a quarter of the time that it takes to load a node, native code included, so it is loaded when the first large frame is there.
 * Until it is, and where it is not to be had, our own reader reads them.
 */
let library: typeof Library | undefined
let loading: Promise<void> | undefined

function loaded(): typeof Library | undefined {
  loading ??= import('msgpackr').then(
    (found) => void (library = found),
    () => undefined,
  )
  return library
}

/**
 * Reads large frames of plain data that this node encoded itself, with msgpackr: its native reader of strings is worth
 * it from about 1 KiB on. Foreign bytes never come here. Nothing but plain data does: neither classes nor the
 * extensions that users add to msgpackr.
 */
export class LargeFrameReader {
  readonly #structures: readonly Structure[]
  readonly #keys: KeysList = []
  #unpackr: Unpackr | undefined

  constructor(structures: readonly Structure[]) {
    this.#structures = structures
  }

  /** The value of the frame, when this reader is the faster one for it; undefined otherwise. */
  read(bytes: Uint8Array, start: number, end: number): { readonly value: unknown } | undefined {
    if (end - start < largeBytes || bytes[start] === 0xd6) return undefined
    const unpackr = (this.#unpackr ??= this.#made())
    if (unpackr === undefined) return undefined
    this.#learn()
    return { value: unpackr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)) }
  }

  #made(): Unpackr | undefined {
    const found = loaded()
    if (found === undefined || !found.isNativeAccelerationEnabled) return undefined
    return new found.Unpackr({
      structures: this.#keys,
      maxSharedStructures: structuresMax,
      mapsAsObjects: true,
      copyBuffers: true,
    })
  }

  #learn(): void {
    const known = this.#keys
    for (let id = known.length; id < this.#structures.length; id++) {
      const keys: Keys = [...(this.#structures[id] as Structure).keys]
      if (id >= 0x20) keys.highByte = (id - 0x20) >> 5
      known.push(keys)
    }
    known.sharedLength = known.length
  }
}
