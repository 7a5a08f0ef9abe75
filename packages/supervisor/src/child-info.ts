import type { Args, Pid, UnsettledChild } from '@bulkhead/core'
import type { ChildSpec } from './child-spec.ts'
import type { Child, ChildStatus } from './child-table.ts'

/** One line of `whichChildren`. */
export interface ChildInfo {
  /** Undefined under a dynamic supervisor, whose children are asked for by pid. */
  readonly id: string | undefined
  /** While it runs. */
  readonly pid: Pid | undefined
  /** The pid that it has or had last: what a dynamic supervisor is asked with about a child that is held. */
  readonly lastPid: Pid | undefined
  readonly status: ChildStatus
  readonly type: 'worker' | 'supervisor'
  /** The name of its behaviour. */
  readonly behaviour: string
  /** How often it was started again. */
  readonly restarts: number
}

/** The answer of `countChildren`. `supervisors` and `workers` count specs, whether or not they run. */
export interface ChildCounts {
  readonly specs: number
  readonly active: number
  readonly supervisors: number
  readonly workers: number
}

/** A spec as its supervisor keeps it: without the arguments of a temporary child that was started, which are not needed any more. */
export type KeptChildSpec = Omit<ChildSpec, 'args'> & { readonly args: Args | undefined }

/** OTP: one tuple of `supervisor:which_children/1`. */
export function describeChild({ id, status, pid, spec, starts }: Child): ChildInfo {
  return {
    id,
    pid: status === 'running' ? pid : undefined,
    lastPid: pid,
    status,
    type: spec.type,
    behaviour: spec.behaviour.name,
    restarts: Math.max(0, starts - 1),
  }
}

/**
 * OTP: `supervisor:count_children/1`. A child that is about to be restarted is not active, nor is one of the `gone`, which are listed as running
 * and have ended without a word.
 */
export function countChildren(children: readonly Child[], gone: ReadonlySet<Pid> = new Set()): ChildCounts {
  const supervisors = children.filter(({ spec }) => spec.type === 'supervisor').length
  return {
    specs: children.length,
    active: children.filter(({ status, pid }) => status === 'running' && !gone.has(pid!)).length,
    supervisors,
    workers: children.length - supervisors,
  }
}

/** OTP: `supervisor:get_childspec/2`. */
export function keptSpec({ spec, args }: Child): KeptChildSpec {
  return { ...spec, args }
}

/** What inspection shows of a child that does not run and is meant to, or that is being stopped; nothing of the others. `now`: on the clock of the node. */
export function describeUnsettled(child: Child, now: number): UnsettledChild[] {
  const { id, spec, starts, stoppingSince } = child
  const { behaviour, type, shutdown } = spec
  const about = { child: id, behaviour: behaviour.name, type, restarts: Math.max(0, starts - 1) }
  if (stoppingSince !== undefined)
    return [{ ...about, status: 'stopping', stoppingMs: Math.round(now - stoppingSince), shutdown }]
  const status = child.isStarting && starts > 0 && child.status !== 'held' ? 'restarting' : child.status
  return status === 'restarting' || status === 'held' ? [{ ...about, status }] : []
}
