import type { NodeSnapshot } from '@bulkhead/core'

/** Milliseconds after a change before it is told, so that a burst of changes is told once. */
const gatherMs = 20

/** Milliseconds between two snapshots, at least; and how much of the time they may take. */
const pauseMs = 1_000
const shareOfTime = 0.05

/** Tells the warden what the node holds whenever that has changed, so that it can be seen also while the node cannot answer. */
export class SnapshotPush {
  readonly #take: () => NodeSnapshot
  readonly #send: (snapshot: NodeSnapshot) => void
  #isDue = false
  #notBefore = 0

  constructor(take: () => NodeSnapshot, send: (snapshot: NodeSnapshot) => void) {
    this.#take = take
    this.#send = send
  }

  changed(): void {
    if (this.#isDue) return
    this.#isDue = true
    setTimeout(this.#push, Math.max(gatherMs, this.#notBefore - performance.now())).unref()
  }

  readonly #push = (): void => {
    this.#isDue = false
    const from = performance.now()
    this.#send(this.#take())
    const tookMs = performance.now() - from
    this.#notBefore = from + Math.max(pauseMs, tookMs / shareOfTime)
  }
}
