// Shows: the trial for people.
import { figuresOf, spreadOf, type FaultFigures } from './measure.ts'
import type { Failure } from './ledger.ts'
import { shortcomings, type TrialOutcome } from './outcome.ts'

export interface ReportInput {
  readonly heading: string
  readonly outcome: TrialOutcome
  readonly failures: readonly Failure[]
  /** The supervision tree as lines. */
  readonly tree: readonly string[]
  /** Weaknesses of the tree, one line each. */
  readonly warnings?: readonly string[]
}

export function toReport({ heading, outcome, failures, tree, warnings = [] }: ReportInput): string {
  const problems = shortcomings(outcome)
  return [
    heading,
    '',
    requestLine(outcome),
    ...outcome.mistakes.map((mistake) => `  wrong: ${mistake}`),
    '',
    ...table(FAULT_COLUMNS, figuresOf(outcome.measured, failures).map(faultRow)),
    '',
    'Tree at the end of the load',
    ...tree.map((line) => `  ${line}`),
    '',
    ...(warnings.length === 0 ? [] : ['Warnings', ...warnings.map((warning) => `  ${warning}`), '']),
    outcome.leftovers.length === 0 ? 'Left over: nothing' : 'Left over:',
    ...outcome.leftovers.map((name) => `  ${name}`),
    '',
    ...(problems.length === 0 ? ['Passed.'] : ['Not passed:', ...problems.map((problem) => `  ${problem}`)]),
    '',
  ].join('\n')
}

function requestLine({ requests, compared }: TrialOutcome): string {
  const { sent, answered, failed, unanswered, wrong } = requests
  return `Requests: ${sent} sent, ${answered} answered, ${failed} failed, ${unanswered} unanswered, ${wrong} wrong of ${compared} compared`
}

const FAULT_COLUMNS = [
  'fault',
  'in',
  'n',
  'detected ms: median',
  'max',
  'replaced ms: median',
  'max',
  'failed requests',
]

function faultRow({ kind, placement, count, detectMs, recoverMs, failedRequests }: FaultFigures): string[] {
  const detected = spreadOf(detectMs)
  const recovered = spreadOf(recoverMs)
  const figures = [detected?.median, detected?.max, recovered?.median, recovered?.max]
  return [
    kind,
    placement,
    String(count),
    ...figures.map((ms) => (ms === undefined ? '-' : ms.toFixed(0))),
    String(failedRequests),
  ]
}

/** Text in columns: the first two to the left, figures to the right. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [line(columns), ...rows.map(line)]
}
