import { hasErlang } from '../beam.ts'
import { byTurns, middle } from '../rounds.ts'
import type { Contestant } from '../rounds.ts'
import type { Bench, Measure, Row } from '../row.ts'
import { disagreements } from './agreement.ts'
import { runErlang, runOurs } from './contestants.ts'
import type { Plan, Runs } from './contestants.ts'
import { loadProgram, programNames } from './programs.ts'
import type { Program } from './program.ts'

/** Where our actors live, and on how many schedulers those of Erlang do: the same number of cores. */
const places = [
  { place: 'inline', threads: 0, cores: 1 },
  { place: 'threads', threads: 2, cores: 2 },
] as const

/** The first programs of the suite send messages and do little else. */
const messagingMax = 8

const means = [
  ['all', () => true],
  ['messaging', (number: number) => number <= messagingMax],
] as const

/** How a run of the suite goes: which sizes, how often, and how many programs at once. Where it is about times, one. */
interface Course {
  readonly plan: (program: Program) => Plan
  readonly rounds: number
  readonly lanes: number
}

const full: Course = {
  plan: ({ sizes }) => ({ sizes, warmUps: 1, runs: 1 }),
  rounds: 2,
  lanes: 1,
}
const quickly: Course = {
  plan: ({ quick }) => ({ sizes: quick, warmUps: 0, runs: 1 }),
  rounds: 1,
  lanes: 2,
}

/** Runs each program inline and on threads, and in Erlang on as many cores, by turns; all must come to the same. */
const measure: Measure = async ({ quick }) => {
  const course = quick ? quickly : full
  const left = [...programNames]
  const measured = new Map<string, Measured>()
  const lane = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) measured.set(name, await run(name, course))
  }
  await Promise.all(Array.from({ length: course.lanes }, lane))
  const all = programNames.map((name) => measured.get(name) as Measured)
  const wrong = all.flatMap((each) => each.wrong)
  if (wrong.length > 0) throw new Error(`The programs do not agree:\n${wrong.join('\n')}`)
  const ratios = all.flatMap(({ number, rows }) =>
    rows.flatMap(({ place, row: { ratio } }) => (ratio === undefined ? [] : [{ number, place, ratio }])),
  )
  return [...all.flatMap(({ rows }) => rows.map(({ row }) => row)), ...meansOf(ratios)]
}

interface Measured {
  readonly number: number
  readonly rows: readonly { readonly place: string; readonly row: Row }[]
  readonly wrong: readonly string[]
}

async function run(name: string, { plan, rounds }: Course): Promise<Measured> {
  const program = await loadProgram(name)
  const own = plan(program)
  const figures = await byTurns(contestants(program, own), rounds, 0)
  return {
    number: program.number,
    rows: places.map(({ place, cores }) => ({ place, row: rowOf(program, place, cores, figures, own.runs) })),
    wrong: disagreements(name, program.expected(own.sizes), outcomesOf(figures)),
  }
}

function contestants(program: Program, plan: Plan): Contestant<Runs>[] {
  return places.flatMap(({ place, threads, cores }) => [
    { name: place, run: () => runOurs(program, plan, threads) },
    ...(hasErlang() ? [{ name: erlangOn(cores), run: () => runErlang(program, plan, cores) }] : []),
  ])
}

const erlangOn = (cores: number): string => `Erlang, ${cores === 1 ? '1 scheduler' : `${cores} schedulers`}`

function outcomesOf(figures: ReadonlyMap<string, readonly Runs[]>) {
  return [...figures].flatMap(([who, all]) =>
    all.flatMap(({ outcomes }) => outcomes.map((outcome) => ({ who, outcome }))),
  )
}

function rowOf(
  { number, name }: Program,
  place: string,
  cores: number,
  figures: ReadonlyMap<string, readonly Runs[]>,
  runs: number,
): Row {
  const all = figures.get(place) ?? []
  const theirs = figures.get(erlangOn(cores))
  const wall = middle(all.flatMap(({ wallMs }) => wallMs))
  const anchor = theirs === undefined ? undefined : middle(theirs.flatMap(({ wallMs }) => wallMs))
  const messages = all[0]?.outcomes[0]?.messages ?? 0
  return {
    id: `savina/${name}/${place}`,
    bench: 'savina',
    variant: `${number} ${name}, ${place}`,
    ours: wall.median,
    spread: wall.spread,
    unit: 'ms',
    anchor: erlangOn(cores),
    anchorValue: anchor?.median,
    ...(anchor !== undefined && { anchorSpread: anchor.spread }),
    ratio: anchor === undefined ? undefined : anchor.median / wall.median,
    cpuPerMessageNs: messages === 0 ? undefined : (middle(all.flatMap(({ cpuMs }) => cpuMs)).median * 1e6) / messages,
    n: messages,
    runs: runs * all.length,
  }
}

function meansOf(
  ratios: readonly { readonly number: number; readonly place: string; readonly ratio: number }[],
): Row[] {
  return means.flatMap(([name, isOne]) =>
    places.map(({ place, cores }): Row => {
      const own = ratios.filter((each) => each.place === place && isOne(each.number))
      const mean =
        own.length === 0 ? undefined : Math.exp(own.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / own.length)
      return {
        id: `savina/geometric-mean-${name}/${place}`,
        bench: 'savina',
        variant: `geometric mean of ${own.length} (${name}), ${place}`,
        ours: mean ?? 0,
        unit: 'x',
        anchor: erlangOn(cores),
        anchorValue: mean === undefined ? undefined : 1,
        ratio: mean,
        cpuPerMessageNs: undefined,
        n: own.length,
        runs: 1,
      }
    }),
  )
}

export const savina: Bench = {
  name: 'savina',
  ids: places.flatMap(({ place }) => [
    ...programNames.map((name) => `savina/${name}/${place}`),
    ...means.map(([name]) => `savina/geometric-mean-${name}/${place}`),
  ]),
  measure,
}
