import type { Observation } from './observation.ts'
import { type Outcome, pathOf, type Plans, type Script } from './script.ts'

/** How each start went that was not `ok`, by what the actor is called. */
export type Outcomes = ReadonlyMap<string, Outcome>

/** Follows the plans of a script through what was observed. */
export function outcomesOf({ plans, steps }: Script, observations: readonly Observation[]): Outcomes {
  const left = new Map<string, Outcome[]>()
  const outcomes = new Map<string, Outcome>()
  const plan = (more: Plans): void => {
    for (const { path, outcomes: next } of more) left.set(path, [...next])
  }
  plan(plans)
  for (const [at, { events }] of observations.entries()) {
    plan(steps[at]?.plans ?? [])
    for (const { what, who } of events) {
      if (what !== 'start') continue
      const outcome = left.get(pathOf(who))?.shift()
      if (outcome !== undefined) outcomes.set(who, outcome)
    }
  }
  return outcomes
}
