import type { Write } from './descriptor.ts'
import { writerTo } from './descriptor.ts'
import type { OutputStream } from './output-ring.ts'

/** Bytes that wait for a reader from which on whoever can wait with printing should. */
const fullBytes = 256 * 1024

/** Bytes that wait for a reader from which on nothing more is taken. */
const bytesMax = 1024 * 1024

/** Milliseconds without any progress after which nobody is counted on to read. */
const stalledMs = 500

/** Milliseconds between two attempts to write: at first, and at most. */
const retryMs = { min: 1, max: 50 } as const

/** The streams of this OS process, for what its nodes print. */
export type Outlets = Readonly<Record<OutputStream, Outlet>>

export function openOutlets(): Outlets {
  return { stdout: new Outlet(writerTo(1)), stderr: new Outlet(writerTo(2)) }
}

/** How far the reader of a stream is behind. */
export interface Backlog {
  /** The reader is behind, but it reads: whoever can wait with printing should, until {@link whenReady}. */
  readonly isBehind: boolean
  /** Calls back, once, when the reader has caught up, or is no longer counted on. At once if that is so. */
  whenReady(then: () => void): void
}

/** A stream of this OS process: what its reader has no room for waits here, in order and bounded. Nothing here blocks. */
export class Outlet implements Backlog {
  readonly #write: Write
  #waiting: Uint8Array[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #retryMs: number = retryMs.min
  #progressAt = 0
  #whenRoom: (() => void)[] = []
  #whenReady: (() => void)[] = []
  #whenEmpty: (() => void)[] = []

  constructor(write: Write) {
    this.#write = write
  }

  /** Takes all of the text or, when too much waits already, nothing: then it is false. */
  write(text: string): boolean {
    if (this.#bytes >= bytesMax) return false
    const bytes = Buffer.from(text)
    if (this.#bytes === 0) this.#progressAt = performance.now()
    this.#waiting.push(bytes)
    this.#bytes += bytes.length
    if (this.#timer === undefined) this.#writeOut()
    return true
  }

  get isBehind(): boolean {
    return this.#bytes >= fullBytes && !this.#isStalled
  }

  whenReady(then: () => void): void {
    if (this.isBehind) this.#whenReady.push(then)
    else then()
  }

  /** Calls back, once, when the reader has caught up. At once if that is so. */
  whenRoom(then: () => void): void {
    if (this.#bytes >= fullBytes) this.#whenRoom.push(then)
    else then()
  }

  /** Resolves when everything is written, or after so many milliseconds. */
  async flush(withinMs: number): Promise<void> {
    if (this.#bytes === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      this.#whenEmpty.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  get #isStalled(): boolean {
    return performance.now() - this.#progressAt >= stalledMs
  }

  readonly #writeOut = (): void => {
    this.#timer = undefined
    const before = this.#bytes
    let rest: Uint8Array = this.#waiting.length === 1 ? (this.#waiting[0] as Uint8Array) : Buffer.concat(this.#waiting)
    try {
      while (rest.length > 0) rest = rest.subarray(this.#write(rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') rest = rest.subarray(rest.length) // nobody can read it
    }
    this.#waiting = rest.length === 0 ? [] : [rest]
    this.#bytes = rest.length
    if (rest.length < before) {
      this.#progressAt = performance.now()
      this.#retryMs = retryMs.min
    }
    if (rest.length > 0) {
      this.#timer = setTimeout(this.#writeOut, this.#retryMs)
      this.#retryMs = Math.min(retryMs.max, this.#retryMs * 2)
    }
    this.#callBack()
  }

  #callBack(): void {
    if (this.#bytes < fullBytes / 2) for (const then of this.#whenRoom.splice(0)) then()
    if (this.#bytes < fullBytes / 2 || this.#isStalled) for (const then of this.#whenReady.splice(0)) then()
    if (this.#bytes === 0) for (const then of this.#whenEmpty.splice(0)) then()
  }
}
