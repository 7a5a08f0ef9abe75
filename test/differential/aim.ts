import type { Random } from '../races/random.ts'
import type { Guess, Guessed } from './guess.ts'
import type { DynamicSpec, SupervisorSpec } from './script.ts'

/** Somebody to aim at, and whose child it is. */
export interface Aim {
  readonly above: SupervisorSpec | DynamicSpec
  readonly child: Guessed
}

/** Chooses whom a step happens to. */
export class Aims {
  readonly #random: Random
  readonly #guess: Guess

  constructor(random: Random, guess: Guess) {
    this.#random = random
    this.#guess = guess
  }

  /** All children that probably run. */
  all(): Aim[] {
    return this.#guess
      .supervisors()
      .flatMap((above) => this.#guess.childrenOf(above.path).map((child) => ({ above, child })))
      .filter(({ child }) => child.running)
  }

  /** A dynamic supervisor that has no child. */
  idle(): DynamicSpec | undefined {
    const idle = this.#guess
      .supervisors()
      .filter((each) => each.kind === 'dynamic')
      .filter(({ path }) => this.#guess.childrenOf(path).length === 0)
    return idle.length === 0 ? undefined : this.#random.pick(idle)
  }

  /** A worker that probably runs: at any depth, of any restart type. */
  any(): Aim | undefined {
    const workers = this.all().filter(({ child }) => child.spec.kind === 'worker')
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
