import type { Observation, Value } from './observation.ts'
import { type Outcomes, outcomesOf } from './outcomes.ts'
import { type ChildSpec, parentOf, pathOf, type Request, type Script, specsByPath, type Step } from './script.ts'

/** What each of so many scripts is to hold, and how often each cell is to be covered by 1,000 of them. */
const enough = { scripts: 1_000, timesInEachCell: 20, stepsInHalfOfThem: 12 }

const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one']
const RESTARTS = ['permanent', 'transient', 'temporary']
const ENDS = ['normal', 'shutdown', '{shutdown, _}', 'a reason', 'an exception', 'killed']
const ANSWERS: Readonly<Record<Request['call'], readonly string[]>> = {
  which: ['ok'],
  count: ['ok'],
  spec: ['ok', 'not_found'],
  terminate: ['ok', 'not_found'],
  restart: ['ok', 'ignored', 'running', 'restarting', 'not_found', 'fails'],
  delete: ['ok', 'running', 'restarting', 'not_found'],
  start: ['ok', 'ignored', 'already_started', 'already_present', 'fails'],
  start_dynamic: ['ok', 'ignored', 'fails'],
  terminate_dynamic: ['ok', 'not_found'],
}

/** All combinations, one word of each list. */
const combined = (...lists: readonly (readonly string[])[]): string[] =>
  lists.reduce<string[]>((all, list) => all.flatMap((head) => list.map((word) => `${head} | ${word}`)), [''])

/** Every cell there is. */
const CELLS: readonly string[] = [
  ...combined(['end'], STRATEGIES, RESTARTS, ENDS, ['depth 1', 'depth 2', 'depth 3']),
  ...combined(['restart that fails'], STRATEGIES, ['stop', 'clean', 'crash']),
  ...combined(['restart that is ignored'], STRATEGIES),
  ...Object.entries(ANSWERS).flatMap(([call, answers]) => combined(['request'], [call], answers)),
  ...combined(['request to nobody']),
  ...combined(
    ['significant'],
    ['any_significant', 'all_significant'],
    ['transient', 'temporary'],
    ['clean', 'abnormal'],
  ),
  ...combined(['window runs out'], STRATEGIES),
].map((cell) => cell.slice(3))

/** Counts what scripts really did, by what real Erlang made of them. */
export class Coverage {
  readonly #times = new Map(CELLS.map((cell) => [cell, 0]))
  readonly #steps: number[] = []

  add(script: Script, observations: readonly Observation[]): void {
    this.#steps.push(script.steps.length)
    const seen = new Seen(script, observations)
    for (const [at, step] of script.steps.entries()) for (const cell of seen.cells(step, at)) this.#count(cell)
  }

  /** Half of the scripts have at least so many steps. */
  get medianSteps(): number {
    return this.#steps.toSorted((a, b) => a - b)[Math.floor(this.#steps.length / 2)] ?? 0
  }

