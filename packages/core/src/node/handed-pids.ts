import type { NodeId } from '../actor/pid.ts'
import { makePid, pidPrefix } from '../actor/pid.ts'
import { Bounded } from './bounded.ts'
import { findPids } from './find-pids.ts'
import { broke } from './violation.ts'

/** Pids that an untrusted node may make up. */
const claimsMax = 1_024

/** A pid, or an alias of it. */
const keyOf = (node: NodeId, serial: number, alias: number | undefined): string =>
  alias === undefined ? `${node}.${serial}` : `${node}.${serial}#${alias}`

/** The pids and aliases of others that an untrusted node was handed: those that stood in what it was sent, but for those that it had made up before. */
export class HandedPids {
  readonly #system: string
  readonly #id: NodeId
  readonly #openMax: number
  readonly #handed = new Map<NodeId, Bounded<number, true>>()
  /** An alias is an address of its own: who has it does not have the pid, and who has the pid does not have it. */
  readonly #aliases: Bounded<string, true>
  /** Nodes that have ended: whoever lived there is of no use to anybody. */
  readonly #gone = new Bounded<NodeId, true>(4_096)
  /** Pids that it named and was never handed. */
  readonly #claimed = new Set<string>()

  constructor(system: string, id: NodeId, openMax: number) {
    this.#system = system
    this.#id = id
    this.#openMax = openMax
    this.#aliases = new Bounded(openMax)
  }

  has(node: NodeId, serial: number): boolean {
    return this.#handed.get(node)?.get(serial) !== undefined
  }

  hasAlias(node: NodeId, serial: number, alias: number): boolean {
    return this.#aliases.get(keyOf(node, serial, alias)) !== undefined
  }

  /** Whether it was handed any of that node. */
  hasOf(node: NodeId): boolean {
    return this.#handed.has(node)
  }

  hand(node: NodeId, serial: number): void {
    this.#of(node).set(serial, true)
  }

  #handAlias(node: NodeId, serial: number, alias: number): void {
    this.#of(node) // where it may say something now
    this.#aliases.set(keyOf(node, serial, alias), true)
  }

  #of(node: NodeId): Bounded<number, true> {
    let serials = this.#handed.get(node)
    if (serials === undefined) this.#handed.set(node, (serials = new Bounded(this.#openMax)))
    return serials
  }

  /** Hands it those that stand in a body. `right`: with that pid, it is given the right to answer a call. */
  handAll(
    segment: Uint8Array,
    start: number,
    end: number,
    right: (node: NodeId, serial: number, ref: number) => void,
  ): void {
    findPids(segment, start, end, this.#system, (node, serial, answers, alias) => {
      if (node === this.#id || this.#claimed.has(keyOf(node, serial, alias))) return
      if (alias !== undefined) return this.#handAlias(node, serial, alias)
      this.hand(node, serial)
      if (answers !== undefined) right(node, serial, answers)
    })
  }

  /**
   * What it says of pids: one that it names before it was handed it stays unknown to it, or anybody who repeats its words would hand it whom it likes. The same holds
   * for the right to answer a call: `hasRight` says whether it has that.
   */
  checkClaims(
    segment: Uint8Array,
    start: number,
    end: number,
    hasRight: (node: NodeId, serial: number, ref: number) => boolean,
  ): void {
    findPids(segment, start, end, this.#system, (node, serial, answers, alias) => {
      if (node === this.#id) return
      if (answers !== undefined && !hasRight(node, serial, answers))
        broke(`the right to answer a call of ${makePid(pidPrefix(this.#system, node), serial)} that it was never given`)
      const isHanded = alias === undefined ? this.has(node, serial) : this.hasAlias(node, serial, alias)
      if (isHanded || this.#gone.get(node) === true) return
      this.#claimed.add(keyOf(node, serial, alias))
      if (this.#claimed.size > claimsMax) broke(`more than ${claimsMax} pids in its words that it was never handed`)
    })
  }

  forget(node: NodeId): void {
    this.#handed.delete(node)
    this.#gone.set(node, true)
  }
}
