import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import { CallFailed } from '../../../packages/core/src/errors.ts'
import type { Actor, Actors } from '../actors.ts'
import { wordOf } from '../actors.ts'
import type { Journal } from '../journal.ts'
import type { Links } from './links.ts'
import type { CallMode } from '../program.ts'
import type { Scheduler } from '../scheduler.ts'

export interface Call {
  readonly id: number
  readonly caller: Actor
  /** Undefined: nobody had the name. */
  readonly target: Pid | undefined
  readonly mode: CallMode
  readonly timeoutMs: number
  readonly at: number
  /** Whether its caller had linked itself to the callee before. */
  readonly isLinked: boolean
  isSettled: boolean
}

/** The words of the runtime itself for a call that got no reply. */
const words = new Set(['timeout', 'noproc', 'noconnection', 'calling_self', 'overloaded', 'undefined_call'])

/** What the puppets reply. */
interface Reply {
  readonly call: number
  readonly by: Pid
}

/** Every call of a living caller settles, with its own reply or with the reason why there is none; no call of a dead caller does. */
export class Calls {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #scheduler: Scheduler
  readonly #links: Links
  readonly #calls: Call[] = []

  constructor(journal: Journal, actors: Actors, scheduler: Scheduler, links: Links) {
    this.#links = links
    this.#journal = journal
    this.#actors = actors
    this.#scheduler = scheduler
  }

  begins(caller: Actor, target: Pid | undefined, mode: CallMode, timeoutMs: number): Call {
    const call = {
      id: this.#calls.length + 1,
      caller,
      target,
      mode,
      timeoutMs,
      at: this.#scheduler.now,
      isLinked: target !== undefined && this.#links.areLinked(caller, target),
      isSettled: false,
    }
    this.#calls.push(call)
    return call
  }

  replied(call: Call, value: unknown): void {
    const { id, caller, mode } = call
    if (!this.#settles(call)) return
    this.#journal.count(`call ${mode} replied`)
    const { call: answered, by } = value as Reply
    this.#journal.require(
      answered === id,
      'call',
      () => `call ${id} of ${caller.label} got the reply to call ${answered}`,
    )
    this.#journal.require(!caller.knowsDown(by), 'down', () => `${caller.label} got a reply of ${by} after its DOWN`)
  }

  failed(call: Call, error: unknown): void {
    const { id, caller, mode, target } = call
    if (!this.#settles(call)) return
    const of = `call ${id} of ${caller.label} to ${target}`
    if (!(error instanceof CallFailed)) {
      const message = error instanceof Error ? error.message : wordOf(error)
      this.#journal.count('call refused')
      this.#journal.require(
        mode === 'refuse' && message === `refused ${id}`,
        'call',
        () => `${of} was refused with ${message}`,
      )
      return
    }
    const word = wordOf(error.reason)
    this.#journal.count(`call failed ${words.has(word) ? word : 'with the reason of the callee'}`)
    this.#journal.require(
      this.#mayFail(call, word),
      'call',
      () => `${of} failed with ${word}, which nobody gave reason for`,
    )
    if (target !== undefined) this.#judgeOrder(call, target, word, of)
  }

  /** Whoever is told why the callee ended is told of its links first, which ends who does not trap, and of its monitors last. */
  #judgeOrder({ caller, isLinked }: Call, target: Pid, word: string, of: string): void {
    const own = this.#actors.of(target)?.end?.reason
    if (word !== own || words.has(word) || caller.hasLost(target)) return
    this.#journal.require(!caller.knowsDown(target), 'down', () => `${of} failed after its DOWN`)
    const ends = isLinked && !caller.everTrapped && word !== 'normal' && this.#links.areLinked(caller, target)
    this.#journal.require(!ends, 'exit', () => `${of} failed with ${word}, which should have ended its caller before`)
  }

  #mayFail({ caller, target, timeoutMs, at, mode }: Call, word: string): boolean {
    if (target === undefined) return word === 'noproc'
    const over = this.#actors.isOver(caller, target)
    if (this.#actors.reasonsOf(caller, target).includes(word)) return true
    switch (word) {
      case 'timeout':
        return this.#scheduler.now >= at + timeoutMs
      case 'noproc':
        return over
      case 'calling_self':
        return target === caller.pid
      case 'overloaded':
        return (this.#actors.of(target)?.spec.bound ?? 0) > 0
      case 'undefined_call':
        return mode === 'typo'
      default:
        return false
    }
  }

  #settles(call: Call): boolean {
    const of = `call ${call.id} of ${call.caller.label}`
    this.#journal.require(!call.isSettled, 'call', () => `${of} settled twice`)
    this.#journal.require(!call.caller.isOver, 'call', () => `${of} settled after the end of its caller`)
    call.isSettled = true
    return this.#journal.failure === undefined
  }

  atRest(): void {
    for (const { id, caller, target, mode, timeoutMs, isSettled } of this.#calls) {
      if (isSettled || caller.end !== undefined) continue
      const callee = target === undefined ? undefined : this.#actors.of(target)
      const waits = callee !== undefined && !this.#actors.isOver(caller, callee.pid) && timeoutMs === Infinity
      const unanswered = mode === 'later' || callee?.spec.kind === 'loop'
      this.#journal.require(
        waits && unanswered,
        'call',
        () => `call ${id} (${mode}) of ${caller.label} to ${target} never settled`,
      )
    }
  }
}
