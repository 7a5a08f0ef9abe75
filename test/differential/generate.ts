import { Random } from '../races/random.ts'
import { type Focus, focusOf, isInFocus, RESTARTS } from './focus.ts'
import { dynamicChild, Guess, type Guessed } from './guess.ts'
import {
  type Action,
  type ChildSpec,
  type DynamicSpec,
  type Ending,
  type Outcome,
  parentOf,
  type Plans,
  type Request,
  type Script,
  type Signal,
  specsByPath,
  type Step,
  type SupervisorSpec,
} from './script.ts'
import { type Limits, TreeMaker, waitMs } from './tree.ts'
import { isFair } from './versions.ts'

const ENDINGS: readonly Ending[] = ['normal', 'shutdown', 'clean', 'stop', 'crash', 'exit']
const isClean = (how: Ending | Signal): boolean => how === 'normal' || how === 'shutdown' || how === 'clean'

/** The script of a seed: always the same one. */
export function generate(seed: number): Script {
  return new Generator(new Random(seed), focusOf(seed)).script()
}

type Doing =
  | 'end'
  | 'kill'
  | 'signal'
  | 'supervisor'
  | 'parent'
  | 'pretend'
  | 'unlink'
  | 'mail'
  | 'ask'
  | 'during'
  | 'wait'

const USUAL: Readonly<Record<Doing, number>> = {
  end: 42,
  kill: 9,
  signal: 4,
  supervisor: 4,
  parent: 1,
  pretend: 2,
  unlink: 1,
  mail: 1,
  ask: 27,
  during: 8,
  wait: 0,
}

/** Somebody to aim at, and whose child it is. */
interface Aim {
  readonly above: SupervisorSpec | DynamicSpec
  readonly child: Guessed
}

class Generator {
  readonly #random: Random
  readonly #focus: Focus
  readonly #limits: Limits
  readonly #trees: TreeMaker
  readonly #top: SupervisorSpec | DynamicSpec
  readonly #specs: ReadonlyMap<string, ChildSpec>
  readonly #guess: Guess
  readonly #steps: Step[] = []
  #number = 0
  #waits = 0

