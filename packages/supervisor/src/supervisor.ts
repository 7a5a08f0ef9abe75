import {
  type ActorSelf,
  type Args,
  defineServer,
  type Ignore,
  type Pid,
  type Refusal,
  refuse,
  type Server,
  type Stop,
  stop,
} from '@bulkhead/core'
import { ChildError } from './child-error.ts'
import {
  type ChildCounts,
  type ChildInfo,
  countChildren,
  describeChild,
  type KeptChildSpec,
  keptSpec,
} from './child-info.ts'
import type { ChildSpec } from './child-spec.ts'
import type { Child } from './child-table.ts'
import { endedUnnoticed } from './ended-unnoticed.ts'
import { takeNotice } from './notice.ts'
import { answerStart, checkedOrRefused } from './answer.ts'
import { Supervision } from './supervision.ts'
import { checkInit, checkSupervisorSpec, isIgnore, type SupervisorSpec } from './supervisor-spec.ts'

/** What a supervisor can be asked. Refusals are `ChildError`s with OTP's words as their codes; they never harm the supervisor. */
export interface SupervisorProtocol {
  readonly calls: {
    /** All children, the one that was added last first. OTP: `supervisor:which_children/1`. */
    whichChildren: () => ChildInfo[]
    /** How many there are, of each kind. OTP: `supervisor:count_children/1`. */
    countChildren: () => ChildCounts
    /** The spec of a child, defaults filled in. Refuses `not_found`. OTP: `supervisor:get_childspec/2`. */
    getChildSpec: (id: string) => KeptChildSpec
    /**
     * Adds a child after all others and starts it; it is lost when the supervisor itself is restarted. Undefined when its init answered
     * `ignore()`. Refuses `already_started`, `already_present`, `fenced`, `InvalidOption`, and `StartFailed` when it did not start; then it is not
     * added. OTP: `supervisor:start_child/2`.
     */
    startChild: (spec: ChildSpec) => Pid | undefined
    /**
     * Stops a child and keeps its spec, unless it is temporary. Fine when it does not run. Refuses `not_found`. OTP: `supervisor:terminate_child/2`.
     */
    terminateChild: (id: string) => void
    /**
     * Starts a child that is stopped or held. Refuses `running`, `restarting`, `not_found`, `fenced`, and `StartFailed`; then its spec is kept. OTP:
     * `supervisor:restart_child/2`.
     */
    restartChild: (id: string) => Pid | undefined
    /** Forgets a child that is stopped or held. Refuses `running`, `restarting`, `not_found`. OTP: `supervisor:delete_child/2`. */
    deleteChild: (id: string) => void
  }
  readonly casts: object
}

/**
 * Makes a supervisor: an actor that starts children, restarts those that end, and gives up when that happens too often.
 *
 * ```ts
 * export const Shop = defineSupervisor(import.meta, 'Shop', (url: string) => ({
 *   strategy: 'rest_for_one',
 *   children: [child(Database, [url], { id: 'db' }), child(Cart, [], { restart: 'transient' })],
 * }))
 * ```
 *
 * `init` gives the spec, `ignore()`, or a promise of either; it runs again at each restart of the supervisor. The start fails with
 * `InvalidOption` for a wrong spec, and with `{ shutdown: { failed_to_start_child: id, reason } }` when a child does not start.
 * Supervisors live inline unless told otherwise. OTP: `supervisor`.
 */
export function defineSupervisor<A extends Args>(
  meta: { readonly url: string },
  name: string,
  init: (...args: A) => SupervisorSpec | Ignore | Promise<SupervisorSpec | Ignore>,
): Server<NoInfer<A>, SupervisorProtocol> {
  checkInit(name, init)
  return defineServer(meta, name, {
    type: 'supervisor',
    isolation: 'inline',
    // Starts and stops take the time they need; whoever asks waits, as in OTP.
    callTimeoutMs: Infinity,
    init: async (self, ...args: A): Promise<Supervision | Ignore | Stop> => {
      self.trapExit = true
      const given = await init(...args)
      return isIgnore(given) ? given : begin(self, given)
    },
    calls: {
      whichChildren: ({ state }) => state.children.list().map(describeChild).toReversed(),
      countChildren: async (self) => {
        const children = self.state.children.list()
        return countChildren(children, await endedUnnoticed(self, children))
      },
      getChildSpec: ({ state }, id: string) => withChild(state, id, keptSpec),
      startChild: ({ state }, spec: ChildSpec) => startChild(state, spec),
      terminateChild: ({ state }, id: string) => withChild(state, id, (child) => state.terminate(child)),
      restartChild: ({ state }, id: string) => withChild(state, id, (child) => restartChild(state, child)),
      deleteChild: ({ state }, id: string) => withChild(state, id, (child) => deleteChild(state, child)),
    },
    info: (self, message) => takeNotice(self, self.state, message),
    terminate: ({ state }) => state.stopAll(),
    formatState: (state) => state.children.list().map(describeChild),
  })
}

async function begin(self: ActorSelf, given: SupervisorSpec): Promise<Supervision | Stop> {
  const { children, ...rules } = checkSupervisorSpec(given)
  const supervision = new Supervision(self, { ...rules, keepsStopped: true })
  for (const { args, ...spec } of children) supervision.add(spec, args)
  const failed = await supervision.startAll()
  return failed ? stop({ shutdown: { failed_to_start_child: failed.id, reason: failed.reason } }) : supervision
}

function withChild<R>(supervision: Supervision, id: string, act: (child: Child) => R): R | Refusal {
  const child = supervision.children.get(id)
  return child ? act(child) : refuse(new ChildError('not_found', id))
}

async function startChild(supervision: Supervision, given: ChildSpec): Promise<Pid | undefined | Refusal> {
  const checked = checkedOrRefused(given, supervision.rules.autoShutdown)
  if (!('id' in checked)) return checked
  const present = supervision.children.get(checked.id)
  if (present) return refuse(alreadyThere(present))
  const { args, ...spec } = checked
  const child = supervision.add(spec, args)
  if (await supervision.mustWait(child)) {
    supervision.children.delete(child)
    return refuse(new ChildError('fenced', child.id))
  }
  const start = await supervision.start(child, 'debug')
  if (start.kind === 'failed') supervision.children.delete(child)
  return answerStart(child, start)
}

function alreadyThere({ id, status, pid }: Child): ChildError {
  return status === 'running' ? new ChildError('already_started', id, pid) : new ChildError('already_present', id)
}

async function restartChild(supervision: Supervision, child: Child): Promise<Pid | undefined | Refusal> {
  if (child.status === 'running' || child.status === 'restarting') return refuse(new ChildError(child.status, child.id))
  if (await supervision.mustWait(child)) return refuse(new ChildError('fenced', child.id))
  const start = child.status === 'held' ? await supervision.resume(child) : await supervision.start(child, 'debug')
  return answerStart(child, start)
}

function deleteChild(supervision: Supervision, child: Child): undefined | Refusal {
  if (child.status === 'running' || child.status === 'restarting') return refuse(new ChildError(child.status, child.id))
  supervision.children.delete(child)
  return undefined
}
