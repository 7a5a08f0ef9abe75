import type { InjectionEvidence } from './evidence.ts'
import type { Injection } from './plan.ts'

/** An injection as it went. Times are milliseconds from the start of the run. */
export interface Injected extends Injection {
  /** `recovered`: from the fault. `not_detected`: the target did not end. `not_recovered`: nobody took its place in time. `refused`: nothing was done. */
  readonly outcome: 'recovered' | 'not_detected' | 'not_recovered' | 'refused'
  readonly injectedMs: number
  /** When a monitor of the target heard of its end, or when a fault that ends nobody was over. */
  readonly detectedMs: number | undefined
  /** When the target, or whoever took its place, was ready again. */
  readonly recoveredMs: number | undefined
  readonly node: number | undefined
  readonly pidBefore: string | undefined
  readonly pidAfter: string | undefined
  readonly evidence: InjectionEvidence | undefined
  /** Paths of the others that went down with it, or felt it. */
  readonly alsoHit: readonly string[]
  /** Why it was refused, or what was waited for in vain. */
  readonly why?: string
}

/** Milliseconds from the injection until the service was whole again; undefined when it was not. */
export function recoveryMs({ injectedMs, recoveredMs }: Injected): number | undefined {
  return recoveredMs === undefined ? undefined : recoveredMs - injectedMs
}