  constructor(random: Random, focus: Focus) {
    this.#random = random
    this.#focus = focus
    this.#limits = random.weighted<Limits>({ loose: 74, tight: 16, expiring: 10 })
    const depths = this.#limits === 'expiring' ? { '1': 50, '2': 50 } : { '2': 20, '3': 80 }
    const depthMax = Math.max(Number(random.weighted(depths)), this.#limits === 'expiring' ? 1 : focus.depth)
    this.#trees = new TreeMaker(random, this.#limits, depthMax, focus)
    this.#top = this.#trees.top()
    this.#specs = specsByPath({ top: this.#top, plans: [], steps: [] })
    this.#guess = new Guess(this.#top)
  }

  script(): Script {
    const plans = this.#random.chance(0.08) ? this.#plansFor(this.#aims().map(({ child }) => child)) : []
    const length = 20 + this.#random.below(16)
    while (this.#steps.length < length) this.#add()
    return { top: this.#top, plans, steps: this.#steps }
  }

  #add(): void {
    const weights = { ...USUAL, wait: this.#limits === 'expiring' && this.#waits < 3 ? 12 : 0 }
    const doing = this.#random.weighted(weights)
    if (doing === 'wait') this.#wait()
    else this.#push((doing === 'ask' ? this.#ask() : this.#happen(doing)) ?? this.#fill())
  }

  /** A step that not every release can run is followed by what makes it fair. */
  #push(step: Step): void {
    this.#steps.push(step)
    if (isFair(this.#specs, step, undefined)) return
    const at = parentOf(step.plans![0]!.path)!
    const above = parentOf(at)
    if (above === undefined) this.#guess.restartTop()
    else this.#guess.ended(above, at, false)
    this.#steps.push({ do: 'signal', at, reason: 'kill' })
  }

  /** Between two restarts of a child, which must not be added up. */
  #wait(): void {
    const aim = this.#aim()
    const ends = aim !== undefined && aim.child.spec.restart !== 'temporary'
    const { path: at } = aim?.child.spec ?? { path: '' }
    if (ends) this.#push(this.#end(aim, 'crash', []))
    this.#waits++
    this.#push({ do: 'wait', ms: waitMs })
    if (ends) this.#push({ do: 'end', at, how: 'crash', plans: [] })
  }

  /** Something other than a request. */
  #happen(doing: Exclude<Doing, 'ask' | 'wait'>): Step | undefined {
    const random = this.#random
    if (doing === 'parent') {
      this.#guess.restartTop()
      return { do: 'parent', reason: random.pick<Signal>(['normal', 'shutdown', 'clean', 'boom', 'kill']) }
    }
    if (doing === 'mail') return { do: 'mail', at: random.pick(this.#guess.supervisors()).path }
    if (doing === 'supervisor') return this.#signalSupervisor()
    if ((doing === 'end' || doing === 'kill') && random.chance(0.55)) {
      const focused = this.#focused()
      if (focused) return focused
    }
    const idle = this.#idle()
    if (idle && random.chance(0.4)) return this.#startDynamic(idle)
    const aim = this.#aim()
    if (!aim || aim.child.spec.kind !== 'worker') return undefined
    const { above, child } = aim
    const { path: at, trap, onStop } = aim.child.spec
    if (doing === 'end' || doing === 'during') {
      const how = random.pick(ENDINGS)
      const plans = random.chance(doing === 'end' ? 0.2 : 0.6) ? this.#plansFor(this.#groupOf(aim)) : []
      if (doing === 'end') return this.#end(aim, how, plans)
      this.#end(aim, how, plans)
      return { do: 'during', at, how, supervisor: above.path, requests: this.#requestsDuring(aim), plans }
    }
    if (doing === 'kill') return this.#kill(aim, random.chance(0.2) ? this.#plansFor(this.#groupOf(aim)) : [])
    if (doing === 'signal') {
      const reason = random.pick<Signal>(['normal', 'shutdown', 'clean', 'boom', 'boom'])
      if (!trap && reason !== 'normal') this.#guess.ended(above.path, at, isClean(reason))
      return { do: 'signal', at, reason }
    }
    // Who stops only when he is killed would never end, once his supervisor does not look after him any more.
    if (onStop === 'hang') return undefined
    if (doing === 'unlink') return { do: 'unlink', at }
    // Nor would one that does not hear it when its supervisor ends with `normal`.
    if (!trap) return undefined
    const reason = random.pick<Signal>(['normal', 'shutdown', 'boom', 'boom'])
    this.#guess.ended(above.path, child.spec.path, isClean(reason))
    return { do: 'pretend', at, reason }
  }

  #end({ above, child: { spec } }: Aim, how: Ending, plans: Plans): Step {
    const isAsked = spec.kind === 'worker' && spec.onStop !== 'fail' && spec.onStop !== 'crash'
    this.#guess.ended(above.path, spec.path, isClean(how) && isAsked)
    return { do: 'end', at: spec.path, how, plans }
  }

  #kill({ above, child: { spec } }: Aim, plans: Plans): Step {
    this.#guess.ended(above.path, spec.path, false)
    return { do: 'signal', at: spec.path, reason: 'kill', plans }
  }

  /** What the script is about, or what is missing for that. */
  #focused(): Step | undefined {
    const { end, restart } = this.#focus
    const aims = this.#aims().filter(
      ({ above, child: { spec } }) =>
        isInFocus(this.#focus, above) && spec.kind === 'worker' && spec.restart === restart,
    )
    if (aims.length > 0) {
      const aim = this.#random.pick(aims)
      return end === 'kill' ? this.#kill(aim, []) : this.#end(aim, end, [])
    }
    const supervisors = this.#guess.supervisors().filter((each) => isInFocus(this.#focus, each))
    if (supervisors.length === 0) return undefined
    const above = this.#random.pick(supervisors)
    if (above.kind === 'dynamic') return this.#startDynamic(above)
    const known = this.#guess.childrenOf(above.path)
    const child = above.children.find((each) => each.kind === 'worker' && each.restart === restart)
    if (child === undefined) return undefined
    const present = known.some(({ spec }) => spec.path === child.path)
    return this.#asked(above, present ? { call: 'restart', id: child.id } : { call: 'start', child })
  }

  #signalSupervisor(): Step {
    const random = this.#random
    const { path: at } = random.pick(this.#guess.supervisors())
    const reason = random.weighted<Signal>({ kill: 60, normal: 10, shutdown: 10, clean: 5, boom: 15 })
    if (reason === 'kill') {
      if (at === 'top') this.#guess.restartTop()
      else this.#guess.ended(parentOf(at)!, at, false)
    }
    return { do: 'signal', at, reason }
  }

  /** A request that puts something right more often than not, so that there is always somebody to aim at. */
  #ask(): Step | undefined {
    const random = this.#random
    if (random.chance(0.58)) return this.#fill()
    const above = this.#supervisor()
    if (above.kind === 'dynamic') return this.#askDynamic(above)
    const known = this.#guess.childrenOf(above.path)
    const request = this.#requestTo(above, known.length > 0 ? random.pick(known).spec : undefined)
    return this.#asked(above, request)
  }

  #askDynamic(above: DynamicSpec): Step {
    const random = this.#random
    const call = random.weighted({ which: 10, count: 10, start_dynamic: 45, terminate_dynamic: 35 })
    if (call === 'which' || call === 'count') return { do: 'ask', at: above.path, request: { call } }
    if (call === 'start_dynamic') return this.#startDynamic(above)
    const children = this.#guess.childrenOf(above.path)
    if (children.length === 0 || random.chance(0.1)) {
      // Somebody else's child, or nobody.
      const other = random.pick([...this.#specs.keys()])
      return { do: 'ask', at: above.path, request: { call, path: other } }
    }
    const { path } = random.pick(children).spec
    this.#guess.stopped(above.path, path)
    return { do: 'ask', at: above.path, request: { call, path } }
  }

  #startDynamic(above: DynamicSpec): Step {
    const number = ++this.#number
    const child = dynamicChild(above, number)
    const plans = this.#random.chance(0.15) ? [{ path: child.path, outcomes: [this.#outcome()] }] : []
    if (plans.length === 0) this.#guess.add(above.path, child)
    return { do: 'ask', at: above.path, request: { call: 'start_dynamic', number }, plans }
  }

  #requestTo(above: SupervisorSpec, spec: ChildSpec | undefined): Request {
    const random = this.#random
    const call = random.weighted({ which: 4, count: 4, spec: 12, terminate: 26, restart: 18, delete: 18, start: 18 })
    if (call === 'which' || call === 'count') return { call }
    if (call === 'start') return { call, child: spec && random.chance(0.5) ? spec : this.#newWorker(above) }
    return { call, id: spec && random.chance(0.9) ? spec.id : 'z' }
  }

  #newWorker(above: SupervisorSpec): ChildSpec {
    const path = `${above.path}.${this.#random.pick(['e', 'f'])}`
    return this.#trees.worker(path, this.#random.pick(RESTARTS), above.auto !== 'never' && this.#random.chance(0.6))
  }

