import { checkFields, InvalidOption } from 'bulkhead'
import { checkFault, FAULT_KINDS } from './fault.ts'
import type { FaultKind, FaultOptions } from './fault.ts'
import type { Injected } from './injected.ts'
import type { Probe } from './injector.ts'
import type { Injection, Plan, PlanOptions } from './plan.ts'
import type { SteadyState } from './steady-state.ts'
import { checkTargets } from './target.ts'
import type { TargetSpec } from './target.ts'

/** What `chaos` takes. Everything has a default. */
export interface ChaosOptions {
  /** Decides which fault hits whom, and when: a whole number from 0 to 2 ** 32 - 1. Default 1. */
  readonly seed?: number
  /** Milliseconds that the run lasts. Default 30,000. */
  readonly forMs?: number
  /** The average time from one injection to the next; shorter when each fault could not come once otherwise. Default 2,000. */
  readonly everyMs?: number
  /** Default: every kind. */
  readonly faults?: readonly (FaultKind | FaultOptions)[]
  /** Whom to hurt. Default: everybody but the top supervisor. */
  readonly targets?: readonly TargetSpec[]
  /** Who must not go down, neither as a target nor along with one. Default: nobody. */
  readonly sparing?: readonly TargetSpec[]
  /** Workers that may share a node with their supervisor without a warning. Default: none. */
  readonly accepting?: readonly TargetSpec[]
  readonly steady?: SteadyState
  /** Whether what was hit serves again. Default: the target's place in the tree is taken, and its `init` is over. */
  readonly probe?: Probe
  /** Milliseconds without an injection at the beginning. Default 500. */
  readonly warmUpMs?: number
  /** Milliseconds without one at the end. Default 1,000. */
  readonly coolDownMs?: number
  /** Milliseconds from a recovery to the next injection at least. Default 250. */
  readonly breatherMs?: number
  /** Milliseconds to wait for the end of what was hit, and then for its recovery. Default 10,000. */
  readonly patienceMs?: number
  /** Ends the run early: what is left of the plan is not injected. */
  readonly signal?: AbortSignal
  /** Called before anything is injected. */
  readonly onPlan?: (plan: Plan) => void
  readonly onInjection?: (injection: Injection) => void
  readonly onRecovery?: (injected: Injected) => void
}

/** The options with their defaults filled in. */
export interface CheckedOptions extends PlanOptions {
  readonly seed: number
  readonly accepting: readonly TargetSpec[]
  readonly steady: SteadyState | undefined
  readonly probe: Probe | undefined
  readonly breatherMs: number
  readonly patienceMs: number
  readonly signal: AbortSignal | undefined
  readonly onPlan: ((plan: Plan) => void) | undefined
  readonly onInjection: ((injection: Injection) => void) | undefined
  readonly onRecovery: ((injected: Injected) => void) | undefined
}

const FIELDS = [
  'seed',
  'forMs',
  'everyMs',
  'faults',
  'targets',
  'sparing',
  'accepting',
  'steady',
  'probe',
  'warmUpMs',
  'coolDownMs',
  'breatherMs',
  'patienceMs',
  'signal',
  'onPlan',
  'onInjection',
  'onRecovery',
]

const DAY_MS = 86_400_000

/** Throws `InvalidOption`, for an unknown field too. */
export function checkOptions(options: ChaosOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOption('options', options, 'pass an object, or nothing')
  checkFields(options, FIELDS, 'option', 'options')
  const { seed = 1, faults = FAULT_KINDS, targets = [{ under: '/' }], sparing = [], accepting = [], steady } = options
  const { forMs = 30_000, everyMs = 2_000, warmUpMs = 500, coolDownMs = 1_000 } = options
  const { breatherMs = 250, patienceMs = 10_000, probe, signal, onPlan, onInjection, onRecovery } = options
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new InvalidOption('options.seed', seed, 'give a whole number from 0 to 4294967295')
  checkMs({ forMs, everyMs, patienceMs }, 1)
  checkMs({ warmUpMs, coolDownMs, breatherMs }, 0)
  if (!Array.isArray(faults) || faults.length === 0)
    throw new InvalidOption(
      'options.faults',
      faults,
      "give a list such as ['throw', 'SIGKILL'], or leave it out for all",
    )
  checkTargets(targets, 'options.targets')
  checkTargets(sparing, 'options.sparing')
  checkTargets(accepting, 'options.accepting')
  checkSteady(steady)
  checkFunctions({ probe, onPlan, onInjection, onRecovery })
  return {
    seed,
    forMs,
    everyMs,
    faults: faults.map((each, i) => checkFault(each, `options.faults[${i}]`)),
    targets,
    sparing,
    accepting,
    steady,
    probe,
    warmUpMs,
    coolDownMs,
    breatherMs,
    patienceMs,
    signal,
    onPlan,
    onInjection,
    onRecovery,
  }
}

function checkMs(values: Record<string, unknown>, min: number): void {
  for (const [field, value] of Object.entries(values))
    if (!(typeof value === 'number' && value >= min && value <= DAY_MS))
      throw new InvalidOption(`options.${field}`, value, `give milliseconds, ${min} to ${DAY_MS}`)
}

function checkSteady(steady: SteadyState | undefined): void {
  if (steady === undefined) return
  if (typeof steady !== 'object' || steady === null || typeof steady.check !== 'function')
    throw new InvalidOption(
      'options.steady',
      steady,
      'give { check: async () => … }, with everyMs and withinMs if need be',
    )
  checkFields(steady, ['check', 'everyMs', 'withinMs'], 'field', 'options.steady')
  const { everyMs = 1, withinMs = 1 } = steady
  checkMs({ 'steady.everyMs': everyMs, 'steady.withinMs': withinMs }, 1)
}

function checkFunctions(values: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(values))
    if (value !== undefined && typeof value !== 'function')
      throw new InvalidOption(`options.${field}`, value, 'give a function')
}
