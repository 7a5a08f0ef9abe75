// Shows: what a trial measures of its faults. Pure: times come in, figures come out.
import type { FaultKind, Injection } from '../chaos/injection.ts'
import type { Failure } from './ledger.ts'

/** One injection as it went, in milliseconds on the trial's clock. */
export interface Measured {
  readonly injection: Injection
  readonly injectedMs: number
  /** When the target's end was reported; undefined when it was not. */
  readonly detectedMs: number | undefined
  /** When a replacement first answered; undefined when none did. */
  readonly recoveredMs: number | undefined
  /** The exit reason that the observer was told, or why it was told none. */
  readonly reason: string
}

export interface FaultFigures {
  readonly kind: FaultKind
  readonly placement: Injection['placement']
  readonly count: number
  readonly detectMs: readonly number[]
  readonly recoverMs: readonly number[]
  readonly failedRequests: number
}

/** One entry per kind and placement, in the order of their first injection. */
export function figuresOf(measured: readonly Measured[], failures: readonly Failure[]): FaultFigures[] {
  const groups = Map.groupBy(measured, ({ injection }) => `${injection.kind} ${injection.placement}`)
  return [...groups.values()].map((group) => ({
    kind: group[0]!.injection.kind,
    placement: group[0]!.injection.placement,
    count: group.length,
    detectMs: group.flatMap(({ injectedMs, detectedMs }) => sinceInjection(injectedMs, detectedMs)),
    recoverMs: group.flatMap(({ injectedMs, recoveredMs }) => sinceInjection(injectedMs, recoveredMs)),
    failedRequests: group.reduce((sum, one) => sum + failedDuring(one, failures), 0),
  }))
}

function sinceInjection(injectedMs: number, thenMs: number | undefined): number[] {
  return thenMs === undefined ? [] : [Math.round((thenMs - injectedMs) * 10) / 10]
}

/** Requests that were under way between the injection and the first answer of the replacement, and failed. */
function failedDuring({ injectedMs, recoveredMs = Infinity }: Measured, failures: readonly Failure[]): number {
  return failures.filter(({ sentMs, endedMs }) => sentMs <= recoveredMs && endedMs >= injectedMs).length
}

export interface Spread {
  readonly n: number
  readonly median: number
  readonly max: number
}

/** Undefined for no values at all. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const median = Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!
  return { n: sorted.length, median, max: sorted.at(-1)! }
}
