import type { TimerRef } from '../../../packages/core/src/actor/notices.ts'
import type { Actor } from '../actors.ts'
import type { Journal } from '../journal.ts'

interface SetTimer {
  readonly setter: Actor
  /** Who gets the timeout for sure, unless the timer is cancelled. */
  readonly owner: Actor | undefined
  ref: TimerRef | undefined
  fired: number
  isCancelled: boolean
}

/** A timer fires once, and never after it was cancelled in time. Who waits until a way is free does not wait for ever. */
export class TimerLaws {
  readonly #journal: Journal
  readonly #timers: SetTimer[] = []
  readonly #waits: { readonly actor: Actor; isOver: boolean }[] = []

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** A timer is being set; its number, which its message carries. */
  sets(setter: Actor, owner: Actor | undefined): number {
    return this.#timers.push({ setter, owner, ref: undefined, fired: 0, isCancelled: false }) - 1
  }

  hasRef(timer: number, ref: TimerRef): void {
    ;(this.#timers[timer] as SetTimer).ref = ref
  }

  cancelled(by: Actor, ref: TimerRef, left: number | false): void {
    if (left === false) return
    const timer = this.#timers.find((each) => each.ref === ref && each.setter === by) as SetTimer
    this.#journal.require(!timer.isCancelled, 'timer', () => `timer ${ref} of ${by.label} was cancelled twice`)
    timer.isCancelled = true
  }

  fires(at: Actor, number: number): void {
    this.#journal.count('timer fired')
    const timer = this.#timers[number] as SetTimer
    timer.fired++
    this.#journal.require(
      timer.fired === 1 && !timer.isCancelled,
      'timer',
      () => `timer ${timer.ref} of ${timer.setter.label} fired ${timer.fired} times at ${at.label}`,
    )
  }

  waits(actor: Actor): number {
    return this.#waits.push({ actor, isOver: false }) - 1
  }

  hasDrained(wait: number): void {
    const waiting = this.#waits[wait] as { actor: Actor; isOver: boolean }
    waiting.isOver = true
    this.#journal.require(!waiting.actor.isOver, 'timer', () => `${waiting.actor.label} goes on after its end`)
  }

  atRest(): void {
    for (const { owner, ref, fired, isCancelled } of this.#timers) {
      if (owner === undefined || owner.end !== undefined) continue
      this.#journal.require(fired === 1 || isCancelled, 'timer', () => `timer ${ref} of ${owner.label} never fired`)
    }
    for (const { actor, isOver } of this.#waits) {
      this.#journal.require(
        isOver || actor.end !== undefined,
        'timer',
        () => `${actor.label} waits for a free way for ever`,
      )
    }
  }
}
