// Shows: when a trial has passed. Each way to fail is one sentence, so nobody has to guess why the exit status is 1.
import type { Measured } from './measure.ts'
import type { RequestCounts } from './ledger.ts'

export const FAILED_SHARE_MAX = 0.01

export interface TrialOutcome {
  readonly requests: RequestCounts
  /** Answers that were compared with the sequential scan. */
  readonly compared: number
  /** The first few differences, for the reader. */
  readonly mistakes: readonly string[]
  readonly planned: number
  readonly measured: readonly Measured[]
  readonly leftovers: readonly string[]
}

/** What keeps the trial from passing; empty when it passed. */
export function shortcomings({ requests, planned, measured, leftovers }: TrialOutcome): string[] {
  const found: string[] = []
  const { sent, failed, unanswered, wrong } = requests
  if (sent === 0) found.push('no request was sent')
  if (unanswered > 0) found.push(`${unanswered} of ${sent} requests went unanswered`)
  if (wrong > 0) found.push(`${wrong} answers were wrong`)
  if (failed > sent * FAILED_SHARE_MAX)
    found.push(`${failed} of ${sent} requests failed: more than ${FAILED_SHARE_MAX * 100} %`)
  if (measured.length < planned) found.push(`${planned - measured.length} of ${planned} faults were not injected`)
  for (const { injection, detectedMs, recoveredMs, reason } of measured) {
    const name = `fault ${injection.n} (${injection.kind} in ${injection.target})`
    if (detectedMs === undefined) found.push(`${name} was not detected: ${reason}`)
    else if (recoveredMs === undefined) found.push(`${name} was not recovered from: ${reason}`)
  }
  if (leftovers.length > 0) found.push(`${leftovers.length} things are left over`)
  return found
}
