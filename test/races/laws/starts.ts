import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import type { StartOutcome } from '../../../packages/core/src/actor/self.ts'
import type { Actor, Actors } from '../actors.ts'
import { areInTouch, wordOf } from '../actors.ts'
import type { Journal } from '../journal.ts'
import type { ActorSpec } from '../program.ts'
import type { Links } from './links.ts'
import type { Monitors } from './monitors.ts'

interface Start {
  readonly starter: Actor
  readonly spec: ActorSpec
  outcome: 'started' | 'ignored' | 'failed' | undefined
  reason: string | undefined
}

/** A start has one outcome: a pid, then at most one EXIT or DOWN; or a failure, then nothing of it, and nobody lives who was to be started. */
export class Starts {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #links: Links
  readonly #monitors: Monitors
  readonly #starts = new Map<number, Start>()
  /** Ties that somebody made by hand: then an EXIT or DOWN may follow a failed start. */
  readonly #tied = new Set<string>()

  constructor(journal: Journal, actors: Actors, links: Links, monitors: Monitors) {
    this.#journal = journal
    this.#actors = actors
    this.#links = links
    this.#monitors = monitors
  }

  begins(starter: Actor, spec: ActorSpec): void {
    this.#starts.set(spec.index, { starter, spec, outcome: undefined, reason: undefined })
  }

  /** The hosting node has made the actor. */
  made(actor: Actor): void {
    const start = this.#starts.get(actor.index)
    if (start?.spec.link === true) this.#links.mayLink(start.starter.pid, actor.pid)
  }

  /** Whoever asks has made a tie of its own with that actor. */
  ties(one: Actor, other: Pid): void {
    this.#tied.add(`${one.pid} ${other}`).add(`${other} ${one.pid}`)
  }

  settled({ index }: ActorSpec, outcome: StartOutcome<unknown>): void {
    const start = this.#starts.get(index) as Start
    const { starter, spec } = start
    const of = `the start of actor ${index}`
    this.#journal.count(`start ${outcome.kind}`)
    this.#journal.require(!starter.isOver, 'start', () => `${of} settled after the end of its starter`)
    this.#journal.require(start.outcome === undefined, 'start', () => `${of} settled twice`)
    start.outcome = outcome.kind
    const child = this.#actors.at(index)
    if (outcome.kind === 'started') {
      this.#journal.require(outcome.pid === child?.pid, 'start', () => `${of} gave ${outcome.pid}`)
      this.#journal.require(
        (outcome.monitor !== undefined) === spec.monitor,
        'start',
        () => `${of} gave a monitor of ${outcome.monitor}`,
      )
      if (outcome.monitor !== undefined) this.#monitors.set(starter, outcome.monitor, outcome.pid, outcome.pid, true)
      if (spec.link) this.#links.linkedFrom(starter, outcome.pid)
      const starts = spec.init === 'ready' || spec.init === 'slow' || spec.init === 'continue'
      this.#journal.require(starts || spec.kind === 'loop', 'start', () => `${of} should not have worked`)
      return
    }
    // The starter's end of the link is undone, whoever made it.
    if (spec.link && child !== undefined) this.#links.unlinks(starter, child.pid)
    if (outcome.kind === 'failed') {
      start.reason = wordOf(outcome.reason)
      this.#journal.count(
        start.reason === 'timeout' || start.reason === 'noconnection'
          ? `start ${start.reason}`
          : 'start failed otherwise',
      )
    }
  }

  /** An EXIT or DOWN of `pid` reached `at`. */
  hears(at: Actor, pid: Pid, what: string): void {
    const actor = this.#actors.of(pid)
    const start = actor === undefined ? undefined : this.#starts.get(actor.index)
    if (start === undefined || start.starter !== at || this.#tied.has(`${at.pid} ${pid}`)) return
    this.#journal.require(
      start.outcome === 'started',
      'start',
      () => `${at.label} got the ${what} of actor ${actor?.index}, whose start ${start.outcome ?? 'is not over'}`,
    )
  }

  atRest(): void {
    for (const [index, { starter, outcome, reason }] of this.#starts) {
      const child = this.#actors.at(index)
      if (starter.end === undefined) {
        this.#journal.require(outcome !== undefined, 'start', () => `the start of actor ${index} never settled`)
      }
      if (child?.end !== undefined || child === undefined || outcome === undefined || outcome === 'started') continue
      const severed = !areInTouch(starter, child)
      this.#journal.require(severed, 'start', () => `actor ${index} lives, though its start ${outcome} with ${reason}`)
    }
  }
}
