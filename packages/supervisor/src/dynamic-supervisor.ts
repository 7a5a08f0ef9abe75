import {
  type ActorSelf,
  type Args,
  type Behaviour,
  checkFields,
  defineServer,
  type Ignore,
  InvalidOption,
  isPid,
  type Pid,
  type Refusal,
  refuse,
  type Server,
  type Stop,
} from '@bulkhead/core'
import { answerStart, checkedOrRefused } from './answer.ts'
import { ChildError, type ChildErrorCode } from './child-error.ts'
import { type ChildCounts, type ChildInfo, countChildren, describeChild } from './child-info.ts'
import { checkChildSpec, checkSignificance, child, type ChildOptions, type ChildSpec, oneOf } from './child-spec.ts'
import type { Child } from './child-table.ts'
import { takeNotice } from './notice.ts'
import { Supervision } from './supervision.ts'
import {
  checkInit,
  checkIntensity,
  checkObject,
  DEFAULT_RULES,
  type IntensityOptions,
  isIgnore,
} from './supervisor-spec.ts'

declare const rest: unique symbol

/** The recipe of all children of one dynamic supervisor; each is started with arguments of its own after those that stand here. */
export interface ChildTemplate<E extends unknown[]> extends ChildSpec {
  /** Phantom: the arguments that `startChild` adds. */
  readonly [rest]?: (extra: E) => void
}

type Copied<A extends Args> = { [I in keyof A]: A[I] }
/** The same tuple: what `defineServer` says of a behaviour's arguments shuts inference out, and a copy lets it in again. */
type Plain<A extends Args> = Copied<A> extends readonly [...infer P extends unknown[]] ? P : never

/** What is left of the arguments `A` when as many as in `G` are given. */
type After<A extends Args, G extends Args> = G extends readonly [unknown, ...infer H]
  ? A extends readonly [unknown?, ...infer B]
    ? After<B, H>
    : never
  : Plain<A>

/**
 * Describes all children of a dynamic supervisor: `args` are the first arguments of each, and `startChild` gives the others.
 * Throws `InvalidOption`. OTP: the child spec of a `simple_one_for_one` supervisor.
 */
export function childTemplate<A extends Args, G extends Readonly<Partial<Plain<A>>>>(
  behaviour: Behaviour<A, unknown>,
  args: readonly [...G],
  options: ChildOptions = {},
): ChildTemplate<After<Plain<A>, G>> {
  return child(behaviour as unknown as Behaviour<Args, unknown>, args, options)
}

/** What the init of a dynamic supervisor returns. */
export interface DynamicSupervisorSpec<E extends unknown[] = [spec: ChildSpec]> extends IntensityOptions {
  /** Children that come and go have no order, so they share no fate. There is no other value. OTP: `simple_one_for_one`. */
  readonly strategy?: 'one_for_one'
  /** No child of many is significant. There is no other value. OTP: `auto_shutdown`. */
  readonly autoShutdown?: 'never'
  /** Children at any time, those that are about to be restarted included. Default Infinity. Elixir: `max_children`. */
  readonly maxChildren?: number
  /** The first arguments of every child, before its own. Default none. Elixir: `extra_arguments`. */
  readonly extraArgs?: Args
  /** The recipe of every child. Without it, `startChild` takes a spec each time. OTP: the one child spec of `simple_one_for_one`. */
  readonly child?: ChildTemplate<E>
}

