import type { ActorSpec, Fault, Operation, Program } from './program.ts'

/** A program that breaks a law under one schedule. */
export interface Found {
  readonly program: Program
  readonly schedule: number
}

/** Finds a schedule under which a program breaks the law that is looked for. */
export type Breaks = (program: Program) => Promise<number | undefined>

/** What an actor of a minimal program has unless it must have something else. */
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
} as const

const speaksOf = (operation: Operation, index: number): boolean =>
  [
    'to' in operation && operation.to,
    'who' in operation && operation.who,
    'of' in operation && operation.of,
    'child' in operation && operation.child,
  ].includes(index)

const withActor = (program: Program, index: number, change: (spec: ActorSpec) => ActorSpec): Program => ({
  ...program,
  actors: program.actors.map((spec) => (spec.index === index ? change(spec) : spec)),
})

/** Without a start of that actor, and without a word about it. */
const withoutActor = (program: Program, index: number): Program => ({
  ...program,
  actors: program.actors.map((spec) => ({
    ...spec,
    script: spec.index === index ? [] : spec.script.filter((operation) => !speaksOf(operation, index)),
  })),
})

const withoutOperations = (program: Program, index: number, from: number, count: number): Program =>
  withActor(program, index, (spec) => ({
    ...spec,
    script: spec.script.filter((operation, at) => at < from || at >= from + count || operation.op === 'spawn'),
  }))

const sizeOf = ({ actors, faults }: Program): number =>
  faults.length + actors.reduce((sum, { script }) => sum + script.length, 0)

/** Smaller programs, the much smaller ones first. */
function* smaller(program: Program): Generator<Program> {
  const { actors, faults } = program
  for (const { index } of actors) if (index > 0 && isStarted(program, index)) yield withoutActor(program, index)
  for (const fault of faults) yield { ...program, faults: faults.filter((each: Fault) => each !== fault) }
  for (let count = 16; count >= 1; count /= 2) {
    for (const { index, script } of actors) {
      for (let from = 0; from < script.length; from += count) yield withoutOperations(program, index, from, count)
    }
  }
}

/** Programs of the same length in which less is out of the ordinary. */
function* plainer(program: Program): Generator<Program> {
  for (const spec of program.actors) {
    if (spec.index === 0 || !isStarted(program, spec.index)) continue
    for (const [field, value] of Object.entries(plain)) {
      if (spec[field as keyof typeof plain] === value) continue
      yield withActor(program, spec.index, (each) => ({ ...each, [field]: value }))
    }
  }
  if (program.highWaterBytes < 1_000_000) yield { ...program, highWaterBytes: 1_000_000 }
  if (program.turnBudget < 64) yield { ...program, turnBudget: 64 }
}

/** Whether anybody starts this actor. */
export function isStarted({ actors }: Program, index: number): boolean {
  return index === 0 || actors.some(({ script }) => script.some((each) => each.op === 'spawn' && each.child === index))
}

/** Drops actors, operations and faults as long as the program still breaks the law. */
export async function shrink(found: Found, breaks: Breaks, mayGoOn: () => boolean = () => true): Promise<Found> {
  let smallest = found
  const takeFirst = async (candidates: Iterable<Program>): Promise<boolean> => {
    for (const program of candidates) {
      if (!mayGoOn()) return false
      const schedule = await breaks(program)
      if (schedule === undefined) continue
      smallest = { program, schedule }
      return true
    }
    return false
  }
  const shorter = function* (): Generator<Program> {
    for (const each of smaller(smallest.program)) if (sizeOf(each) < sizeOf(smallest.program)) yield each
  }
  while (await takeFirst(shorter()));
  while (await takeFirst(plainer(smallest.program)));
  return smallest
}
