/** Incarnations of one system at most that this can tell of; memory is taken only as they come. */
const nodesMax = 16 * 1024 * 1024
const nodesAtFirst = 1024

/**
 * Which nodes live in this OS process, in shared memory: its warden writes a node down before anybody hears of it, so every thread knows
 * whether memory can be shared with a node before there is a connection.
 */
export class SharedNodes {
  readonly memory: SharedArrayBuffer
  readonly #flags: Uint8Array

  constructor(memory = new SharedArrayBuffer(nodesAtFirst, { maxByteLength: nodesMax })) {
    this.memory = memory
    this.#flags = new Uint8Array(memory) // as long as the memory is, also when that grows
  }

  add(node: number): void {
    if (node >= this.memory.byteLength)
      this.memory.grow(Math.min(nodesMax, Math.max(node + 1, this.memory.byteLength * 2)))
    Atomics.store(this.#flags, node, 1)
  }

  has(node: number): boolean {
    return node < this.memory.byteLength && Atomics.load(this.#flags, node) === 1
  }
}
