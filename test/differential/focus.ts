import type { ChildSpec, DynamicSpec, Ending, RestartType, Strategy, SupervisorSpec } from './script.ts'

/** How a worker ends that the script is about. */
export type End = Exclude<Ending, 'exit'> | 'kill'

export const RESTARTS: readonly RestartType[] = ['permanent', 'transient', 'temporary']
export const STRATEGIES: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const ENDS: readonly End[] = ['normal', 'shutdown', 'clean', 'stop', 'crash', 'kill']
const DEPTHS = [1, 2, 3]

/** What a script looks at more often than chance would: seeds in a row go through all of it in turn. */
export interface Focus {
  readonly strategy: Strategy | 'simple_one_for_one'
  readonly restart: RestartType
  readonly end: End
  /** How many supervisors stand above the worker. */
  readonly depth: number
}

const ALL: readonly Focus[] = DEPTHS.flatMap((depth) =>
  ENDS.flatMap((end) =>
    RESTARTS.flatMap((restart) =>
      [...STRATEGIES, 'simple_one_for_one' as const].map((strategy) => ({ strategy, restart, end, depth })),
    ),
  ),
)

/** What is deep is hit less often by chance, the more so where children have to be started first. */
const WEIGHTED = ALL.flatMap((each) =>
  Array.from({ length: each.depth < 3 ? 1 : each.strategy === 'simple_one_for_one' ? 3 : 2 }, () => each),
)

/** What is hit least of all: temporary children, which are gone after each restart of their group, that end in order. */
const RARE = WEIGHTED.filter(
  ({ strategy, restart, end }) =>
    restart === 'temporary' && strategy !== 'simple_one_for_one' && ['normal', 'shutdown', 'clean'].includes(end),
)
const RAREST = [...RARE, ...RARE.filter(({ strategy }) => strategy === 'one_for_all')]
const rareEvery = 16

export function focusOf(seed: number): Focus {
  if (seed % rareEvery === 7) return RAREST[Math.floor(seed / rareEvery) % RAREST.length]!
  return WEIGHTED[seed % WEIGHTED.length]!
}

export const depthOf = ({ path }: ChildSpec): number => path.split('.').length - 1

/** Whether the focus is on children of this supervisor. */
export function isInFocus({ strategy, depth }: Focus, above: SupervisorSpec | DynamicSpec): boolean {
  const own = above.kind === 'dynamic' ? 'simple_one_for_one' : above.strategy
  return own === strategy && depthOf(above) === depth - 1
}