  #asked(above: SupervisorSpec, request: Request): Step {
    const step: Action = { do: 'ask', at: above.path, request }
    if (request.call === 'start') {
      const { path } = request.child
      if (this.#guess.childrenOf(above.path).some(({ spec }) => spec.path === path)) return step
      const plans = this.#random.chance(0.2) ? this.#plansFor([{ spec: request.child, running: false }]) : []
      if (plans.length === 0) this.#guess.add(above.path, request.child)
      return { ...step, plans }
    }
    if (!('id' in request)) return step
    const path = `${above.path}.${request.id}`
    const child = this.#guess.childrenOf(above.path).find(({ spec }) => spec.path === path)
    if (request.call === 'terminate') this.#guess.stopped(above.path, path)
    if (request.call === 'delete' && child?.running === false) this.#guess.deleted(above.path, path)
    if (request.call === 'restart' && child?.running === false) {
      const fails = this.#random.chance(0.25)
      if (fails) return { ...step, plans: this.#plansFor([child]) }
      this.#guess.restarted(above.path, path)
    }
    return step
  }

  /** Starts somebody who does not run. */
  #fill(): Step {
    const random = this.#random
    const above = this.#supervisor()
    if (above.kind === 'dynamic') return this.#startDynamic(above)
    const known = this.#guess.childrenOf(above.path)
    const missing = above.children.filter(({ path }) => !known.some(({ spec }) => spec.path === path))
    const stopped = known.filter(({ running }) => !running)
    if (missing.length > 0 && (stopped.length === 0 || random.chance(0.7)))
      return this.#asked(above, { call: 'start', child: random.pick(missing) })
    if (stopped.length > 0) return this.#asked(above, { call: 'restart', id: random.pick(stopped).spec.id })
    return this.#asked(above, this.#requestTo(above, known.length > 0 ? random.pick(known).spec : undefined))
  }

