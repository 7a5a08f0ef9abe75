import { match } from 'ts-pattern'
import type { RestartType } from './restart.ts'

/** Which children share the fate of one that ended: none, all, those started after it. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'

/** What a strategy knows of a child. */
export interface Member {
  readonly id: string
  readonly restart: RestartType
}

/** One step of a plan. `forget` follows the `terminate` of a temporary child. */
export type Step = { readonly do: 'terminate' | 'forget' | 'start'; readonly id: string }

/**
 * What to do to restart the child `id`, step by step. `children` are in start order. One that ended, and one whose restart failed, are
 * planned alike, and that gives OTP's retries: `rest_for_one` goes on at the child that failed, `one_for_all` terminates what it had
 * just restarted and begins again.
 *
 * Children to terminate may be stopped already. Temporary ones that share the fate are terminated and forgotten. OTP: `supervisor:restart/3`.
 */
export function planRestart(strategy: Strategy, children: readonly Member[], id: string): Step[] {
  const group = groupOf(strategy, children, id)
  const others = group.filter((member) => member.id !== id)
  const started = group.filter((member) => member.id === id || member.restart !== 'temporary')
  return [...planStop(others), ...started.map((member): Step => ({ do: 'start', id: member.id }))]
}

/** What to do to stop these children, the last one first, each fully gone before the next. OTP: `supervisor:terminate_children/2`. */
export function planStop(children: readonly Member[]): Step[] {
  return children.toReversed().flatMap(({ id, restart }): Step[] => {
    const terminate: Step = { do: 'terminate', id }
    return restart === 'temporary' ? [terminate, { do: 'forget', id }] : [terminate]
  })
}

function groupOf(strategy: Strategy, children: readonly Member[], id: string): readonly Member[] {
  return match(strategy)
    .with('one_for_one', () => children.filter((member) => member.id === id))
    .with('one_for_all', () => children)
    .with('rest_for_one', () => children.slice(children.findIndex((member) => member.id === id)))
    .exhaustive()
}
