import type { Observation } from './observation.ts'
import { type Script, specsByPath, type Step } from './script.ts'
import { PERIODS } from './tree.ts'

/** Milliseconds that a machine may be slower before the last moment. */
const spareMs = 500

/**
 * Whether a script ran so slowly that a period may have run out between two steps that are meant to be within it. What was observed then says
 * nothing: real Erlang has no clock that stands still.
 */
export function isLate(script: Script, observations: readonly Observation[]): boolean {
  const periods = [...specsByPath(script).values()].flatMap((each) => ('period' in each ? [each.period * 1_000] : []))
  const periodMs = Math.min(...periods)
  if (periodMs === PERIODS.loose * 1_000) return false
  return script.steps.some((_step, from) => {
    let waitedMs = 0
    return script.steps.slice(from + 1).some((step, further) => {
      waitedMs += waitOf(step)
      const tookMs = observations[from + 1 + further]!.at - observations[from]!.at
      return waitedMs < periodMs && tookMs > periodMs - spareMs
    })
  })
}

const waitOf = (step: Step): number => (step.do === 'wait' ? step.ms : 0)
