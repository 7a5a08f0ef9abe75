import type { Exit } from '../../../packages/core/src/actor/notices.ts'
import { nodeOf } from '../../../packages/core/src/actor/pid.ts'
import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import type { Actor, Actors } from '../actors.ts'
import { kindOf, wordOf } from '../actors.ts'
import type { Journal } from '../journal.ts'
import type { Frames } from './frames.ts'
import type { Order } from './order.ts'

interface Bond {
  /** Who wants the link, as far as it said so itself: what it did last was to link. */
  readonly by: Set<Pid>
  /** Who has ever undone it. */
  readonly undone: Set<Pid>
  /** How often anybody asked for a link. */
  links: number
}

/** A link breaks once, towards both: an EXIT for who traps, the end for who does not. Nobody gets an EXIT without a link or an exit signal. */
export class Links {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #order: Order
  readonly #frames: Frames
  readonly #bonds = new Map<string, Bond>()
  /** EXITs that came from links, by who got and who sent them. */
  readonly #broken = new Map<string, number>()

  constructor(journal: Journal, actors: Actors, order: Order, frames: Frames) {
    this.#frames = frames
    this.#journal = journal
    this.#actors = actors
    this.#order = order
  }

  #bond(one: Pid, other: Pid): Bond {
    const key = one < other ? `${one}-${other}` : `${other}-${one}`
    let bond = this.#bonds.get(key)
    if (bond === undefined) this.#bonds.set(key, (bond = { by: new Set(), undone: new Set(), links: 0 }))
    return bond
  }

  links(by: Actor, to: Pid): void {
    if (by.pid === to) return
    const bond = this.#bond(by.pid, to)
    bond.links++
    bond.by.add(by.pid)
  }

  unlinks(by: Actor, from: Pid): void {
    const bond = this.#bond(by.pid, from)
    bond.by.delete(by.pid)
    bond.undone.add(by.pid)
  }

  /** A start was linked, whatever comes of it. */
  mayLink(one: Pid, other: Pid): void {
    this.#bond(one, other).links++
  }

  /** The start worked: its link is as good as any, unless the starter has undone it before it knew. */
  linkedFrom(starter: Actor, child: Pid): void {
    const { by, undone } = this.#bond(starter.pid, child)
    if (!undone.has(starter.pid)) by.add(starter.pid)
  }

  /** Whether `actor` has linked itself to `partner`, and neither of them ever undid that. */
  areLinked(actor: Actor, partner: Pid): boolean {
    const { by, undone } = this.#bond(actor.pid, partner)
    return by.has(actor.pid) && undone.size === 0
  }

  /** An EXIT came. Whether it is news of an end. */
  breaks(at: Actor, { from, reason }: Exit): boolean {
    const word = wordOf(reason)
    if (this.#order.wasExitSignal(at, from, word)) {
      this.#journal.count('EXIT by an exit signal')
      return false
    }
    this.#journal.count(`EXIT ${kindOf(word)}`)
    const key = `${at.pid}<${from}`
    const times = (this.#broken.get(key) ?? 0) + 1
    this.#broken.set(key, times)
    const { links } = this.#bond(at.pid, from)
    const of = `the EXIT of ${from} at ${at.label}`
    this.#journal.require(times <= links, 'exit', () => `${of} came for the ${times}. time after ${links} links`)
    this.#journal.require(this.#actors.isOver(at, from), 'exit', () => `${of} came, though it lives`)
    const reasons = [...this.#actors.reasonsOf(at, from), 'noproc']
    this.#journal.require(reasons.includes(word), 'exit', () => `${of} is ${word}, not one of ${reasons.join(', ')}`)
    const own = this.#actors.of(from)?.end?.reason
    const old = word === own && word !== 'noproc' && !at.hasLost(from) && nodeOf(from) !== at.node.id
    this.#journal.require(!old || this.#frames.isNews(at.pid, from), 'exit', () => `${of} is of a link that was undone`)
    this.#journal.require(this.#mayFollowDown(at, from, word), 'down', () => `${of} came after its DOWN`)
    return true
  }

  /** A link that was asked for after the end is answered with noproc, or with the loss of the node that did not get to answer it. */
  #mayFollowDown(at: Actor, from: Pid, word: string): boolean {
    const down = at.saidDown.get(from)
    if (down === undefined || word === 'noproc') return true
    const own = this.#actors.of(from)?.end?.reason
    return at.hasLost(from) && word !== own && (down.reason === own || down.reason === 'noproc')
  }

  atRest(): void {
    for (const [key, { by, undone }] of this.#bonds) {
      const [one, other] = key.split('-') as [Pid, Pid]
      if (by.has(one) && !undone.has(other)) this.#brokeFor(one, other)
      if (by.has(other) && !undone.has(one)) this.#brokeFor(other, one)
    }
  }

  /** The last that `pid` did was to link itself to `partner`, who never undid it. */
  #brokeFor(pid: Pid, partner: Pid): void {
    const actor = this.#actors.of(pid)
    if (actor === undefined || actor.end !== undefined || !this.#actors.isOver(actor, partner)) return
    const told = this.#broken.get(`${pid}<${partner}`) ?? 0
    const reason = this.#actors.of(partner)?.end?.reason
    if (!actor.everUntrapped) {
      const quiet = reason === 'normal' && actor.spec.name !== undefined
      this.#journal.require(
        told > 0 || quiet,
        'exit',
        () => `${actor.label} never got the EXIT of ${partner}, to which it was linked`,
      )
    } else if (!actor.everTrapped && reason !== 'normal') {
      this.#journal.broken(
        'exit',
        `${actor.label} outlives ${partner}, to which it was linked and which ended with ${reason}`,
      )
    }
  }
}