/** What a dynamic supervisor can be asked. `E` is what `startChild` takes: one child spec, or the arguments that a template leaves open. */
export interface DynamicSupervisorProtocol<E extends unknown[] = [spec: ChildSpec]> {
  readonly calls: {
    /** All children; their order means nothing. OTP: `supervisor:which_children/1`. */
    whichChildren: () => ChildInfo[]
    /** With a template `specs` is 1. OTP: `supervisor:count_children/1`. */
    countChildren: () => ChildCounts
    /**
     * Starts a child. Undefined when its init answered `ignore()`. Refuses `max_children`, `InvalidOption`, and `StartFailed`; then there
     * is no child. OTP: `supervisor:start_child/2`; Elixir: `DynamicSupervisor.start_child/2`.
     */
    startChild: (...what: E) => Pid | undefined
    /**
     * Stops a child and forgets it; also one that is held or about to be restarted, by its last pid. Refuses `not_found`, and with a template
     * `simple_one_for_one` for what is no pid. OTP: `supervisor:terminate_child/2` by pid.
     */
    terminateChild: (pid: Pid) => void
    /**
     * Starts a child that is held, by its last pid. Refuses `running`, `restarting`, `not_found`, with a template `simple_one_for_one` instead
     * of these three, `fenced`, and `StartFailed`; then it stays held.
     */
    restartChild: (pid: Pid) => Pid | undefined
    /** Always refuses, with a template with `simple_one_for_one`, else with `not_found`: `terminateChild` forgets. */
    deleteChild: (pid: Pid) => void
  }
  readonly casts: object
}

/**
 * Makes a supervisor whose children come and go at run time. It starts empty, knows its children by pid, restarts each alone, and stops
 * all at once. Options and failures as `defineSupervisor`.
 *
 * ```ts
 * export const Sessions = defineDynamicSupervisor(import.meta, 'Sessions', () => ({ child: childTemplate(Session, [], { restart: 'temporary' }) }))
 * const pid = await sessions.call.startChild('user-7')
 * ```
 *
 * OTP: `supervisor` with `simple_one_for_one` (with `child`); Elixir: `DynamicSupervisor` (without).
 */
export function defineDynamicSupervisor<A extends Args, E extends unknown[] = [spec: ChildSpec]>(
  meta: { readonly url: string },
  name: string,
  init: (...args: A) => DynamicSupervisorSpec<E> | Ignore | Promise<DynamicSupervisorSpec<E> | Ignore>,
): Server<NoInfer<A>, DynamicSupervisorProtocol<NoInfer<E>>> {
  checkInit(name, init)
  return defineServer(meta, name, {
    type: 'supervisor',
    isolation: 'inline',
    // Starts and stops take the time they need; whoever asks waits, as in OTP.
    callTimeoutMs: Infinity,
    init: async (self, ...args: A): Promise<DynamicChildren | Ignore | Stop> => {
      self.trapExit = true
      const given = await init(...args)
      return isIgnore(given) ? given : new DynamicChildren(self, given)
    },
    calls: {
      whichChildren: ({ state }) => state.describe(),
      countChildren: ({ state }) => state.count(),
      startChild: ({ state }, ...what: Args) => state.start(what),
      terminateChild: ({ state }, pid: Pid) => state.terminate(pid),
      restartChild: ({ state }, pid: Pid) => state.restart(pid),
      deleteChild: ({ state }, pid: Pid) => state.refuseFor(pid, 'not_found'),
    },
    info: (self, message) => takeNotice(self, self.state.supervision, message),
    terminate: ({ state }) => state.supervision.stopAllTogether(),
    formatState: (state) => state.count(),
  })
}

/** The children of one dynamic supervisor. */
class DynamicChildren {
  readonly supervision: Supervision
  readonly #self: ActorSelf
  readonly #childrenMax: number
  readonly #extraArgs: Args
  readonly #template: Recipe | undefined
  #added = 0

  constructor(self: ActorSelf, given: unknown) {
    const options = checkObject(given, 'return options from init, {} at least, or ignore()')
    checkFields(options, ['strategy', 'intensity', 'periodMs', 'autoShutdown', 'maxChildren', 'extraArgs', 'child'])
    oneOf('strategy', options['strategy'] ?? DEFAULT_RULES.strategy, ['one_for_one'])
    oneOf('autoShutdown', options['autoShutdown'] ?? DEFAULT_RULES.autoShutdown, ['never'])
    this.#self = self
    this.#childrenMax = checkMaxChildren(options['maxChildren'] ?? Infinity)
    this.#extraArgs = checkExtraArgs(options['extraArgs'] ?? [])
    this.#template = options['child'] === undefined ? undefined : recipeOf(checkDynamic(options['child']))
    this.supervision = new Supervision(self, { ...DEFAULT_RULES, ...checkIntensity(options), keepsStopped: false })
  }

