import type { Beside, Ending, Receiver } from '@bulkhead/core/transport'
import { digestOf, indexOf } from './frames.ts'

/** One frame as it came. */
export interface SeenFrame {
  readonly index: number
  readonly length: number
  readonly digest: number
}

/** What one side of a connection saw: plain data, so that the far side can report it. */
export interface Observation {
  readonly frames: SeenFrame[]
  readonly endings: Ending['how'][]
  framesAfterEnding: number
  /** How many different segments the frames lay in. */
  segments: number
  drained: number
}

/** A receiver that writes down what it sees. */
export class Observer implements Receiver {
  readonly seen: Observation = { frames: [], endings: [], framesAfterEnding: 0, segments: 0, drained: 0 }
  /** What travelled beside the frames, in order. */
  readonly beside: (Beside | undefined)[] = []
  /** Resolved at the first ending. */
  readonly ended: Promise<void>
  readonly #segments = new WeakSet<Uint8Array>()
  readonly #onFrame: (segment: Uint8Array, start: number, end: number, beside: Beside | undefined) => void
  readonly #onDrained: () => void
  #end: () => void = () => {}

  constructor(
    onFrame: (segment: Uint8Array, start: number, end: number, beside: Beside | undefined) => void = () => {},
    onDrained: () => void = () => {},
  ) {
    this.#onFrame = onFrame
    this.#onDrained = onDrained
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  frame(segment: Uint8Array, start: number, end: number, beside: Beside | undefined, _isYours?: boolean): void {
    const { seen } = this
    seen.frames.push({
      index: indexOf(segment, start, end),
      length: end - start,
      digest: digestOf(segment, start, end),
    })
    this.beside.push(beside)
    if (seen.endings.length > 0) seen.framesAfterEnding += 1
    if (!this.#segments.has(segment)) {
      this.#segments.add(segment)
      seen.segments += 1
    }
    this.#onFrame(segment, start, end, beside)
  }

  drained(): void {
    this.seen.drained += 1
    this.#onDrained()
  }

  closed(ending: Ending): void {
    this.seen.endings.push(ending.how)
    this.#end()
  }
}
