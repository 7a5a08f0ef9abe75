import { bars, standing } from '../bars.ts'
import { figure } from '../figures.ts'
import type { Row } from '../row.ts'

/** What the page is made of beside the rows. */
export interface Circumstances {
  readonly command: string
  readonly machine: readonly string[]
  readonly minutes: number
  /** Plots, by the name of the bench, as paths beside the page. */
  readonly plots: ReadonlyMap<string, string>
}

/** docs/performance.md, from the rows of one full run. */
export function performancePage(rows: readonly Row[], { command, machine, minutes, plots }: Circumstances): string {
  const behind = rows.filter(({ ratio }) => ratio !== undefined && ratio < 1)
  const ahead = rows.filter(({ ratio }) => ratio !== undefined && ratio >= 1)
  const groups = Map.groupBy(rows, ({ id }) => id.split('/', 1)[0] as string)
  return [
    '# What it costs, beside others',
    '',
    `Written by \`${command}\` in one run of ${Math.round(minutes)} minutes; nothing here is typed in by hand. Measured on:`,
    '',
    ...machine.map((fact) => `- ${fact}`),
    '',
    'Everything that is compared ran by turns in that run. A figure is the median over the rounds, with half of the distance between the quartiles behind ±. A ratio above 1 means that Bulkhead is ahead of what stands beside it; on a machine that is shared, believe ratios more than figures.',
    '',
    `Of ${behind.length + ahead.length} rows with a ratio Bulkhead is ahead in ${ahead.length}, and behind in ${behind.length}.`,
    '',
    '## What is aimed at',
    '',
    '| | ratio, at least | measured, at worst | |',
    '|---|---|---|---|',
    ...bars.map((bar) => {
      const stands = standing(bar, rows)
      const measured =
        stands === undefined
          ? 'missing'
          : `${figure(stands.lowest)}${stands.measured > 1 ? ` of ${stands.measured} rows` : ''}`
      return `| ${bar.what} | ${figure(bar.least)} | ${measured} | ${stands?.holds === true ? 'holds' : '**does not hold**'} |`
    }),
    '',
    ...[...groups].flatMap(([group, own]) => [
      `## ${group}`,
      '',
      ...(plots.has(group) ? [`![Ratios of ${group}](${plots.get(group)})`, ''] : []),
      '| | ours | beside it | ratio | CPU per message | sizes |',
      '|---|---|---|---|---|---|',
      ...own.map(line),
      '',
    ]),
  ].join('\n')
}

function line(row: Row): string {
  const cpu = row.cpuPerMessageNs === undefined ? '' : `${Math.round(row.cpuPerMessageNs).toLocaleString('en')} ns`
  const ratio = row.ratio === undefined ? '' : row.ratio < 1 ? `**${figure(row.ratio)}**` : figure(row.ratio)
  return `| ${row.variant} | ${figure(row.ours, row.spread)} ${row.unit} | ${row.anchor}: ${figure(row.anchorValue, row.anchorSpread)} | ${ratio} | ${cpu} | ${row.n.toLocaleString('en')}, ${row.runs} rounds |`
}
