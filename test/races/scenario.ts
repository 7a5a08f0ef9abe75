import { expect } from 'vitest'
import { explore } from './exploration.ts'
import type { ActorSpec, Fault, Operation, Program } from './program.ts'
import { printProgram } from './program.ts'

type Part = Partial<Omit<ActorSpec, 'index' | 'script'>>

/** A program written by hand: the script of the main actor, then of actors 1, 2, … with what is particular about them. */
export interface Scenario {
  readonly nodes?: number
  readonly main: readonly Operation[]
  readonly actors?: readonly (Part & { readonly script?: readonly Operation[] })[]
  readonly faults?: readonly Fault[]
}

const plain = {
  kind: 'server',
  place: 'inline',
  link: false,
  monitor: false,
  name: undefined,
  trap: false,
  init: 'ready',
  load: 'there',
  startWithinMs: 0,
  bound: 0,
  overflow: 'refuse',
} as const

function programOf({ nodes = 1, main, actors = [], faults = [] }: Scenario): Program {
  const specs = [{ kind: 'loop', trap: true, script: main } as const, ...actors]
  return {
    nodes,
    turnBudget: 8,
    highWaterBytes: 1_000_000,
    actors: specs.map((spec, index) => ({ ...plain, script: [], ...spec, index })),
    faults,
  }
}

/** Requires the laws to hold in every one of the first `schedules` orders of what happens in a scenario. */
export async function holds(scenario: Scenario, schedules = 200): Promise<void> {
  const program = programOf(scenario)
  for (let schedule = 1; schedule <= schedules; schedule++) {
    const { failure } = await explore(program, schedule)
    if (failure === undefined) continue
    const { trace } = await explore(program, schedule, { traced: true })
    expect.fail(`${failure.law}: ${failure.text}\n${printProgram(program)}\nschedule ${schedule}:\n${trace.join('\n')}`)
  }
}
