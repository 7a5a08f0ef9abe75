import { isNativeAccelerationEnabled, Unpackr } from 'msgpackr'
import { largeBytes } from './codec-wire.ts'
import type { Structure } from './record-structures.ts'
import { structuresMax } from './record-structures.ts'

/** The keys of a record as msgpackr keeps them. */
type Keys = string[] & { highByte?: number }
type KeysList = Keys[] & { sharedLength?: number }

/**
 * Reads large frames of plain data that this node encoded itself, with msgpackr: its native reader of strings is worth
 * it from about 1 KiB on. Foreign bytes never come here. Nothing but plain data does: neither classes nor the
 * extensions that users add to msgpackr.
 */
export class LargeFrameReader {
  readonly #structures: readonly Structure[]
  readonly #keys: KeysList = []
  readonly #unpackr: Unpackr

  constructor(structures: readonly Structure[]) {
    this.#structures = structures
    this.#unpackr = new Unpackr({
      structures: this.#keys,
      maxSharedStructures: structuresMax,
      mapsAsObjects: true,
      copyBuffers: true,
    })
  }

  /** Whether this reader is the faster one for the frame. */
  takes(bytes: Uint8Array, start: number, end: number): boolean {
    return isNativeAccelerationEnabled && end - start >= largeBytes && bytes[start] !== 0xd6
  }

  read(bytes: Uint8Array, start: number, end: number): unknown {
    this.#learn()
    return this.#unpackr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start))
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
