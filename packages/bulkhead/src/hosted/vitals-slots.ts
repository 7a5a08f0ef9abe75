import type { VITALS as OfCore } from '@bulkhead/core'

/** Core's `VITALS`, said again, so that a thread that only watches need not load core; its type keeps the two equal. */
export const VITALS: typeof OfCore = {
  turn: 0,
  actor: 1,
  handler: 2,
  alive: 3,
  sole: 4,
  settled: 5,
  turnAt: 6,
  length: 8,
}
