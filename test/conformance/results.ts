import { SPOTS } from './stage.ts'
import type { Item } from './ids.ts'
import type { Spot } from './stage.ts'

/** How the tests of one item went, by where its actors lived; a spot in which it has no test is missing. */
export type Outcomes = Partial<Readonly<Record<Spot, 'passed' | 'failed'>>>

/** What vitest's JSON says, as far as it matters. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string
      readonly ancestorTitles: readonly string[]
      readonly status: string
    }[]
  }[]
}

export interface Counts {
  readonly items: number
  /** Items that hold. */
  readonly passed: number
  /** Items that differ on purpose, as it is written down. */
  readonly deviations: number
  /** Items that neither hold nor differ as written, or that have no test somewhere. */
  readonly failed: number
}

/** By id. */
export function outcomesOf(report: VitestReport): Map<string, Outcomes> {
  const outcomes = new Map<string, Outcomes>()
  for (const { assertionResults } of report.testResults)
    for (const { title, ancestorTitles, status } of assertionResults) {
      const spot = SPOTS.find((each) => each === ancestorTitles[0])
      const id = /^[A-Z]+-\d{3}(?= )/.exec(title)?.[0]
      if (spot !== undefined && id !== undefined)
        outcomes.set(id, { ...outcomes.get(id), [spot]: status === 'passed' ? 'passed' : 'failed' })
    }
  return outcomes
}

/** Whether an item is as the list says, everywhere. */
export const isAsListed = (outcomes: Outcomes | undefined): boolean =>
  SPOTS.every((spot) => outcomes?.[spot] === 'passed')

export function countsOf(list: readonly Item[], outcomes: ReadonlyMap<string, Outcomes>): Counts {
  const good = list.filter(({ id, state }) => state !== 'needs' && isAsListed(outcomes.get(id)))
  const passed = good.filter(({ state }) => state === 'holds').length
  const deviations = good.length - passed
  return { items: list.length, passed, deviations, failed: list.length - good.length }
}
