import type { FromNode } from '../control.ts'
import { launchKeyOf } from './launch-profile.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEvents, NodeBody } from './node-body.ts'

/** A body whose events go to whoever holds it. */
export interface SpareBody<Body = NodeBody, Message = FromNode> {
  readonly body: Body
  readonly events: { -readonly [Name in keyof BodyEvents]: BodyEvents<Message>[Name] }
}

/** Milliseconds before a spare that was used is replaced: whoever used it has work to do first. */
const replaceMs = 200

/** Kinds of spares that are kept at a time: those used last. */
const profilesMax = 4

/** Threads and processes that were started and wait to become nodes. */
export class Spares<Body extends { kill(): void } = NodeBody, Message = FromNode> {
  readonly #start: (profile: LaunchProfile, events: BodyEvents<Message>) => Body
  readonly #count: number
  readonly #rehearse: (body: Body) => void
  readonly #waiting = new Map<string, SpareBody<Body, Message>[]>()
  #isOver = false

  /** `rehearse`: a spare has time until it is needed. */
  constructor(
    start: (profile: LaunchProfile, events: BodyEvents<Message>) => Body,
    count: number,
    rehearse: (body: Body) => void = () => {},
  ) {
    this.#start = start
    this.#count = count
    this.#rehearse = rehearse
  }

  /** One with this profile, ready or starting. */
  take(profile: LaunchProfile): SpareBody<Body, Message> {
    return this.#waiting.get(launchKeyOf(profile))?.shift() ?? this.#newSpare(profile)
  }

  /** Keeps spares of this profile from soon on, and those of the profiles used before it as far as there is room. */
  keep(profile: LaunchProfile): void {
    const key = launchKeyOf(profile)
    const waiting = this.#waitingFor(profile)
    this.#waiting.delete(key)
    this.#waiting.set(key, waiting)
    for (const [oldest, spares] of this.#waiting) {
      if (this.#waiting.size <= profilesMax) break
      this.#waiting.delete(oldest)
      for (const { body } of spares.splice(0)) body.kill()
    }
    setTimeout(() => {
      while (!this.#isOver && this.#waiting.get(key) === waiting && waiting.length < this.#count) {
        const spare = this.#newSpare(profile)
        waiting.push(spare)
        this.#rehearse(spare.body)
      }
    }, replaceMs).unref()
  }

  /** Ends them all. */
  end(): void {
    this.#isOver = true
    for (const waiting of this.#waiting.values()) for (const { body } of waiting.splice(0)) body.kill()
  }

  #waitingFor(profile: LaunchProfile): SpareBody<Body, Message>[] {
    const key = launchKeyOf(profile)
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.set(key, waiting)
    return waiting
  }

  #newSpare(profile: LaunchProfile): SpareBody<Body, Message> {
    const waiting = this.#waitingFor(profile)
    const events: SpareBody<Body, Message>['events'] = {
      message: () => {},
      ended: () => {
        const at = waiting.findIndex((spare) => spare.events === events)
        if (at >= 0) waiting.splice(at, 1)
      },
    }
    const body = this.#start(profile, {
      message: (message) => events.message(message),
      ended: (end, gone) => events.ended(end, gone),
    })
    return { body, events }
  }
}
