import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { machine } from '../machine.ts'
import type { Row } from '../row.ts'
import { performancePage } from './markdown.ts'

const docs = new URL('../../../docs/', import.meta.url)

interface Plotter {
  plotOfRatios(rows: readonly Row[]): Promise<string>
}

/** Writes docs/performance.md and its plots, from the rows of a full run. */
export async function writeReport(rows: readonly Row[], command: string, minutes: number): Promise<void> {
  // JavaScript, so that its library is not needed for a look at the types.
  const { plotOfRatios } = (await import(new URL('./plot.mjs', import.meta.url).href)) as Plotter
  const folder = new URL('performance/', docs)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const plots = new Map<string, string>()
  for (const [group, own] of Map.groupBy(rows, ({ id }) => id.split('/', 1)[0] as string)) {
    if (!own.some(({ ratio }) => ratio !== undefined)) continue
    writeFileSync(new URL(`${group}.svg`, folder), await plotOfRatios(own))
    plots.set(group, `performance/${group}.svg`)
  }
  writeFileSync(new URL('performance.md', docs), performancePage(rows, { command, machine: machine(), minutes, plots }))
}
