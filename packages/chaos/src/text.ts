import type { Injected } from './injected.ts'
import { recoveryMs } from './injected.ts'
import { outagesOf, seconds, skippedGroups } from './report.ts'
import type { ChaosReport, Outage } from './report.ts'

/** The report for people, in lines. */
export function asText(report: ChaosReport): string {
  const { seed, lastedMs, injections, planned, warnings, problems } = report
  return [
    `Chaos from seed ${seed}: ${injections.length} of ${planned} faults in ${seconds(lastedMs)}`,
    '',
    ...table(COLUMNS, injections.map(row)),
    '',
    ...steadyLines(report),
    ...section(
      'Not injected, since it would not be contained:',
      skippedGroups(report.skipped).map(({ kind, why, targets }) => `${kind} in ${named(targets)}: ${why}`),
    ),
    ...section(
      'Warnings:',
      warnings.map(({ path, why, advice }) => `${path}: ${why}; ${advice}`),
    ),
    ...(problems.length === 0 ? ['Passed.'] : ['Not passed:', ...problems.map((problem) => `  ${problem}`)]),
    '',
  ].join('\n')
}

const COLUMNS = ['at', 'fault', 'target', 'in', 'seen', 'noticed ms', 'recovered ms']

function row(injected: Injected): string[] {
  const { injectedMs, detectedMs, fault, target, placement } = injected
  const recovered = recoveryMs(injected)
  return [
    seconds(injectedMs),
    fault.kind,
    target,
    placement,
    seenOf(injected),
    detectedMs === undefined ? '-' : (detectedMs - injectedMs).toFixed(0),
    recovered === undefined ? '-' : recovered.toFixed(0),
  ]
}

/** The evidence in a few words. */
export function seenOf({ evidence, why = '' }: Injected): string {
  if (evidence === undefined) return why
  const { cause, code, signal, handler, limitMb, held, answeredMs, lastedMs } = evidence
  const facts = [
    signal,
    code === undefined ? undefined : `code ${code}`,
    handler,
    limitMb === undefined ? undefined : `limit ${limitMb} MB`,
    held && `${held.frames} frames held`,
    answeredMs === undefined ? undefined : `answered after ${answeredMs} ms`,
    lastedMs === undefined ? undefined : `${lastedMs} ms`,
  ].filter((fact) => fact !== undefined)
  return facts.length === 0 ? cause : `${cause} (${facts.join(', ')})`
}

function steadyLines(report: ChaosReport): string[] {
  const { steady } = report
  if (steady === undefined) return []
  const { checks, failed, slowestMs } = steady
  return [
    `Steady state: ${checks} checks, ${failed} failed, the slowest took ${slowestMs.toFixed(0)} ms`,
    ...outagesOf(report).map((outage) => `  ${outageLine(outage)}`),
    '',
  ]
}

/** A stretch without the steady state, in words. */
export function outageLine({ fromMs, toMs, during, why = '' }: Outage): string {
  const blame = during.length === 0 ? 'while nothing was injected' : `during fault ${during.join(', ')}`
  return `${seconds(fromMs)} to ${seconds(toMs)} ${blame}: ${why}`
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`), '']
}

const NAMES_SHOWN = 5

/** A list of paths that stays readable. */
export function named(paths: readonly string[]): string {
  const shown = paths.slice(0, NAMES_SHOWN).map((path) => (path === '' ? '/' : path))
  return paths.length > NAMES_SHOWN ? `${shown.join(', ')} and ${paths.length - NAMES_SHOWN} more` : shown.join(', ')
}

/** Text in columns: figures, which are the last two, to the right. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((cells) => cells[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < columns.length - 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [line(columns), ...rows.map(line)]
}
