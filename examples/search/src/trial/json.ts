// Shows: the trial for programs: one JSON object, and nothing else on stdout.
import type { Injection } from '../chaos/injection.ts'
import { figuresOf } from './measure.ts'
import type { TrialOutcome } from './outcome.ts'
import type { Failure } from './ledger.ts'

export function toJson(outcome: TrialOutcome, schedule: readonly Injection[], failures: readonly Failure[]): string {
  return JSON.stringify({
    requests: outcome.requests,
    faults: figuresOf(outcome.measured, failures),
    schedule: schedule.map(({ n, kind, placement, target, evidence = null }) => ({
      n,
      kind,
      placement,
      target,
      evidence,
    })),
    leftovers: outcome.leftovers,
  })
}
