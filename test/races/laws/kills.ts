import type { Actor, Actors } from '../actors.ts'
import { areInTouch } from '../actors.ts'
import type { Journal } from '../journal.ts'

interface Question {
  readonly asker: Actor
  readonly other: Actor | undefined
  /** It had ended before anybody asked, or the asker had killed it. */
  readonly isMoot: boolean
  isAnswered: boolean
}

/** A kill ends its victim, and whoever asks afterwards whether it lives is told so. The main actor outlives everybody. */
export class Kills {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #kills: { readonly by: Actor; readonly victim: Actor }[] = []
  readonly #questions: Question[] = []

  constructor(journal: Journal, actors: Actors) {
    this.#journal = journal
    this.#actors = actors
  }

  kills(by: Actor, victim: Actor): void {
    this.#kills.push({ by, victim })
  }

  asks(asker: Actor, other: Actor | undefined): Question {
    const over = other === undefined || this.#actors.isOver(asker, other.pid)
    const killed = this.#kills.some((kill) => kill.by === asker && kill.victim === other && other?.index !== 0)
    const question = { asker, other, isMoot: over || killed, isAnswered: false }
    this.#questions.push(question)
    return question
  }

  answered(question: Question, alive: boolean): void {
    const { asker, other, isMoot } = question
    this.#journal.count(alive ? 'isAlive: true' : 'isAlive: false')
    question.isAnswered = true
    const of = `${asker.label} asked about ${other?.label ?? 'nobody'}`
    this.#journal.require(!asker.isOver, 'alive', () => `${of} and was answered after its own end`)
    if (alive) {
      this.#journal.require(!isMoot, 'alive', () => `${of}, which had ended, and was told that it lives`)
      const over = other !== undefined && asker.knowsDown(other.pid)
      this.#journal.require(!over, 'down', () => `${of} and was told that it lives, after its DOWN`)
    } else {
      const over = other === undefined || this.#actors.isOver(asker, other.pid)
      this.#journal.require(over, 'alive', () => `${of}, which lives, and was told that it does not`)
    }
  }

  atRest(): void {
    for (const { asker, other, isAnswered } of this.#questions) {
      const open = !isAnswered && asker.end === undefined
      this.#journal.require(!open, 'alive', () => `${asker.label} was never told whether ${other?.label} lives`)
    }
    for (const { by, victim } of this.#kills) {
      const lives = victim.end === undefined && victim.index !== 0 && areInTouch(victim, by)
      this.#journal.require(!lives, 'kill', () => `${victim.label} lives, though ${by.label} killed it`)
    }
    const main = this.#actors.at(0)
    this.#journal.require(main?.end === undefined, 'kill', () => 'the main actor has ended')
  }
}
