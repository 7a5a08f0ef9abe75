import type { ChaosReport, Injected } from '@bulkhead/chaos'

/** An injection that went well, but for what a test says. */
export const injected = (n: number, about: Partial<Injected>): Injected => ({
  n,
  atMs: n * 1_000,
  fault: { kind: 'throw' },
  target: '/shop/cart',
  placement: 'thread',
  outcome: 'recovered',
  injectedMs: n * 1_000,
  detectedMs: n * 1_000 + 4,
  recoveredMs: n * 1_000 + 250,
  node: 2,
  pidBefore: `<x.2.${n}>`,
  pidAfter: `<x.2.${n + 1}>`,
  evidence: { cause: 'error', reason: 'Error: chaos' },
  alsoHit: [],
  ...about,
})

/** A run as it could have been. */
export const report: ChaosReport = {
  seed: 7,
  startedAt: '2026-01-02T03:04:05.678Z',
  startedMs: 123,
  lastedMs: 10_000,
  planned: 3,
  injections: [
    injected(1, {}),
    injected(3, {
      fault: { kind: 'loop' },
      target: '/shop/db',
      placement: 'process',
      evidence: { cause: 'stuck', handler: 'chaos.loop', reason: '{ stuck }' },
      alsoHit: ['/shop/cache', '/shop/log'],
    }),
    injected(5, {
      fault: { kind: 'cut', forMs: 800 },
      evidence: { cause: 'cut', held: { frames: 3, bytes: 99 }, lastedMs: 801 },
    }),
  ],
  skipped: [
    { kind: 'heap', target: '/shop/cart', why: 'only an OS process contains memory exhaustion' },
    { kind: 'heap', target: '/shop/front', why: 'only an OS process contains memory exhaustion' },
  ],
  steady: {
    checks: 40,
    failed: 2,
    slowestMs: 312.4,
    stretches: [
      { ok: true, fromMs: 0, toMs: 2_900, checks: 20 },
      { ok: false, fromMs: 3_100, toMs: 3_200, checks: 2, why: 'status 503' },
      { ok: true, fromMs: 3_300, toMs: 9_900, checks: 18 },
    ],
  },
  restarts: [{ atMs: 1_100, child: 'cart' }],
  warnings: [{ path: '/shop', node: 1, why: 'it lives on the root', advice: 'move it' }],
  problems: [],
  passed: true,
}
