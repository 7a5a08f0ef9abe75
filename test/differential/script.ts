/** How a start of a child goes. `stop` and `clean` are refusals of its init, `crash` is an exception; a supervisor never refuses. */
export type Outcome = 'ok' | 'ignore' | 'stop' | 'clean' | 'crash'

/** How a worker ends by itself: a stop in order, a stop for a reason, an exception, an exit of its own. */
export type Ending = 'normal' | 'shutdown' | 'clean' | 'stop' | 'crash' | 'exit'

/** What an exit signal says. `clean` is `{shutdown, done}`. */
export type Signal = 'normal' | 'shutdown' | 'clean' | 'boom' | 'kill'

/** What a worker does in `terminate`: nothing, wait for ever when it is told to shut down, end with another reason, throw. */
export type OnStop = 'obey' | 'hang' | 'fail' | 'crash'

export type RestartType = 'permanent' | 'transient' | 'temporary'
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant'

interface Spec {
  readonly id: string
  /** Where it stands: the ids from the top, joined by dots. */
  readonly path: string
  readonly restart: RestartType
  /** Milliseconds, or OTP's words. */
  readonly shutdown: number | 'infinity' | 'brutal_kill'
  readonly significant: boolean
}

export interface WorkerSpec extends Spec {
  readonly kind: 'worker'
  readonly trap: boolean
  readonly onStop: OnStop
}

export interface SupervisorSpec extends Spec {
  readonly kind: 'supervisor'
  readonly strategy: Strategy
  readonly intensity: number
  /** Seconds. */
  readonly period: number
  readonly auto: AutoShutdown
  readonly children: readonly ChildSpec[]
}

/** OTP: `simple_one_for_one`. The id and the path of the template are replaced by the number that each start gives. */
export interface DynamicSpec extends Spec {
  readonly kind: 'dynamic'
  readonly intensity: number
  /** Seconds. */
  readonly period: number
  readonly template: WorkerSpec
}

export type ChildSpec = WorkerSpec | SupervisorSpec | DynamicSpec

/** One request to a supervisor. Under a dynamic one children are started by number, and asked about by path. */
export type Request =
  | { readonly call: 'which' | 'count' }
  | { readonly call: 'spec' | 'terminate' | 'restart' | 'delete'; readonly id: string }
  | { readonly call: 'start'; readonly child: ChildSpec }
  | { readonly call: 'start_dynamic'; readonly number: number }
  | { readonly call: 'terminate_dynamic'; readonly path: string }

/** How starts go from here on, attempt by attempt, before they are all `ok` again. */
export type Plans = readonly { readonly path: string; readonly outcomes: readonly Outcome[] }[]

/** Who is meant by a path is who had it last, alive or not; nobody, when there was none. */
export type Action =
  /** A worker ends by itself. */
  | { readonly do: 'end'; readonly at: string; readonly how: Ending }
  /** An exit signal from a stranger. */
  | { readonly do: 'signal'; readonly at: string; readonly reason: Signal }
  /** An exit signal from the top's parent. */
  | { readonly do: 'parent'; readonly reason: Signal }
  /** A worker sends its supervisor an exit signal, and lives on. */
  | { readonly do: 'pretend'; readonly at: string; readonly reason: Signal }
  | { readonly do: 'unlink'; readonly at: string }
  /** A supervisor gets a message that is no request. */
  | { readonly do: 'mail'; readonly at: string }
  | { readonly do: 'ask'; readonly at: string; readonly request: Request }
  /** A worker ends; its next start waits until these requests lie in the mailbox of its supervisor. */
  | {
      readonly do: 'during'
      readonly at: string
      readonly how: Ending
      readonly supervisor: string
      readonly requests: readonly Request[]
    }
  /** Longer than any period that runs out in the script. */
  | { readonly do: 'wait'; readonly ms: number }

/** Before each step the top is started when it does not run. */
export type Step = Action & { readonly plans?: Plans }

export interface Script {
  readonly top: SupervisorSpec | DynamicSpec
  readonly plans: Plans
  readonly steps: readonly Step[]
}

/** All specs of a tree, the top first. */
export function* specsOf(spec: ChildSpec): Generator<ChildSpec> {
  yield spec
  if (spec.kind === 'supervisor') for (const child of spec.children) yield* specsOf(child)
}

/** The supervisor's path; undefined for the top. */
export function parentOf(path: string): string | undefined {
  const end = path.lastIndexOf('.')
  return end < 0 ? undefined : path.slice(0, end)
}

/** All specs that a script speaks of, by path. */
export function specsByPath({ top, steps }: Script): ReadonlyMap<string, ChildSpec> {
  const started = steps.flatMap((step) =>
    step.do === 'ask' && step.request.call === 'start' ? [step.request.child] : [],
  )
  return new Map([top, ...started].flatMap((each) => [...specsOf(each)]).map((spec) => [spec.path, spec]))
}

/** The path of an actor that is called `path#number`. */
export function pathOf(label: string): string {
  return label.slice(0, label.indexOf('#'))
}
