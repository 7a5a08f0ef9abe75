import { NotSendable } from './not-sendable.ts'
import { printable } from './printable.ts'

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const stepsShown = 12

/** What stops an encoding. Thrown where it was found; every container on the way out adds its step to the path. */
export class Obstacle {
  readonly #problem: string
  readonly #steps: string[] = []

  constructor(problem: string) {
    this.#problem = problem
  }

  /** What was thrown inside a part of a value, with that part's place added. */
  static inside(step: string, thrown: unknown): Obstacle {
    const obstacle = Obstacle.from(thrown)
    obstacle.#steps.push(step)
    return obstacle
  }

  /** What was thrown, be it by us, by a getter or by the platform. */
  static from(thrown: unknown): Obstacle {
    if (thrown instanceof Obstacle) return thrown
    if (thrown instanceof RangeError && thrown.message.includes('call stack'))
      return new Obstacle('is nested too deep for what is left of the stack')
    return new Obstacle(`cannot be read: ${printable(thrown)}`)
  }

  notSendable(root: string): NotSendable {
    const steps = this.#steps.toReversed()
    if (steps.length > stepsShown) steps.splice(stepsShown - 2, steps.length - stepsShown, '.…')
    return new NotSendable(root + steps.join(''), this.#problem)
  }
}

/** The step to a property: `.name` or `["a name"]`. */
export function propertyStep(key: string): string {
  return identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** The step to a value of a Map: `.get("name")`. */
export function entryStep(key: unknown): string {
  return `.get(${typeof key === 'string' ? JSON.stringify(key) : printable(key)})`
}