  /** Cells that these scripts covered less often than so many should. */
  lacking(): string[] {
    const wanted = (enough.timesInEachCell * this.#steps.length) / enough.scripts
    const cells = [...this.#times].filter(([, times]) => times < Math.floor(wanted))
    const short =
      this.medianSteps < enough.stepsInHalfOfThem ? [`steps: half of the scripts have ${this.medianSteps}`] : []
    return [...short, ...cells.map(([cell, times]) => `${cell}: ${times}`)]
  }

  /** A line for each cell. */
  lines(): string[] {
    return [...this.#times].map(([cell, times]) => `${String(times).padStart(7)}  ${cell}`)
  }

  #count(cell: string): void {
    const times = this.#times.get(cell)
    if (times !== undefined) this.#times.set(cell, times + 1)
  }
}

/** One script that was run. */
class Seen {
  readonly #specs: ReadonlyMap<string, ChildSpec>
  readonly #observations: readonly Observation[]
  readonly #outcomes: Outcomes
  readonly #latest = new Map<string, string>()
  /** Supervisors that have restarted somebody, and those of them that have waited since then. */
  readonly #restarted = new Set<string>()
  readonly #waited = new Set<string>()

  constructor(script: Script, observations: readonly Observation[]) {
    this.#specs = specsByPath(script)
    this.#observations = observations
    this.#outcomes = outcomesOf(script, observations)
  }

  *cells(step: Step, at: number): Generator<string> {
    const { result } = this.#observations[at]!
    if (step.do === 'wait') for (const who of this.#restarted) this.#waited.add(who)
    if (step.do === 'ask') yield* cellsOfAnswer(step.request, result)
    if (step.do === 'during' && Array.isArray(result)) {
      const answers = (result as [boolean, Value[]])[1]
      for (const [each, request] of step.requests.entries()) yield* cellsOfAnswer(request, answers[each]!)
    }
    if (step.do === 'end' || step.do === 'during' || step.do === 'signal') yield* this.#endOf(step.at, at)
    yield* this.#starts(at, step.do !== 'ask')
  }

  /** The end of the one that the step was about. */
  *#endOf(path: string, at: number): Generator<string> {
    const spec = this.#specOf(path)
    const above = this.#specs.get(parentOf(path) ?? '')
    const down = this.#observations[at]!.events.find(
      ({ what, who }) => what === 'down' && pathOf(who) === path && !this.#outcomes.has(who),
    )
    if (spec?.kind !== 'worker' || above === undefined || above.kind === 'worker' || down?.what !== 'down') return
    const { restart, significant } = spec
    const end = endOf(down.reason)
    yield `end | ${strategyOf(above)} | ${restart} | ${end} | depth ${path.split('.').length - 1}`
    if (significant && above.kind === 'supervisor')
      yield `significant | ${above.auto} | ${restart} | ${ENDS.indexOf(end) < 3 ? 'clean' : 'abnormal'}`
  }

  *#starts(at: number, byItself: boolean): Generator<string> {
    for (const { what, who } of this.#observations[at]!.events) {
      if (what !== 'start') continue
      const path = pathOf(who)
      const above = this.#specs.get(parentOf(path) ?? '')
      const supervisor = this.#latest.get(parentOf(path) ?? '')
      this.#latest.set(path, who)
      if (!byItself || above === undefined || supervisor === undefined || who.endsWith('#1')) continue
      const outcome = this.#outcomes.get(who)
      if (outcome === 'ignore') yield `restart that is ignored | ${strategyOf(above)}`
      else if (outcome !== undefined) yield `restart that fails | ${strategyOf(above)} | ${outcome}`
      if (this.#waited.delete(supervisor)) yield `window runs out | ${strategyOf(above)}`
      this.#restarted.add(supervisor)
    }
  }

  #specOf(path: string): ChildSpec | undefined {
    const above = this.#specs.get(parentOf(path) ?? '')
    return above?.kind === 'dynamic' ? above.template : this.#specs.get(path)
  }
}

function strategyOf(spec: ChildSpec): string {
  return spec.kind === 'supervisor' ? spec.strategy : 'simple_one_for_one'
}

function endOf(reason: Value): string {
  if (typeof reason === 'object' && reason !== null) return 'crash' in reason ? 'an exception' : '{shutdown, _}'
  return reason === 'normal' || reason === 'shutdown' || reason === 'killed' ? reason : 'a reason'
}

function* cellsOfAnswer({ call }: Request, answer: Value): Generator<string> {
  if (answer === 'nobody') return
  if (typeof answer === 'object' && answer !== null && 'exit' in answer) yield 'request to nobody'
  else yield `request | ${call} | ${kindOf(answer)}`
}

function kindOf(answer: Value): string {
  if (typeof answer !== 'object' || answer === null || !('error' in answer))
    return typeof answer === 'object' && answer !== null && 'ok' in answer && answer['ok'] === 'undefined'
      ? 'ignored'
      : 'ok'
  const error = answer['error']
  const word = typeof error === 'object' && error !== null && 'already_started' in error ? 'already_started' : error
  const words = ['not_found', 'running', 'restarting', 'already_started', 'already_present']
  return words.find((each) => each === word) ?? 'fails'
}
