/** The OS processes that the warden has started, in shared memory: the root ends them when it leaves, whatever its warden is doing. */
export class ChildTable {
  readonly memory: SharedArrayBuffer
  readonly #places: Int32Array

  constructor(memory = new SharedArrayBuffer(256 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#places = new Int32Array(memory)
  }

  add(child: number): void {
    const free = this.#places.indexOf(0)
    if (free >= 0) this.#places[free] = child
  }

  remove(child: number): void {
    const place = this.#places.indexOf(child)
    if (child !== 0 && place >= 0) this.#places[place] = 0
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
