import type { Observation, Value } from './observation.ts'
import { pathOf, type Script, specsByPath } from './script.ts'

/*
 * Where Bulkhead is different on purpose, and what scripts do about it:
 *
 *   one charge for a whole failure domain                        no node of a script ends
 *   windows in milliseconds, OTP's in whole seconds              a period has not begun to run out, or is well over, when a restart comes
 *   hold, backoff, fences, adaptive isolation                    no script has any
 *   children of partition supervisors, specs per dynamic child   Elixir's: no script has any
 *   a simple_one_for_one of OTP, 25 as 27, counts one active     at rest as many are active as are listed
 *   child too few for ever after it was asked to terminate one
 *   that it was about to restart
 */

/** What a simple_one_for_one of OTP would have counted if it did not lose count. */
export function countedRightly(script: Script, observations: readonly Observation[]): Observation[] {
  const specs = specsByPath(script)
  const isDynamic = (path: string): boolean => specs.get(path)?.kind === 'dynamic'
  return observations.map((observation, at) => {
    const step = script.steps[at]
    const isCount = step?.do === 'ask' && step.request.call === 'count' && isDynamic(step.at)
    return {
      ...observation,
      result: isCount ? counted(observation.result) : observation.result,
      tree: observation.tree.map((each) =>
        isDynamic(pathOf(each.who)) ? { ...each, counts: counted(each.counts) } : each,
      ),
    }
  })
}

function counted(answer: Value): Value {
  const isCounts = typeof answer === 'object' && answer !== null && 'workers' in answer
  return isCounts ? { ...answer, active: answer['workers']! } : answer
}
