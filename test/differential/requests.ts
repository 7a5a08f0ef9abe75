import type { Random } from '../races/random.ts'
import type { Aim } from './aim.ts'
import { RESTARTS } from './focus.ts'
import { dynamicChild, type Guess } from './guess.ts'
import { anOutcome, plansFor } from './plans.ts'
import {
  type Action,
  type ChildSpec,
  type DynamicSpec,
  type Request,
  specsByPath,
  type Step,
  type SupervisorSpec,
} from './script.ts'
import type { TreeMaker } from './tree.ts'

/** Makes the steps of one script that ask a supervisor for something. */
export class Requests {
  readonly #random: Random
  readonly #trees: TreeMaker
  readonly #top: SupervisorSpec | DynamicSpec
  readonly #guess: Guess
  #number = 0

  constructor(random: Random, trees: TreeMaker, top: SupervisorSpec | DynamicSpec, guess: Guess) {
    this.#random = random
    this.#trees = trees
    this.#top = top
    this.#guess = guess
  }

  /** A request that puts something right more often than not, so that there is always somebody to aim at. */
  ask(): Step {
    const random = this.#random
    if (random.chance(0.58)) return this.fill()
    const above = this.#supervisor()
    if (above.kind === 'dynamic') return this.#askDynamic(above)
    const known = this.#guess.childrenOf(above.path)
    const request = this.#requestTo(above, known.length > 0 ? random.pick(known).spec : undefined)
    return this.about(above, request)
  }

  #askDynamic(above: DynamicSpec): Step {
    const random = this.#random
    const call = random.weighted({ which: 10, count: 10, start_dynamic: 45, terminate_dynamic: 35 })
    if (call === 'which' || call === 'count') return { do: 'ask', at: above.path, request: { call } }
    if (call === 'start_dynamic') return this.startDynamic(above)
    const children = this.#guess.childrenOf(above.path)
    if (children.length === 0 || random.chance(0.1)) {
      // Somebody else's child, or nobody.
      const other = random.pick([...specsByPath({ top: this.#top, plans: [], steps: [] }).keys()])
      return { do: 'ask', at: above.path, request: { call, path: other } }
    }
    const { path } = random.pick(children).spec
    this.#guess.stopped(above.path, path)
    return { do: 'ask', at: above.path, request: { call, path } }
  }

  /** The next number of this script. */
  startDynamic(above: DynamicSpec): Step {
    const number = ++this.#number
    const child = dynamicChild(above, number)
    const plans = this.#random.chance(0.15) ? [{ path: child.path, outcomes: [anOutcome(this.#random)] }] : []
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

  /** The request, and what goes wrong with it. */
  about(above: SupervisorSpec, request: Request): Step {
    const step: Action = { do: 'ask', at: above.path, request }
    if (request.call === 'start') {
      const { path } = request.child
      if (this.#guess.childrenOf(above.path).some(({ spec }) => spec.path === path)) return step
      const plans = this.#random.chance(0.2) ? plansFor(this.#random, [{ spec: request.child }]) : []
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
      if (fails) return { ...step, plans: plansFor(this.#random, [child]) }
      this.#guess.restarted(above.path, path)
    }
    return step
  }

  /** Starts somebody who does not run. */
  fill(): Step {
    const random = this.#random
    const above = this.#supervisor()
    if (above.kind === 'dynamic') return this.startDynamic(above)
    const known = this.#guess.childrenOf(above.path)
    const missing = above.children.filter(({ path }) => !known.some(({ spec }) => spec.path === path))
    const stopped = known.filter(({ running }) => !running)
    if (missing.length > 0 && (stopped.length === 0 || random.chance(0.7)))
      return this.about(above, { call: 'start', child: random.pick(missing) })
    if (stopped.length > 0) return this.about(above, { call: 'restart', id: random.pick(stopped).spec.id })
    return this.about(above, this.#requestTo(above, known.length > 0 ? random.pick(known).spec : undefined))
  }

  /** Requests that wait while this child is being restarted. */
  during({ above, child }: Aim): Request[] {
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

  /** At any depth, whatever the depths that there are. */
  #supervisor(): SupervisorSpec | DynamicSpec {
    const byDepth = Map.groupBy(this.#guess.supervisors(), ({ path }) => path.split('.').length)
    return this.#random.pick(this.#random.pick([...byDepth.values()]))
  }
}
