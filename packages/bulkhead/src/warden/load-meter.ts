import type { NodeRecord } from './node-record.ts'

/** Milliseconds at least over which it is measured how busy the nodes are. */
const measureMs = 250

/** How busy each node was since the last time. */
export class LoadMeter {
  #measuredAt = performance.now()

  measure(records: Iterable<NodeRecord>): void {
    const now = performance.now()
    const passedMs = now - this.#measuredAt
    if (passedMs < measureMs) return
    this.#measuredAt = now
    for (const record of records) {
      if (record.verdict !== undefined || record.share === 'root') continue
      const activeMs = record.body.activeMs() ?? 0
      record.load = Math.min(1, (activeMs - record.lastActiveMs) / passedMs)
      record.lastActiveMs = activeMs
    }
  }
}
