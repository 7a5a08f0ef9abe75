import type { Random } from '../races/random.ts'
import type { Guessed } from './guess.ts'
import type { Outcome, Plans } from './script.ts'

/** The next starts of one of these children go wrong. */
export function plansFor(random: Random, children: readonly Pick<Guessed, 'spec'>[]): Plans {
  if (children.length === 0) return []
  const { spec } = random.pick(children)
  const outcomes = Array.from({ length: 1 + random.below(3) }, () => anOutcome(random))
  return [{ path: spec.path, outcomes: spec.kind === 'worker' ? outcomes : outcomes.map(ofSupervisor) }]
}

export function anOutcome(random: Random): Outcome {
  return random.weighted<Outcome>({ stop: 35, crash: 30, ignore: 20, clean: 15 })
}

const ofSupervisor = (outcome: Outcome): Outcome => (outcome === 'ignore' ? outcome : 'crash')
