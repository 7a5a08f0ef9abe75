import { Random } from '../races/random.ts'
import { type Aim, Aims } from './aim.ts'
import { type Focus, focusOf, isInFocus } from './focus.ts'
import { Guess, type Guessed } from './guess.ts'
import { plansFor } from './plans.ts'
import { Requests } from './requests.ts'
import {
  type ChildSpec,
  type DynamicSpec,
  type Ending,
  parentOf,
  type Plans,
  type Script,
  type Signal,
  specsByPath,
  type Step,
  type SupervisorSpec,
} from './script.ts'
import { type Limits, TreeMaker, WAITS_MS } from './tree.ts'
import { isFair } from './versions.ts'

const ENDINGS: readonly Ending[] = ['normal', 'shutdown', 'clean', 'stop', 'crash', 'exit']
const isClean = (how: Ending | Signal): boolean => how === 'normal' || how === 'shutdown' || how === 'clean'

/** The script of a seed: always the same one. */
export function generate(seed: number): Script {
  return new Generator(new Random(seed), focusOf(seed), seed % 4 === 0).script()
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

class Generator {
  readonly #random: Random
  readonly #focus: Focus
  #limits: Limits
  readonly #trees: TreeMaker
  readonly #top: SupervisorSpec | DynamicSpec
  readonly #specs: ReadonlyMap<string, ChildSpec>
  readonly #guess: Guess
  readonly #aims: Aims
  readonly #requests: Requests
  readonly #steps: Step[] = []
  #waits = 0

  /** `slides`: if restart limits run out, then one restart after the other. */
  constructor(random: Random, focus: Focus, slides: boolean) {
    this.#random = random
    this.#focus = focus
    this.#limits = random.weighted<Limits>({ loose: 74, tight: 16, expiring: 10 })
    if (this.#limits === 'expiring' && slides) this.#limits = 'sliding'
    const depths = this.#expires ? { '1': 50, '2': 50 } : { '2': 20, '3': 80 }
    const depthMax = Math.max(Number(random.weighted(depths)), this.#expires ? 1 : focus.depth)
    this.#trees = new TreeMaker(random, this.#limits, depthMax, focus)
    this.#top = this.#trees.top()
    this.#specs = specsByPath({ top: this.#top, plans: [], steps: [] })
    this.#guess = new Guess(this.#top)
    this.#aims = new Aims(random, this.#guess)
    this.#requests = new Requests(random, this.#trees, this.#top, this.#guess)
  }

  script(): Script {
    const plans = this.#random.chance(0.08)
      ? plansFor(
          this.#random,
          this.#aims.all().map(({ child }) => child),
        )
      : []
    if (this.#limits === 'sliding') this.#slide()
    const length = this.#limits === 'sliding' ? 0 : 20 + this.#random.below(16)
    while (this.#steps.length < length) this.#add()
    return { top: this.#top, plans, steps: this.#steps }
  }

  #add(): void {
    const weights = { ...USUAL, wait: this.#limits === 'expiring' && this.#waits < 3 ? 12 : 0 }
    const doing = this.#random.weighted(weights)
    if (doing === 'wait') this.#wait()
    else this.#push((doing === 'ask' ? this.#requests.ask() : this.#happen(doing)) ?? this.#requests.fill())
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

  get #expires(): boolean {
    return this.#limits === 'expiring' || this.#limits === 'sliding'
  }

  /** One restart, a wait, as many as are allowed besides, a wait after which only the first has run out, and one too many. */
  #slide(): void {
    const able = this.#aims
      .all()
      .filter(({ child }) => child.spec.kind === 'worker' && child.spec.restart !== 'temporary')
    if (able.length === 0) return
    const { above, child } = this.#random.pick(able)
    const crash: Step = { do: 'end', at: child.spec.path, how: 'crash' }
    const wait: Step = { do: 'wait', ms: WAITS_MS.sliding }
    const more = Array.from({ length: above.intensity - 1 }, () => crash)
    this.#steps.push(crash, wait, ...more, wait, crash, crash)
  }

  /** Between two restarts of a child, which must not be added up. */
  #wait(): void {
    const aim = this.#aims.any()
    const ends = aim !== undefined && aim.child.spec.restart !== 'temporary'
    const { path: at } = aim?.child.spec ?? { path: '' }
    if (ends) this.#push(this.#end(aim, 'crash', []))
    this.#waits++
    this.#push({ do: 'wait', ms: WAITS_MS.expiring })
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
    const idle = this.#aims.idle()
    if (idle && random.chance(0.4)) return this.#requests.startDynamic(idle)
    const aim = this.#aims.any()
    if (!aim || aim.child.spec.kind !== 'worker') return undefined
    const { above, child } = aim
    const { path: at, trap, onStop } = aim.child.spec
    if (doing === 'end' || doing === 'during') {
      const how = random.pick(ENDINGS)
      const plans = random.chance(doing === 'end' ? 0.2 : 0.6) ? plansFor(this.#random, this.#groupOf(aim)) : []
      if (doing === 'end') return this.#end(aim, how, plans)
      this.#end(aim, how, plans)
      return { do: 'during', at, how, supervisor: above.path, requests: this.#requests.during(aim), plans }
    }
    if (doing === 'kill') return this.#kill(aim, random.chance(0.2) ? plansFor(this.#random, this.#groupOf(aim)) : [])
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
    const aims = this.#aims
      .all()
      .filter(
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
    if (above.kind === 'dynamic') return this.#requests.startDynamic(above)
    const known = this.#guess.childrenOf(above.path)
    const child = above.children.find((each) => each.kind === 'worker' && each.restart === restart)
    if (child === undefined) return undefined
    const present = known.some(({ spec }) => spec.path === child.path)
    return this.#requests.about(above, present ? { call: 'restart', id: child.id } : { call: 'start', child })
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

  /** Itself more often than one of those who share its fate. */
  #groupOf({ above, child }: Aim): readonly Guessed[] {
    return this.#random.chance(0.6) || above.kind === 'dynamic' ? [child] : this.#guess.childrenOf(above.path)
  }
}
