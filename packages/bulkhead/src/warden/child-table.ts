/**
 * What the warden has started and the root must not leave behind, or not wait for, in shared memory: the root knows it also when its
 * warden cannot answer.
 */
export class ChildTable {
  readonly memory: SharedArrayBuffer
  /** OS processes; 0 is a free place. */
  readonly #places: Int32Array
  /** How many threads were fenced and still run a native call. */
  readonly #lingering: Int32Array

  constructor(memory = new SharedArrayBuffer((1 + placesMax) * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#lingering = new Int32Array(memory, 0, 1)
    this.#places = new Int32Array(memory, Int32Array.BYTES_PER_ELEMENT)
  }

  add(child: number): void {
    const free = this.#places.indexOf(0)
    if (free >= 0) this.#places[free] = child
  }

  remove(child: number): void {
    const place = this.#places.indexOf(child)
    if (child !== 0 && place >= 0) this.#places[place] = 0
  }

  /** A fenced thread lingers (1), or has ended after all (-1). */
  countLingering(change: 1 | -1): void {
    Atomics.add(this.#lingering, 0, change)
  }

  /** Whether a thread still runs a native call, which nothing can end but the end of this OS process. */
  get hasLingering(): boolean {
    return Atomics.load(this.#lingering, 0) > 0
  }

  /** OS processes that have not ended. */
  list(): number[] {
    return [...this.#places].filter((child) => child !== 0)
  }

  /** Ends all of them, with what they have started. */
  killAll(): void {
    for (const child of this.#places) {
      if (child === 0) continue
      try {
        process.kill(-child, 'SIGKILL')
      } catch {
        // gone already
      }
    }
  }
}

const placesMax = 1_024
