import type { Random } from '../races/random.ts'
import { type Focus, RESTARTS, STRATEGIES } from './focus.ts'
import type { AutoShutdown, ChildSpec, DynamicSpec, OnStop, RestartType, SupervisorSpec, WorkerSpec } from './script.ts'

/**
 * What the restart limits of a script are: `loose` ones are never reached, `tight` ones are and count for the whole script, those of `expiring`
 * scripts run out while the script waits, and those of `sliding` ones do so for some of the restarts.
 */
export type Limits = 'loose' | 'tight' | 'expiring' | 'sliding'

/** Seconds. */
export const PERIODS: Readonly<Record<Limits, number>> = { loose: 1_000, tight: 1_000, expiring: 3, sliding: 9 }
/** Milliseconds; OTP counts whole seconds, so that one more than the period has to pass. Of sliding ones it takes two waits. */
export const WAITS_MS = { expiring: 4_300, sliding: 5_300 } as const
/** Milliseconds after which a worker is killed that does not stop. */
export const hangMs = 150

/** Makes the specs of one script. */
export class TreeMaker {
  readonly #random: Random
  readonly #limits: Limits
  readonly #depthMax: number
  readonly #focus: Focus

  constructor(random: Random, limits: Limits, depthMax: number, focus: Focus) {
    this.#random = random
    this.#limits = limits
    this.#depthMax = depthMax
    this.#focus = focus
  }

  top(): SupervisorSpec | DynamicSpec {
    const { depth, strategy } = this.#focus
    const isLikely = depth === 1 && strategy === 'simple_one_for_one'
    const isDynamic = this.#random.chance(isLikely ? 1 : this.#limits === 'expiring' ? 0.35 : 0.03)
    return isDynamic ? this.dynamic('top', 'permanent', false) : this.#supervisor('top', 1, 'permanent', false)
  }

  worker(path: string, restart: RestartType, isSignificant: boolean): WorkerSpec {
    const random = this.#random
    const trap = random.chance(0.6)
    const likes = random.weighted<OnStop>({ obey: 84, hang: 6, fail: 5, crash: 5 })
    // Where periods run out there is no time to lose.
    const onStop = likes === 'hang' && PERIODS[this.#limits] !== PERIODS.loose ? 'obey' : likes
    const shutdown =
      likes === 'hang'
        ? onStop === 'hang'
          ? hangMs
          : 60_000
        : random.pick<WorkerSpec['shutdown']>([60_000, 'infinity', 'infinity', 'brutal_kill'])
    const significant = isSignificant && restart !== 'permanent'
    return { kind: 'worker', id: idOf(path), path, restart, shutdown, significant, trap, onStop }
  }

  dynamic(path: string, restart: RestartType, significant: boolean): DynamicSpec {
    const { strategy, restart: type } = this.#focus
    const own = strategy === 'simple_one_for_one' ? type : this.#templateRestart()
    const template = this.worker(`${path}.template`, own, false)
    return {
      kind: 'dynamic',
      id: idOf(path),
      path,
      restart,
      shutdown: this.#supervisorShutdown(),
      significant,
      ...this.#intensity(),
      template,
    }
  }

  #supervisor(path: string, level: number, restart: RestartType, significant: boolean): SupervisorSpec {
    const random = this.#random
    const isFocused = (strategy: Focus['strategy'], depth: number): boolean =>
      this.#focus.strategy === strategy && this.#focus.depth === depth
    const auto = random.weighted<AutoShutdown>({ never: 72, any_significant: 12, all_significant: 16 })
    const isSignificant = (): boolean => auto !== 'never' && random.chance(0.6)
    const children: ChildSpec[] = []
    const add = (spec: ChildSpec): void => void children.splice(random.below(children.length + 1), 0, spec)
    const restarts = random.chance(0.2) ? RESTARTS : [...RESTARTS, random.pick(RESTARTS)]
    for (const [at, each] of restarts.entries()) add(this.worker(`${path}.${'abcd'[at]}`, each, isSignificant()))
    const below = (): [RestartType, boolean] => {
      const type = random.weighted<RestartType>({ permanent: 74, transient: 16, temporary: 10 })
      return [type, type !== 'permanent' && isSignificant()]
    }
    if (level < this.#depthMax) {
      add(this.#supervisor(`${path}.s`, level + 1, ...below()))
      if (isFocused('simple_one_for_one', level + 1) || random.chance(0.8)) add(this.dynamic(`${path}.n`, ...below()))
    }
    return {
      kind: 'supervisor',
      id: idOf(path),
      path,
      restart,
      shutdown: this.#supervisorShutdown(),
      significant,
      strategy: STRATEGIES.find((each) => isFocused(each, level)) ?? random.pick(STRATEGIES),
      ...this.#intensity(),
      auto,
      children,
    }
  }

  /** Temporary children are there once: they need to be started more often. */
  #templateRestart(): RestartType {
    return this.#random.weighted<RestartType>({ permanent: 30, transient: 30, temporary: 40 })
  }

  #supervisorShutdown(): 'infinity' | 'brutal_kill' {
    return this.#random.chance(0.93) ? 'infinity' : 'brutal_kill'
  }

  #intensity(): { intensity: number; period: number } {
    const period = PERIODS[this.#limits]
    const few = this.#limits === 'tight' ? [0, 1, 2, 3] : [2, 3, 4, 5]
    return { intensity: this.#limits === 'loose' ? 1_000 : this.#random.pick(few), period }
  }
}

function idOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
