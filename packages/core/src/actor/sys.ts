import { refuseUntrusted } from '../node/refuse-untrusted.ts'
import { CallFailed, InvalidOption } from '../errors.ts'
import { ask } from '../messaging/call.ts'
import { requestBody } from '../messaging/request-body.ts'
import { sendMail } from '../node/deliver.ts'
import { BoundRef } from './actor-ref.ts'
import type { ActorRef } from './behaviour.ts'
import type { ExitReason } from './exit-reason.ts'
import type { Pid } from './pid.ts'
import { isPid } from './pid.ts'
import type { ActorStatus } from './system-requests.ts'
import type { Statistics, SystemEvent } from './system-state.ts'

/**
 * Looks at and steers a running actor from outside, for tests and for finding faults; the actor's code has no part in it. Each request stands in
 * the actor's mailbox, in order with what else was sent; a server takes it between two handlers, an actor of `receive` while it waits in one.
 * A suspended actor takes them too. Each waits as long as `ref.within` says, 5,000 ms by default, and rejects with `CallFailed`. OTP: `sys`.
 */
export interface Sys {
  /** From now on it takes nothing but system requests and the end of its parent; everything else waits. Twice is once. OTP: `suspend/1`. */
  suspend(ref: ActorRef): Promise<void>
  /** It takes its mail again, in order. OTP: `resume/1`. */
  resume(ref: ActorRef): Promise<void>
  /** A copy of a server's state. Rejects with `no_state` for an actor of `receive`, and with `NotSendable`. OTP: `get_state/1`. */
  getState(ref: ActorRef): Promise<unknown>
  /**
   * Gives a server the state that `change` makes of its present one, and returns that. The server stands still meanwhile. When `change` throws,
   * the state stays and the caller gets `CallFailed` with the reason `callback_failed` and the error as its cause. OTP: `replace_state/2`.
   */
  replaceState<S = unknown>(ref: ActorRef, change: (state: S) => S | Promise<S>): Promise<S>
  /** What it is and does, redacted by `formatState` and `formatMessage`. OTP: `get_status/1`. */
  getStatus(ref: ActorRef): Promise<ActorStatus>
  /** Writes what it takes and answers to the log, or no longer. OTP: `trace/2`. */
  trace(ref: ActorRef, on: boolean): Promise<void>
  /** Counts, beginning now, or counts no longer. OTP: `statistics/2`. */
  statistics(ref: ActorRef, on: boolean): Promise<void>
  /** What was counted; `'no_statistics'` when nothing is. OTP: `statistics(Name, get)`. */
  getStatistics(ref: ActorRef): Promise<Statistics | 'no_statistics'>
  /** Keeps its last events, 10 or as many as are given; false forgets them. OTP: `log/2`. */
  log(ref: ActorRef, keep: boolean | number): Promise<void>
  /** The events that were kept, oldest first. OTP: `log(Name, get)`. */
  getLog(ref: ActorRef): Promise<readonly SystemEvent[]>
  /** Sends each event as a message to `to`, until `remove`. OTP: `install/2`, which takes a function. */
  install(ref: ActorRef, to: Pid): Promise<void>
  remove(ref: ActorRef, to: Pid): Promise<void>
  /**
   * Ends an actor in order and waits until it is gone: its `terminate` runs. Rejects with `CallFailed`: `noproc`; `timeout` (default Infinity;
   * then it still ends, later); or the reason with which it ended instead. OTP: `gen_server:stop/1,3`.
   */
  stop(ref: ActorRef, reason?: ExitReason, timeoutMs?: number): Promise<void>
}

function request(ref: ActorRef, call: string, name: string, ...args: readonly unknown[]): Promise<unknown> {
  const { sender, address, timeoutMs } = BoundRef.senderOf(ref)
  refuseUntrusted(sender.kernel, 'looks into no other, and steers none')
  return ask(sender, 'system', address, `sys.${call}`, requestBody(name, args), timeoutMs)
}

async function replaceState<S>(ref: ActorRef, change: (state: S) => S | Promise<S>): Promise<S> {
  if (typeof change !== 'function') throw new InvalidOption('change', change, 'give a function of the state')
  const { sender, address } = BoundRef.senderOf(ref)
  const token = sender.kernel.nextRef()
  // In pair order behind the request that holds it: whatever became of that, nothing stays held.
  const release = (): void => {
    if (!sender.dead) sendMail(sender, 'system', address, ['release_state', token], 0)
  }
  let next: S
  try {
    next = await changed(ref, change, (await request(ref, 'replaceState', 'hold_state', token)) as S)
  } catch (error) {
    release()
    throw error
  }
  try {
    await request(ref, 'replaceState', 'replace_state', token, next)
  } catch (error) {
    release()
    throw error
  }
  return next
}

async function changed<S>(ref: ActorRef, change: (state: S) => S | Promise<S>, state: S): Promise<S> {
  try {
    return await change(state)
  } catch (error) {
    const failed = new CallFailed(BoundRef.senderOf(ref).address, 'sys.replaceState', 'callback_failed')
    failed.cause = error
    throw failed
  }
}

async function stop(ref: ActorRef, reason: ExitReason = 'normal', timeoutMs = Infinity): Promise<void> {
  const { sender } = BoundRef.senderOf(ref)
  const { encoder } = sender.kernel
  const words = (value: unknown): string => encoder.encode(value, { root: 'reason' }).bytes.join()
  try {
    await request(ref.within(timeoutMs), 'stop', 'terminate', reason)
  } catch (error) {
    if (!(error instanceof CallFailed) || isWord(error.code) || words(error.reason) !== words(reason)) throw error
  }
}

/** The call itself failed: that is no exit reason, even when it was asked for with the same word. */
function isWord(code: string): boolean {
  return code === 'timeout' || code === 'calling_self'
}

function checkFlag(on: unknown): asserts on is boolean {
  if (typeof on !== 'boolean') throw new InvalidOption('on', on, 'give true or false')
}

function checkObserver(to: unknown): asserts to is Pid {
  if (!isPid(to)) throw new InvalidOption('to', to, 'give the pid of the actor that shall get the events')
}

/** See `Sys`. */
export const sys: Sys = {
  suspend: async (ref) => void (await request(ref, 'suspend', 'suspend')),
  resume: async (ref) => void (await request(ref, 'resume', 'resume')),
  getState: (ref) => request(ref, 'getState', 'get_state'),
  replaceState,
  getStatus: (ref) => request(ref, 'getStatus', 'get_status') as Promise<ActorStatus>,
  trace: async (ref, on) => {
    checkFlag(on)
    await request(ref, 'trace', 'trace', on)
  },
  statistics: async (ref, on) => {
    checkFlag(on)
    await request(ref, 'statistics', 'statistics', on)
  },
  getStatistics: (ref) => request(ref, 'getStatistics', 'get_statistics') as Promise<Statistics | 'no_statistics'>,
  log: async (ref, keep) => {
    if (typeof keep !== 'boolean' && !(Number.isSafeInteger(keep) && keep > 0))
      throw new InvalidOption('keep', keep, 'give true, false, or how many events to keep')
    await request(ref, 'log', 'log', keep)
  },
  getLog: (ref) => request(ref, 'getLog', 'get_log') as Promise<readonly SystemEvent[]>,
  install: async (ref, to) => {
    checkObserver(to)
    await request(ref, 'install', 'install', to)
  },
  remove: async (ref, to) => {
    checkObserver(to)
    await request(ref, 'remove', 'remove', to)
  },
  stop,
}
