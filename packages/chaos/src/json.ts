import { outagesOf } from './report.ts'
import type { ChaosReport } from './report.ts'

/** The report for programs: one JSON object. What is undefined in the report is null. */
export function asJson(report: ChaosReport): string {
  return JSON.stringify({ ...report, outages: outagesOf(report) }, (_key, value: unknown) =>
    value === undefined ? null : value,
  )
}
