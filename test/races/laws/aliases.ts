import type { Down, MonitorRef } from '../../../packages/core/src/actor/notices.ts'
import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import type { Actor, Actors } from '../actors.ts'
import { wordOf } from '../actors.ts'
import type { Journal } from '../journal.ts'

interface Watch {
  readonly owner: Actor
  readonly target: Pid
  heard: 'nothing' | 'an answer' | 'DOWN'
}

/**
 * A monitor with an alias for one answer is heard of once: by the first answer through the alias, or by the DOWN, and by the DOWN when the target
 * ends unanswered.
 */
export class Aliases {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #watches = new Map<string, Watch>()

  constructor(journal: Journal, actors: Actors) {
    this.#journal = journal
    this.#actors = actors
  }

  set(owner: Actor, ref: MonitorRef, target: Pid): void {
    this.#watches.set(`${owner.pid} ${ref}`, { owner, target, heard: 'nothing' })
  }

  has(owner: Actor, ref: MonitorRef): boolean {
    return this.#watches.has(`${owner.pid} ${ref}`)
  }

  answered(owner: Actor, ref: MonitorRef): void {
    this.#hears(owner, ref, 'an answer')
  }

  ended(owner: Actor, { ref, target, reason }: Down): void {
    const word = wordOf(reason)
    const watch = this.#hears(owner, ref, 'DOWN')
    const mayBe =
      watch !== undefined && (word === 'noproc' || this.#actors.reasonsOf(owner, watch.target).includes(word))
    this.#journal.require(mayBe, 'alias', () => `${owner.label} was told that ${target} ended with ${word}`)
  }

  #hears(owner: Actor, ref: MonitorRef, what: 'an answer' | 'DOWN'): Watch | undefined {
    const watch = this.#watches.get(`${owner.pid} ${ref}`)
    this.#journal.count(`alias: ${what}`)
    this.#journal.require(
      watch?.heard === 'nothing',
      'alias',
      () => `${owner.label} heard ${what} for ref ${ref} after ${watch?.heard ?? 'no monitor'}`,
    )
    if (watch !== undefined) watch.heard = what
    return watch
  }

  atRest(): void {
    for (const { owner, target, heard } of this.#watches.values()) {
      const isMissed = heard === 'nothing' && owner.end === undefined && this.#actors.isOver(owner, target)
      this.#journal.require(!isMissed, 'alias', () => `${owner.label} heard neither answer nor DOWN of ${target}`)
    }
  }
}
