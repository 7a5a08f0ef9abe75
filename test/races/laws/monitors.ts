import type { Down, MonitorRef, NodeDown } from '../../../packages/core/src/actor/notices.ts'
import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import type { Actor, Actors } from '../actors.ts'
import { kindOf, wordOf } from '../actors.ts'
import type { Journal } from '../journal.ts'

interface Monitor {
  readonly observer: Actor
  readonly ref: MonitorRef
  /** Undefined: nobody had the name. */
  readonly target: Pid | undefined
  readonly shown: string
  /** It came with a start. */
  readonly atomic: boolean
  isOff: boolean
  fired: number
}

/** A monitor fires once: for every end, with its reason, and not after `demonitor`. */
export class Monitors {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #monitors = new Map<string, Monitor>()
  readonly #nodes = new Map<Actor, Map<number, { asked: number; told: number }>>()

  constructor(journal: Journal, actors: Actors) {
    this.#journal = journal
    this.#actors = actors
  }

  set(observer: Actor, ref: MonitorRef, target: Pid | undefined, shown: string, atomic = false): void {
    this.#monitors.set(`${observer.pid} ${ref}`, { observer, ref, target, shown, atomic, isOff: false, fired: 0 })
    observer.monitors.push(ref)
  }

  /** The observer demonitored: from now on silence, except for a DOWN that lay in the mailbox and was not flushed. */
  removed(observer: Actor, ref: MonitorRef, wasActive: boolean, flushed: boolean): void {
    const monitor = this.#monitors.get(`${observer.pid} ${ref}`)
    if (monitor !== undefined && (wasActive || flushed)) monitor.isOff = true
  }

  fires(at: Actor, { ref, target, reason, node }: Down): void {
    const word = wordOf(reason)
    this.#journal.count(`DOWN ${kindOf(word)}`)
    const monitor = this.#monitors.get(`${at.pid} ${ref}`)
    if (monitor === undefined) {
      this.#journal.broken('down', `${at.label} got a DOWN of ${target} for ref ${ref}, which it never had`)
      return
    }
    const of = `the DOWN of ${target} at ${at.label}`
    const own = monitor.target === undefined ? undefined : this.#actors.of(monitor.target)?.end?.reason
    monitor.fired++
    this.#journal.require(monitor.fired === 1, 'down', () => `${of} came twice`)
    this.#journal.require(!monitor.isOff, 'down', () => `${of} came after demonitor`)
    this.#journal.require(target === monitor.shown, 'down', () => `${of} should name ${monitor.shown}`)
    this.#judgeReason(monitor, word, of)
    this.#journal.require(
      node !== undefined || word !== 'noconnection' || own === word,
      'down',
      () => `${of} is ${word} without evidence`,
    )
    if (monitor.target !== undefined) at.hearsDown(monitor.target, word)
  }

  #judgeReason({ observer, target, atomic }: Monitor, word: string, of: string): void {
    if (target === undefined) {
      this.#journal.require(word === 'noproc', 'down', () => `${of} is ${word}, though nobody had the name`)
      return
    }
    const over = this.#actors.isOver(observer, target)
    this.#journal.require(over, 'down', () => `${of} came, though it lives`)
    const reasons = [...this.#actors.reasonsOf(observer, target), ...(atomic ? [] : ['noproc'])]
    this.#journal.require(reasons.includes(word), 'down', () => `${of} is ${word}, not one of ${reasons.join(', ')}`)
  }

  asksForNode(observer: Actor, node: number): void {
    let nodes = this.#nodes.get(observer)
    if (nodes === undefined) this.#nodes.set(observer, (nodes = new Map()))
    const counts = nodes.get(node)
    if (counts === undefined) nodes.set(node, { asked: 1, told: 0 })
    else counts.asked++
  }

  nodeFell(at: Actor, { node }: NodeDown): void {
    this.#journal.count('NodeDown')
    const counts = this.#nodes.get(at)?.get(node)
    if (counts === undefined) {
      this.#journal.broken('node', `${at.label} was told of the end of node ${node}, unasked`)
      return
    }
    counts.told++
    this.#journal.require(
      counts.told <= counts.asked,
      'node',
      () => `${at.label} was told twice of the end of node ${node}`,
    )
  }

  atRest(): void {
    for (const { observer, ref, target, isOff, fired } of this.#monitors.values()) {
      if (observer.end !== undefined || isOff) continue
      const due = target === undefined || this.#actors.isOver(observer, target)
      const of = `monitor ${ref} of ${observer.label} on ${target}`
      this.#journal.require(fired === 1 || !due, 'down', () => `${of} never fired`)
    }
    for (const [observer, nodes] of this.#nodes) {
      if (observer.end !== undefined) continue
      for (const [node, { told }] of nodes) {
        const due = !observer.node.believesIn(node)
        this.#journal.require(
          due === told > 0,
          'node',
          () => `${observer.label} was told ${told} times of the end of node ${node}`,
        )
      }
    }
  }
}
