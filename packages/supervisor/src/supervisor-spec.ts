import { answerKind, checkFields, type Ignore, InvalidOption } from '@bulkhead/core'
import type { AutoShutdown } from './auto-shutdown.ts'
import { checkChildSpecs, type ChildSpec, oneOf } from './child-spec.ts'
import type { Strategy } from './strategy.ts'

/** When a supervisor gives up. */
export interface IntensityOptions {
  /**
   * Restarts allowed within `periodMs`; one more and the supervisor gives up: it stops its children and exits `shutdown`. Default 1. OTP:
   * `intensity`, which the default is from.
   */
  readonly intensity?: number
  /** Milliseconds, a sliding window. Default 5,000. OTP: `period`, in seconds. */
  readonly periodMs?: number
}

/** What the init of a supervisor returns. OTP: `supervisor:sup_flags()` and the list of child specs. */
export interface SupervisorSpec extends IntensityOptions {
  /** Which children share the fate of one that is restarted. Default `one_for_one`. OTP: `strategy`. */
  readonly strategy?: Strategy
  /** Whether the end of significant children ends the supervisor. Default `never`. OTP: `auto_shutdown`. */
  readonly autoShutdown?: AutoShutdown
  /** Started in this order, stopped in the reverse one. OTP: the list of child specs. */
  readonly children: readonly ChildSpec[]
}

/** How a supervisor decides. */
export interface Rules {
  readonly strategy: Strategy
  readonly intensity: number
  readonly periodMs: number
  readonly autoShutdown: AutoShutdown
}

/** OTP's defaults. */
export const DEFAULT_RULES: Rules = {
  strategy: 'one_for_one',
  intensity: 1,
  periodMs: 5_000,
  autoShutdown: 'never',
}

const STRATEGIES: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const AUTO_SHUTDOWNS: readonly AutoShutdown[] = ['never', 'any_significant', 'all_significant']

/** Checks a spec and fills in the defaults. Throws `InvalidOption` for the first field that is wrong. */
export function checkSupervisorSpec(value: unknown): Rules & { readonly children: readonly ChildSpec[] } {
  const given = checkObject(value, 'return { children: [...] } from init, or ignore()')
  checkFields(given, ['strategy', 'intensity', 'periodMs', 'autoShutdown', 'children'])
  const autoShutdown = oneOf('autoShutdown', given['autoShutdown'] ?? DEFAULT_RULES.autoShutdown, AUTO_SHUTDOWNS)
  return {
    strategy: oneOf('strategy', given['strategy'] ?? DEFAULT_RULES.strategy, STRATEGIES),
    ...checkIntensity(given),
    autoShutdown,
    children: checkChildSpecs(given['children'], autoShutdown),
  }
}

/** Checks the limit of restarts and fills in the defaults. Throws `InvalidOption`. */
export function checkIntensity(given: Readonly<Record<string, unknown>>): Required<IntensityOptions> {
  return {
    intensity: checkWhole('intensity', given['intensity'] ?? DEFAULT_RULES.intensity, 0),
    periodMs: checkWhole('periodMs', given['periodMs'] ?? DEFAULT_RULES.periodMs, 1),
  }
}

/** The init of a supervisor is a function; it is run later, but a definition without one is wrong now. Throws `InvalidOption`. */
export function checkInit(name: unknown, init: unknown): void {
  if (typeof init !== 'function')
    throw new InvalidOption(
      `${String(name)}.init`,
      init,
      'give a function that returns the spec, such as () => ({ children: [] })',
    )
}

/** An object with string keys, or `InvalidOption` for the init that returned something else. */
export function checkObject(value: unknown, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw new InvalidOption('what init returned', value, expected)
}

function checkWhole(field: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
  throw new InvalidOption(field, value, `give a whole number, ${least} or more`)
}

/** Whether an init answered `ignore()`: there is nothing to supervise. */
export function isIgnore(value: unknown): value is Ignore {
  return answerKind(value) === 'ignore'
}
