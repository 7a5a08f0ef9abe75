import type { FaultKind } from './fault.ts'
import type { Injected } from './injected.ts'
import type { Finding } from './lint.ts'
import type { Skipped } from './plan.ts'
import type { SteadyReport, Stretch } from './steady-state.ts'

/** A child that a supervisor on the root has started again. */
export interface Restart {
  readonly atMs: number
  readonly child: string
}

/** A run, and what came of it. Times are milliseconds from its start. */
export interface ChaosReport {
  readonly seed: number
  /** The time of the day at which it began, as ISO 8601 writes it. */
  readonly startedAt: string
  /** The same as `performance.now()` of the program, to compare its times with those of others. */
  readonly startedMs: number
  readonly lastedMs: number
  /** Injections that were planned; those that the run had no time for are not among `injections`. */
  readonly planned: number
  readonly injections: readonly Injected[]
  readonly skipped: readonly Skipped[]
  /** Undefined when there was no check. */
  readonly steady: SteadyReport | undefined
  /** Of children whose supervisors live on the root, which is their default. */
  readonly restarts: readonly Restart[]
  readonly warnings: readonly Finding[]
  /** What keeps the run from passing, one sentence each. */
  readonly problems: readonly string[]
  readonly passed: boolean
}

/** A stretch of failed checks, and the numbers of the injections that were under way meanwhile. */
export interface Outage extends Stretch {
  readonly during: readonly number[]
}

/** Each time the steady state was lost, with what is to blame for it. */
export function outagesOf({ steady, injections }: Pick<ChaosReport, 'steady' | 'injections'>): Outage[] {
  return (steady?.stretches ?? [])
    .filter(({ ok }) => !ok)
    .map((stretch) => ({ ...stretch, during: injections.filter((each) => overlaps(each, stretch)).map(({ n }) => n) }))
}

function overlaps({ injectedMs, recoveredMs = Infinity }: Injected, { fromMs, toMs }: Stretch): boolean {
  return injectedMs <= toMs && recoveredMs >= fromMs
}

/** What keeps a run from passing: a fault that was not injected, detected or recovered from; a steady state lost for good, or by itself. */
export function problemsOf(report: Omit<ChaosReport, 'problems' | 'passed'>): string[] {
  const found: string[] = []
  const { injections, planned, steady } = report
  if (injections.length < planned) found.push(`${planned - injections.length} of ${planned} faults were not injected`)
  for (const { n, fault, target, outcome, why } of injections)
    if (outcome !== 'recovered') found.push(`fault ${n} (${fault.kind} in ${target}) was ${WORDS[outcome]}: ${why}`)
  for (const { during, fromMs, why } of outagesOf(report))
    if (during.length === 0)
      found.push(`the steady state was lost at ${seconds(fromMs)} while nothing was injected: ${why}`)
  const last = steady?.stretches.at(-1)
  if (last?.ok === false) found.push(`the steady state was not there at the end: ${last.why}`)
  return found
}

const WORDS = { not_detected: 'not detected', not_recovered: 'not recovered from', refused: 'refused' } as const

/** Skipped targets by kind and reason. */
export function skippedGroups(
  skipped: readonly Skipped[],
): { readonly kind: FaultKind; readonly why: string; readonly targets: readonly string[] }[] {
  const groups = Map.groupBy(skipped, ({ kind, why }) => `${kind} ${why}`)
  return [...groups.values()].map((group) => ({
    kind: group[0]!.kind,
    why: group[0]!.why,
    targets: group.map(({ target }) => target),
  }))
}

/** Milliseconds as a reader of a report takes them in. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
