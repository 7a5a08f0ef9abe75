import { BulkheadError } from '../errors.ts'
import { answer } from '../messaging/call.ts'
import { isAbandoned, keepOpen } from '../messaging/open-calls.ts'
import type { Cell } from './cell.ts'
import { awaitIdle, holdIdle } from './idle.ts'
import type { Mail } from './mailbox.ts'
import { Exit } from './notices.ts'
import { LOG_MAX, newObservation, shownCopy } from './observed.ts'
import { openMail } from './open-mail.ts'
import type { Pid } from './pid.ts'
import { isPid } from './pid.ts'
import type { Observation, SystemEvent, SystemState, Statistics } from './system-state.ts'

/*
 * What the runtime of an actor answers on its behalf, in the actor's own turn: OTP's sys protocol. Requests stand in the mailbox like
 * everything else. A server takes them between two handlers, an actor of `receive` while it waits in one; a suspended one takes nothing else.
 */

/** What `sys.getStatus` tells. State and messages are shown as the behaviour's formats let them be seen. OTP: `sys:get_status/1`. */
export interface ActorStatus {
  readonly pid: Pid
  readonly behaviour: string
  readonly path: string
  readonly parent: Pid | undefined
  readonly registeredName: string | undefined
  readonly status: 'running' | 'suspended'
  readonly lastMessage?: unknown
  readonly state?: unknown
  /** What `sys.log` has kept. */
  readonly log: readonly SystemEvent[]
}

type Caller = { readonly pid: Pid; readonly ref: number }
type Operation = (cell: Cell, state: SystemState, args: readonly unknown[], caller: Caller) => unknown

/** The operations that answer at once; what they return is the reply, what they throw is the refusal. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['suspend', (cell, state) => suspend(cell, state)],
  ['resume', (cell, state) => resume(cell, state)],
  ['get_state', (cell) => stateOf(cell)],
  ['hold_state', (cell, state, [token], caller) => hold(cell, state, token, caller)],
  ['replace_state', (cell, state, [token, next], caller) => replace(cell, state, token, next, caller)],
  ['release_state', (cell, state, [token], { pid }) => release(cell, state, pid, token)],
  ['get_status', (cell) => statusOf(cell)],
  ['trace', (_cell, state, [on]) => observing(state, (seen) => void (seen.trace = on === true))],
  ['statistics', (cell, state, [on]) => observing(state, (seen) => count(cell, seen, on === true))],
  ['get_statistics', (cell, state) => statisticsOf(cell, state)],
  ['log', (_cell, state, [max]) => observing(state, (seen) => keep(seen, max))],
  ['get_log', (_cell, state) => state.observation?.log?.events ?? []],
  ['install', (_cell, state, [to]) => observing(state, (seen) => void (isPid(to) && seen.observers.add(to)))],
  ['remove', (_cell, state, [to]) => observing(state, (seen) => void seen.observers.delete(to as Pid))],
])

/** Whether an actor takes nothing but system requests now. */
export function isPaused({ system }: Cell): boolean {
  return system !== undefined && (system.suspended || system.holder !== undefined)
}

/** Does what a system request says, and answers. */
export function handleSystem(cell: Cell, mail: Mail): void {
  holdIdle(cell)
  if (openMail(cell, mail)) {
    cell.kernel.counters.handled++
    const caller = { pid: mail.from as Pid, ref: mail.ref }
    const [name, ...args] = Array.isArray(mail.value) ? (mail.value as readonly unknown[]) : []
    if (name === 'terminate') {
      // Whoever asked hears of the end, and with which reason it came.
      if (!isAbandoned(cell, caller.pid, caller.ref)) keepOpen(cell, caller.pid, caller.ref)
      cell.program.stop(cell, args[0])
    } else perform(cell, String(name), args, caller)
  }
  if (cell.dead) return
  // OTP: a system message does not use the idle timeout up, it restarts it.
  if (!isPaused(cell)) awaitIdle(cell)
}

function perform(cell: Cell, name: string, args: readonly unknown[], caller: Caller): void {
  const operation = OPERATIONS.get(name)
  try {
    if (operation === undefined) throw new BulkheadError('undefined_request', `there is no system request ${name}`)
    const state = (cell.system ??= { suspended: false, holder: undefined, observation: undefined })
    const value = operation(cell, state, args, caller)
    if (caller.ref !== 0) answer(cell, 'reply', caller.pid, caller.ref, value)
  } catch (error) {
    if (!cell.dead && caller.ref !== 0) answer(cell, 'refusal', caller.pid, caller.ref, error)
  }
}

/** Lets a suspended actor look at its next mail. It takes system requests, and the end of its parent; the rest waits. False: there is no more. */
export function skim(cell: Cell): boolean {
  const { mailbox } = cell
  const mail = mailbox.unskimmed
  if (mail === undefined || (cell.busy && cell.program.handles)) return false
  if (mail.kind === 'system' && mayPerform(cell, mail)) {
    mailbox.take(mail, mailbox.skimmed)
    handleSystem(cell, mail)
  } else if (mail.kind === 'notice' && isParentsEnd(cell, mail)) {
    mailbox.take(mail, mailbox.skimmed)
    cell.program.stop(cell, (mail.value as Exit).reason)
  } else mailbox.skimmed = mail
  return true
}