  #requestsDuring({ above, child }: Aim): Request[] {
    const random = this.#random
    const { id, path } = child.spec
    return Array.from({ length: 1 + random.below(3) }, (): Request => {
      if (above.kind === 'dynamic') {
        return random.chance(0.5) ? { call: 'which' } : { call: 'terminate_dynamic', path }
      }
      const call = random.weighted({ which: 10, count: 10, spec: 5, restart: 25, delete: 20, start: 15, terminate: 15 })
      if (call === 'which' || call === 'count') return { call }
      return call === 'start' ? { call, child: child.spec } : { call, id }
    })
  }

  #plansFor(children: readonly Guessed[]): Plans {
    if (children.length === 0) return []
    const { spec } = this.#random.pick(children)
    const outcomes = Array.from({ length: 1 + this.#random.below(3) }, () => this.#outcome())
    return [{ path: spec.path, outcomes: spec.kind === 'worker' ? outcomes : outcomes.map(ofSupervisor) }]
  }

  #outcome(): Outcome {
    return this.#random.weighted<Outcome>({ stop: 35, crash: 30, ignore: 20, clean: 15 })
  }

  /** Itself more often than one of those who share its fate. */
  #groupOf({ above, child }: Aim): readonly Guessed[] {
    return this.#random.chance(0.6) || above.kind === 'dynamic' ? [child] : this.#guess.childrenOf(above.path)
  }

  /** At any depth, whatever the depths that there are. */
  #supervisor(): SupervisorSpec | DynamicSpec {
    const byDepth = Map.groupBy(this.#guess.supervisors(), ({ path }) => path.split('.').length)
    return this.#random.pick(this.#random.pick([...byDepth.values()]))
  }

  #aims(): Aim[] {
    return this.#guess
      .supervisors()
      .flatMap((above) => this.#guess.childrenOf(above.path).map((child) => ({ above, child })))
      .filter(({ child }) => child.running)
  }

  /** A dynamic supervisor that has no child. */
  #idle(): DynamicSpec | undefined {
    const idle = this.#guess
      .supervisors()
      .filter((each) => each.kind === 'dynamic')
      .filter(({ path }) => this.#guess.childrenOf(path).length === 0)
    return idle.length === 0 ? undefined : this.#random.pick(idle)
  }

  /** A worker that probably runs: at any depth, of any restart type. */
  #aim(): Aim | undefined {
    const workers = this.#aims().filter(({ child }) => child.spec.kind === 'worker')
    if (workers.length === 0) return undefined
    const atDepth = this.#any(workers, ({ child }) => child.spec.path.split('.').length)
    return this.#random.pick(
      this.#any(
        this.#any(atDepth, ({ above }) => above.path),
        ({ child }) => child.spec.restart,
      ),
    )
  }

  #any(aims: readonly Aim[], by: (aim: Aim) => unknown): readonly Aim[] {
    return this.#random.pick([...Map.groupBy(aims, by).values()])
  }
}

const ofSupervisor = (outcome: Outcome): Outcome => (outcome === 'ignore' ? outcome : 'crash')