  describe(): ChildInfo[] {
    return this.supervision.children.list().map((each) => ({ ...describeChild(each), id: undefined }))
  }

  count(): ChildCounts {
    const counts = countChildren(this.supervision.children.list())
    return this.#template ? { ...counts, specs: 1 } : counts
  }

  async start(what: Args): Promise<Pid | undefined | Refusal> {
    const recipe = this.#recipeOf(what)
    if (!('spec' in recipe)) return recipe
    const { supervision } = this
    const { spec, args } = recipe
    if (supervision.children.size >= this.#childrenMax) return refuse(new ChildError('max_children', spec.id))
    const added = supervision.add(spec, [...this.#extraArgs, ...args], `${spec.id}#${++this.#added}`)
    const start = await supervision.start(added, 'debug')
    if (start.kind === 'failed') supervision.children.delete(added)
    return answerStart(added, start)
  }

  async terminate(pid: Pid): Promise<undefined | Refusal> {
    const found = this.supervision.children.byPid(pid)
    if (found) await this.supervision.terminate(found)
    else if (!isPid(pid)) return this.refuseFor(pid, 'not_found')
    else if (!(await this.#isGone(pid))) return refuse(new ChildError('not_found', pid))
    return undefined
  }

  async restart(pid: Pid): Promise<Pid | undefined | Refusal> {
    const found = this.supervision.children.byPid(pid)
    if (!found) return this.refuseFor(pid, 'not_found')
    if (found.status !== 'held') return this.refuseFor(pid, runningOr(found))
    if (await this.supervision.mustWait(found)) return refuse(new ChildError('fenced', pid))
    return answerStart(found, await this.supervision.resume(found))
  }

  /** What cannot be asked about the children of a template has one answer. OTP: `{error, simple_one_for_one}`. */
  refuseFor(pid: Pid, why: ChildErrorCode): Refusal {
    return refuse(new ChildError(this.#template ? 'simple_one_for_one' : why, pid))
  }

  /** With a template the children are alike, and one that has ended is as good as terminated; without it that is `not_found`. OTP, Elixir. */
  async #isGone(pid: Pid): Promise<boolean> {
    return this.#template !== undefined && !(await this.#self.isAlive(pid))
  }

  /** Children of one template share its spec. */
  #recipeOf(what: Args): Recipe | Refusal {
    if (this.#template) return { spec: this.#template.spec, args: [...this.#template.args, ...what] }
    const checked = checkedOrRefused(what[0], 'never')
    return 'id' in checked ? recipeOf(checked) : checked
  }
}

interface Recipe {
  readonly spec: Omit<ChildSpec, 'args'>
  readonly args: Args
}

function recipeOf({ args, ...spec }: ChildSpec): Recipe {
  return { spec, args }
}

function runningOr({ status }: Child): 'running' | 'restarting' {
  return status === 'running' ? 'running' : 'restarting'
}

/** A dynamic supervisor never shuts down by itself, so its children cannot be significant. */
function checkDynamic(given: unknown): ChildSpec {
  return checkSignificance(checkChildSpec(given), 'never')
}

function checkMaxChildren(value: unknown): number {
  if (value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0)) return value as number
  throw new InvalidOption('maxChildren', value, 'give a whole number, 0 or more')
}

function checkExtraArgs(value: unknown): Args {
  if (Array.isArray(value)) return value
  throw new InvalidOption('extraArgs', value, 'give a list of arguments')
}