/** While its state is being replaced, an actor obeys the one who does that, and nobody else. */
function mayPerform(cell: Cell, mail: Mail): boolean {
  const holder = cell.system?.holder
  if (holder === undefined) return true
  if (mail.from !== holder.pid || !openMail(cell, mail) || !Array.isArray(mail.value)) return false
  return (mail.value as readonly unknown[])[1] === holder.token
}

function isParentsEnd(cell: Cell, mail: Mail): boolean {
  return openMail(cell, mail) && mail.value instanceof Exit && mail.value.from === cell.parent
}

function suspend(cell: Cell, state: SystemState): void {
  state.suspended = true
  cell.waiting?.disarm()
}

function resume(cell: Cell, state: SystemState): void {
  state.suspended = false
  goOn(cell)
}

/** It takes its mail again, unless something else keeps it from that. */
function goOn(cell: Cell): void {
  if (isPaused(cell)) return
  cell.mailbox.skimmed = undefined
  cell.waiting?.arm()
  awaitIdle(cell)
  cell.kernel.queue.add(cell)
}

function stateOf(cell: Cell): unknown {
  if (!cell.program.handles)
    throw new BulkheadError(
      'no_state',
      `${cell.behaviour} is a function and keeps its state to itself: only servers have one`,
    )
  return cell.state
}

/** The state goes to whoever replaces it, and until that is done, or that one has ended, nothing changes it. */
function hold(cell: Cell, state: SystemState, token: unknown, { pid, ref }: Caller): unknown {
  const current = stateOf(cell)
  if (typeof token !== 'number' || isAbandoned(cell, pid, ref)) return current
  const { kernel } = cell
  const monitor = kernel.nextRef()
  // Found out before anything is held: what cannot be sent cannot be replaced.
  const remote = kernel.isLocal(pid) ? undefined : kernel.remoteOf(pid)
  kernel.encoder.encode(current, { shares: remote === undefined || remote.shares, root: 'state' })
  state.holder = { pid, token, monitor }
  ;(cell.monitors ??= new Map()).set(monitor, {
    target: pid,
    shown: pid,
    instead: () => release(cell, state, pid, token),
  })
  kernel.signal({ kind: 'monitor', to: pid, from: cell.pid, ref: monitor })
  return current
}

function replace(cell: Cell, state: SystemState, token: unknown, next: unknown, { pid }: Caller): void {
  const { holder } = state
  if (holder === undefined || holder.pid !== pid || holder.token !== token)
    throw new BulkheadError('no_state', 'the state is not held any more by the one who wants to replace it')
  cell.state = next
  release(cell, state, pid, token)
}

function release(cell: Cell, state: SystemState, pid: Pid, token: unknown): void {
  const { holder } = state
  if (holder === undefined || holder.pid !== pid || holder.token !== token) return
  state.holder = undefined
  if (cell.monitors?.delete(holder.monitor) === true)
    cell.kernel.signal({ kind: 'demonitor', to: pid, from: cell.pid, ref: holder.monitor })
  goOn(cell)
  // What others had asked for meanwhile is still to be looked at, also by one that stays suspended.
  cell.mailbox.skimmed = undefined
  cell.kernel.queue.add(cell)
}

function statusOf(cell: Cell): ActorStatus {
  const { pid, behaviour, path, parent, name, system } = cell
  return {
    pid,
    behaviour,
    path,
    parent,
    registeredName: name,
    status: system?.suspended === true ? 'suspended' : 'running',
    ...sendable(cell, cell.program.report(cell)),
    log: system?.observation?.log?.events ?? [],
  }
}

/** A status always comes: what of it cannot be sent is printed. */
function sendable(cell: Cell, shown: object): object {
  return Object.fromEntries(Object.entries(shown).map(([field, value]) => [field, shownCopy(cell, value)]))
}

function observing(state: SystemState, change: (seen: Observation) => void): void {
  const seen = (state.observation ??= newObservation())
  change(seen)
  if (!seen.trace && seen.statistics === undefined && seen.log === undefined && seen.observers.size === 0)
    state.observation = undefined
}

function count(cell: Cell, seen: Observation, on: boolean): void {
  seen.statistics = on ? { startTime: cell.kernel.platform.clock.now(), messagesIn: 0, messagesOut: 0 } : undefined
}

function statisticsOf(cell: Cell, { observation }: SystemState): Statistics | 'no_statistics' {
  const statistics = observation?.statistics
  return statistics === undefined ? 'no_statistics' : { ...statistics, currentTime: cell.kernel.platform.clock.now() }
}

function keep(seen: Observation, max: unknown): void {
  seen.log =
    max === false ? undefined : { max: typeof max === 'number' ? max : LOG_MAX, events: seen.log?.events ?? [] }
}
