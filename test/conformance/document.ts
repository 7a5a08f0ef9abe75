import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { items as list } from './ids.ts'
import type { Item } from './ids.ts'
import { recorded } from './recorded.ts'
import { countsOf, isAsListed } from './results.ts'
import type { Outcomes } from './results.ts'
import { SPOTS } from './stage.ts'

const GROUPS: readonly (readonly [prefix: string, heading: string])[] = [
  ['PROC', 'Processes and their signals'],
  ['SRV', 'Servers, calls and sys'],
  ['SUP', 'Supervisors'],
]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function stateOf({ id, state }: Item, outcomes: Outcomes | undefined): string {
  if (!isAsListed(outcomes))
    return outcomes === undefined || SPOTS.some((spot) => outcomes[spot] === undefined) ? '**no test**' : '**failed**'
  return state === 'differs' ? 'differs' : recorded.has(id) ? 'as recorded' : 'holds'
}

function rowOf(item: Item, outcomes: Outcomes | undefined): string {
  const spots = SPOTS.filter((spot) => outcomes?.[spot] === 'passed')
  const where = spots.length === SPOTS.length ? 'all' : spots.join(', ') || 'none'
  return `| ${item.id} | ${cell(item.title)} | ${stateOf(item, outcomes)} | ${where} | ${cell(item.note ?? '')} |`
}

function tableOf(prefix: string, outcomes: ReadonlyMap<string, Outcomes>): string {
  const rows = list.filter(({ id }) => id.startsWith(`${prefix}-`)).map((item) => rowOf(item, outcomes.get(item.id)))
  return [
    '| id | what OTP does | here | where it ran | in our shapes, or instead |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** The text of docs/conformance.md: what stands in `introduction.md`, and a table of what was seen. */
export function documentOf(outcomes: ReadonlyMap<string, Outcomes>): string {
  const { items, passed, deviations, failed } = countsOf(list, outcomes)
  const introduction = readFileSync(join(import.meta.dirname, 'introduction.md'), 'utf8').trim()
  const counts = `${items} items: ${passed} hold, ${deviations} differ on purpose, ${failed} failed.`
  const sections = GROUPS.map(([prefix, heading]) => `## ${heading}\n\n${tableOf(prefix, outcomes)}`)
  return `${introduction.replace('{counts}', counts)}\n\n${sections.join('\n\n')}\n`
}
