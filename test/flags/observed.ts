import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endedWell, saidBy } from '../loading/outcome.ts'
import type { Outcome } from '../loading/outcome.ts'
import type { Surroundings } from './fixtures/surroundings.ts'

export const placements = ['thread', 'crew', 'process'] as const
export type Placement = (typeof placements)[number]

export const fixtures: string = fileURLToPath(new URL('fixtures', import.meta.url))
export const fixture = (name: string): string => join(fixtures, name)

/** The program in which an observer looks around in a thread, in a thread of a crew, and in a process. */
export const observed: string = fixture('observed.ts')

/** What the root, or the node of that kind, said of its surroundings, after a run that went well. */
export function seenBy(who: 'root' | Placement, outcome: Outcome): Surroundings {
  return saidBy<Surroundings>(endedWell(outcome), who)
}
