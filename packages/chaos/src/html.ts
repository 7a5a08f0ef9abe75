import { escaped } from './escape.ts'
import { recoveryMs } from './injected.ts'
import type { Injected } from './injected.ts'
import { outagesOf, seconds, skippedGroups } from './report.ts'
import type { ChaosReport } from './report.ts'
import { named, outageLine, seenOf } from './text.ts'
import { timelineOf } from './timeline.ts'

const UNCONTAINED = 'why it would not have been contained'

/** The report as one page that needs nothing else: no script, no style sheet, no picture from anywhere. */
export function asHtml(report: ChaosReport): string {
  const { seed, startedAt, lastedMs, injections, planned, passed, warnings } = report
  const title = `Chaos from seed ${seed}: ${passed ? 'passed' : 'not passed'}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(`${injections.length} of ${planned} faults in ${seconds(lastedMs)}, begun at ${startedAt}.`)}</p>
${list('What keeps it from passing', report.problems, 'problems')}
<section aria-label="Timeline">
${timelineOf(report)}
<p class="legend"><span class="fault">fault, until it was recovered from</span> <span class="failed">fault that was not</span> <span class="steady">steady</span> <span class="lost">not steady</span> <span class="restart">a child was restarted</span></p>
</section>
<h2>Faults</h2>
${table(
  [
    'no.',
    'at',
    'fault',
    'target',
    'in',
    'outcome',
    'seen',
    'reason',
    'noticed ms',
    'recovered ms',
    'pid before',
    'pid after',
    'also hit',
  ],
  injections.map((each) => ({ id: `fault-${each.n}`, isBad: each.outcome !== 'recovered', cells: cellsOf(each) })),
)}
${steadySection(report)}
<h2>Not injected</h2>
${table(
  ['fault', 'targets', UNCONTAINED],
  skippedGroups(report.skipped).map(({ kind, targets, why }) => ({ cells: [kind, named(targets), why] })),
)}
${list(
  'Warnings',
  warnings.map(({ path, why, advice }) => `${path}: ${why}; ${advice}.`),
)}
</main>
</body>
</html>
`
}

function cellsOf(injected: Injected): string[] {
  const { n, injectedMs, detectedMs, fault, target, placement, outcome, evidence, pidBefore, pidAfter, alsoHit } =
    injected
  const recovered = recoveryMs(injected)
  return [
    String(n),
    seconds(injectedMs),
    fault.kind,
    target,
    placement,
    outcome.replaceAll('_', ' '),
    seenOf(injected),
    evidence?.reason ?? '',
    detectedMs === undefined ? '–' : (detectedMs - injectedMs).toFixed(0),
    recovered === undefined ? '–' : recovered.toFixed(0),
    pidBefore ?? '–',
    pidAfter ?? '–',
    named(alsoHit),
  ]
}

function steadySection(report: ChaosReport): string {
  const { steady } = report
  if (steady === undefined) return ''
  const { checks, failed, slowestMs } = steady
  const summary = `${checks} checks, ${failed} failed; the slowest took ${slowestMs.toFixed(0)} ms.`
  return `<h2>Steady state</h2>\n<p>${escaped(summary)}</p>\n${list('', outagesOf(report).map(outageLine))}`
}

interface Row {
  readonly id?: string
  readonly isBad?: boolean
  readonly cells: readonly string[]
}

/** Columns whose text may take several lines. */
const WRAPPED: ReadonlySet<string> = new Set(['seen', 'reason', 'also hit', 'targets', UNCONTAINED])

function table(columns: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return '<p>Nothing.</p>'
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('')
  const body = rows.map(({ id, isBad, cells }) => {
    const data = cells
      .map((cell, i) => `<td${WRAPPED.has(columns[i]!) ? ' class="long"' : ''}>${escaped(cell)}</td>`)
      .join('')
    return `<tr${id === undefined ? '' : ` id="${escaped(id)}"`}${isBad === true ? ' class="bad"' : ''}>${data}</tr>`
  })
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escaped(columns.join(', '))}"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`
}

function list(heading: string, lines: readonly string[], className = ''): string {
  if (lines.length === 0) return ''
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join('\n')
  return `${heading === '' ? '' : `<h2>${escaped(heading)}</h2>\n`}<ul class="${className}">\n${items}\n</ul>`
}

const STYLE = `
:root { --ground: #fff; --ink: #1b1f24; --dim: #57606a; --line: #d0d7de; --fault: #0969da; --failed: #a40e26; --steady: #2da44e; --lost: #cf222e; --restart: #8250df; --bad: #ffebe9 }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --ink: #e6edf3; --dim: #9198a1; --line: #3d444d; --fault: #58a6ff; --failed: #ff7b72; --steady: #3fb950; --lost: #f85149; --restart: #bc8cff; --bad: #3c1618 } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1200px; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
svg { width: 100%; height: auto }
svg text { fill: var(--dim); font: 12px system-ui, sans-serif }
svg .label { text-anchor: end; fill: var(--ink) } svg .tick { text-anchor: middle }
svg line { stroke: var(--line) }
svg .fault { fill: var(--fault) } svg .failed { fill: var(--failed); stroke: var(--ink); stroke-dasharray: 3 2 }
svg .steady { fill: var(--steady); opacity: .55 } svg .lost { fill: var(--lost) } svg .restart { fill: var(--restart) }
svg a:focus rect { stroke: var(--ink); stroke-width: 3 } a:focus { outline: none }
.legend { color: var(--dim); font-size: 13px } .legend span { margin-right: 1.2em; padding-left: .5em; border-left: 1em solid }
.legend .fault { border-color: var(--fault) } .legend .failed { border-color: var(--failed) } .legend .steady { border-color: var(--steady) } .legend .lost { border-color: var(--lost) } .legend .restart { border-color: var(--restart) }
.scroll { overflow-x: auto } .scroll:focus { outline: 2px solid var(--fault) }
table { border-collapse: collapse; font-size: 13px } th, td { text-align: left; vertical-align: top; padding: .3em .7em; border-bottom: 1px solid var(--line) }
td { white-space: nowrap } td.long { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 14em; max-width: 28em }
tr.bad { background: var(--bad) } tr:target { outline: 2px solid var(--fault) }
.problems li { color: var(--failed) }
`
