import type { Evidence } from '../actor/exit-reason.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { makePid, nodeOf, pidPrefix, ROOT, serialOf } from '../actor/pid.ts'
import { checkedFound, checkedNodeSignal, checkedSpawn } from '../messaging/checked-body.ts'
import { createCodec, Undecodable } from '../messaging/codec.ts'
import { head, readHead, writeHead } from '../messaging/frame.ts'
import type { NameSignal, SpawnRequest } from '../messaging/signal.ts'
import { hearEnd } from '../messaging/told-end.ts'
import { Bounded } from './bounded.ts'
import { findPids } from './find-pids.ts'
import { PolicedPeer } from './policed-peer.ts'

export interface PoliceOptions {
  readonly system: string
  /** The untrusted node. */
  readonly id: NodeId
  /** How many pids of one node it may know at a time, and how many calls, monitors and links of it may be open; the oldest are forgotten. Default 65,536. */
  readonly openMax?: number
}

/** An actor of an untrusted node, as those know it who asked for it. */
export interface PolicedActor {
  readonly pid: Pid
  readonly parent: Pid
  readonly request: SpawnRequest
  /** What it is registered as. */
  name: string | undefined
}

/** Pids that it may make up. */
const claimsMax = 1_024

type EvidenceFacts = Pick<Evidence, 'node' | 'domain' | 'cause'>

/** What an untrusted node did that it may not do. The message says which rule that broke. */
class Violation extends Error {}

/** A pid, or an alias of it. */
const aliasKey = (node: NodeId, serial: number, alias: number | undefined): string =>
  alias === undefined ? `${node}.${serial}` : `${node}.${serial}#${alias}`

function broke(rule: string): never {
  throw new Violation(rule)
}

/**
 * What an untrusted node may say to others. Every frame from and to it passes here, in order: those to it make known what it may answer, and
 * whom it may address; those from it are allowed or break a rule. Pure: bytes in, a ruling out; what follows is the business of whoever forwards them.
 *
 * It may send to actors whose pids stood in what it was sent, monitor them, and ask whether they live; answer what it was asked, once; tell its own ends to whoever
 * is linked to them or monitors them; and register the name that it was started with. Anything else is a violation.
 */
export class Police {
  readonly #system: string
  readonly #id: NodeId
  readonly #prefix: string
  readonly #openMax: number
  readonly #codec = createCodec({ context: {} })
  readonly #peers = new Map<NodeId, PolicedPeer>()
  readonly #handed = new Map<NodeId, Bounded<number, true>>()
  /** Aliases that it was handed, as `aliasKey` writes them. */
  readonly #aliases: Bounded<string, true>
  readonly #actors = new Map<number, PolicedActor>()
  /** Names that an actor of the node may register, each once: those that others asked for. */
  readonly #names = new Map<string, number | undefined>()
  /** Nodes that have ended: whoever lived there is of no use to anybody. */
  readonly #gone = new Bounded<NodeId, true>(4_096)
  /** Pids that it named and was never handed. */
  readonly #claimed = new Set<string>()
  /** Ends of nodes that it was told of, and may pass on. */
  readonly #evidence: Bounded<string, true>

  constructor({ system, id, openMax = 65_536 }: PoliceOptions) {
    this.#system = system
    this.#id = id
    this.#prefix = pidPrefix(system, id)
    this.#openMax = openMax
    this.#aliases = new Bounded(openMax)
    this.#evidence = new Bounded(1_024)
  }

  /** The actors of the node. */
  get actors(): ReadonlyMap<number, PolicedActor> {
    return this.#actors
  }

  /** Whether a start is under way: its module is being loaded. */
  get isStarting(): boolean {
    return [...this.#peers.values()].some((peer) => peer.spawns.size > 0)
  }

  /** Whether the node may have a connection with that one: the root, or where somebody lives whose pid it was handed. */
  mayReach(peer: NodeId): boolean {
    return peer === ROOT || this.#peers.has(peer) || this.#handed.has(peer)
  }

  /** The peer has ended, and everything that it had sent was passed on. */
  forget(peer: NodeId): void {
    this.#peers.delete(peer)
    this.#handed.delete(peer)
    this.#gone.set(peer, true)
  }

  /** The node is told of the end of another, and may pass that on. */
  learnEvidence({ node, domain, cause }: EvidenceFacts): void {
    this.#evidence.set(`${domain} ${node} ${cause}`, true)
  }

  /** A frame of the untrusted node to `peer`. Returns the rule that it breaks, if it breaks one. */
  outgoing(peer: NodeId, segment: Uint8Array, start: number, end: number): string | undefined {
    try {
      if (!this.mayReach(peer)) broke(`a frame to node ${peer}, of which it has never heard`)
      this.#outgoing(this.#peer(peer), segment, start, end)
      return undefined
    } catch (error) {
      // What cannot be judged is not let through either.
      return error instanceof Violation ? error.message : `a frame with a body that is none: ${String(error)}`
    }
  }

  /**
   * A frame of `peer` to the untrusted node. Returns the head under which it is passed on, in a buffer that the next call overwrites, and where its body begins; nothing
   * when it is none of that node's business.
   */
  incoming(
    from: NodeId,
    segment: Uint8Array,
    start: number,
    end: number,
  ): { readonly head: Uint8Array; readonly bodyStart: number } | undefined {
    if (!readHead(segment, start, end)) return undefined
    const peer = this.#peer(from)
    const { kind, to, from: sender, ref, bodyStart } = head
    try {
      if (!this.#incoming(peer, segment, end)) return undefined
    } catch (error) {
      if (error instanceof Undecodable) return undefined
      throw error
    }
    return { head: writeHead(kind, peer.nextIn++, to, sender, ref), bodyStart }
  }

  #peer(id: NodeId): PolicedPeer {
    let peer = this.#peers.get(id)
    if (peer === undefined) {
      peer = new PolicedPeer(id, this.#codec, this.#openMax)
      this.#peers.set(id, peer)
    }
    return peer
  }

  #hand(node: NodeId, serial: number): void {
    this.#handedOf(node).set(serial, true)
  }

  /** An alias is an address of its own: who has it does not have the pid, and who has the pid does not have it. */
  #handAlias(node: NodeId, serial: number, alias: number): void {
    this.#handedOf(node)
    this.#aliases.set(aliasKey(node, serial, alias), true)
  }

  #handedOf(node: NodeId): Bounded<number, true> {
    let serials = this.#handed.get(node)
    if (serials === undefined) this.#handed.set(node, (serials = new Bounded(this.#openMax)))
    return serials
  }

  // ---- what others send to it

  #incoming(peer: PolicedPeer, segment: Uint8Array, end: number): boolean {
    const { kind, to, from, ref, bodyStart } = head
    switch (kind) {
      case 'hello': // says which other nodes were cut off
      case 'fenced':
      case 'spawn_reply':
      case 'started':
        return false
      case 'define':
        peer.fromPeer.define(segment.slice(bodyStart, end))
        return true
      case 'name':
        if (
          !this.#nameIncoming(peer, checkedNodeSignal('name', peer.fromPeer.decode(segment, undefined, bodyStart, end)))
        )
          return false
        break
      case 'spawn': {
        const [request] = checkedSpawn(peer.fromPeer.decode(segment, undefined, bodyStart, end))
        peer.spawns.set(ref, { spawner: from, request, serial: undefined })
        break
      }
      case 'exit':
      case 'link_exit':
      case 'down':
        this.#hearEnd(peer, segment, end)
        break
      case 'call':
      case 'system':
        if (ref > 0) peer.calls.set(ref, { caller: from, target: to })
        break
      case 'monitor':
        peer.monitors.set(ref, { caller: from, target: to })
        break
      case 'alive':
      case 'info':
        peer.questions.set(ref, { caller: from, target: to })
        break
      case 'link':
        peer.link(to, from)
        break
      case 'unlink':
        peer.unlinks.set(ref, { caller: from, target: to })
        break
      default: // makes nothing known but whom it comes from
    }
    if (from > 0 || kind === 'call' || kind === 'message' || kind === 'cast') this.#hand(peer.id, from)
    findPids(segment, bodyStart, end, this.#system, (node, serial, answers, alias) => {
      if (node === this.#id || this.#claimed.has(aliasKey(node, serial, alias))) return
      if (alias !== undefined) return this.#handAlias(node, serial, alias)
      this.#hand(node, serial)
      if (answers !== undefined) this.#peer(node).calls.set(answers, { caller: serial, target: undefined })
    })
    return true
  }

  /** Evidence that it was handed it may pass on. */
  #hearEnd({ fromPeer }: PolicedPeer, segment: Uint8Array, end: number): void {
    const { evidence } = hearEnd(fromPeer, fromPeer.decode(segment, undefined, head.bodyStart, end))
    if (evidence !== undefined) this.learnEvidence(evidence)
  }

  /** Names of others are none of its business. */
  #nameIncoming(peer: PolicedPeer, { name }: { readonly name: NameSignal }): boolean {
    switch (name.op) {
      case 'update': {
        const own = name.pid?.startsWith(this.#prefix) === true ? this.#actors.get(serialOf(name.pid)) : undefined
        const before = [...this.#actors.values()].find((actor) => actor.name === name.name)
        if (before !== undefined) before.name = undefined
        if (own !== undefined) own.name = name.name
        return own !== undefined || before !== undefined
      }
      case 'register':
        if (!name.pid.startsWith(this.#prefix)) return false
        this.#names.set(name.name, serialOf(name.pid))
        peer.registrations.set(name.id, true)
        return true
      case 'ask':
        peer.asks.set(name.id, true)
        return true
      case 'granted':
      case 'refused':
        return peer.id === ROOT
      default:
        return false
    }
  }

  // ---- what it sends

  /**
   * What it says of pids: one that it names before it was handed it stays unknown to it, or anybody who repeats its words would hand it whom it likes. The same holds
   * for the right to answer a call.
   */
  #checkClaims(segment: Uint8Array, end: number): void {
    findPids(segment, head.bodyStart, end, this.#system, (node, serial, answers, alias) => {
      if (node === this.#id) return
      if (answers !== undefined && this.#peers.get(node)?.calls.get(answers)?.caller !== serial)
        broke(`the right to answer a call of ${makePid(pidPrefix(this.#system, node), serial)} that it was never given`)
      if (this.#isHanded(node, serial, alias) || this.#gone.get(node) === true) return
      this.#claimed.add(aliasKey(node, serial, alias))
      if (this.#claimed.size > claimsMax) broke(`more than ${claimsMax} pids in its words that it was never handed`)
    })
  }

  #isHanded(node: NodeId, serial: number, alias: number | undefined): boolean {
    const known =
      alias === undefined ? this.#handed.get(node)?.get(serial) : this.#aliases.get(aliasKey(node, serial, alias))
    return known !== undefined
  }

  #outgoing(peer: PolicedPeer, segment: Uint8Array, start: number, end: number): void {
    if (!readHead(segment, start, end)) broke('a frame without a head')
    const { kind, frameNumber, to, from, ref, bodyStart } = head
    if (frameNumber !== peer.nextOut) broke(`frame ${frameNumber} where ${peer.nextOut} was due`)
    peer.nextOut++
    if (kind !== 'define' && (kind === 'hello') === peer.hasGreeted)
      broke(`a ${kind} ${peer.hasGreeted ? 'again' : 'before it said who it is'}`)
    if (kind !== 'define') this.#checkClaims(segment, end)
    switch (kind) {
      case 'message':
      case 'cast':
      case 'call':
      case 'monitor':
      case 'demonitor':
      case 'alive':
        this.#own(kind, from)
        if (!this.#isHanded(peer.id, to, kind === 'message' && ref > 0 ? ref : undefined))
          broke(
            `a ${kind} to ${this.#shown(peer, to)}, ${ref > 0 && kind === 'message' ? 'an alias of which' : 'whose pid'} it was never handed`,
          )
        return
      case 'reply':
      case 'refusal':
        this.#own(kind, from)
        return this.#answer(kind, peer, peer.calls, to, undefined)
      case 'call_failed':
        if (from !== 0) this.#own(kind, from)
        this.#answer(kind, peer, peer.calls, to, undefined)
        return void peer.fromUntrusted.decode(segment, undefined, bodyStart, end)
      case 'alive_reply':
        return this.#answer(kind, peer, peer.questions, to, from)
      case 'info_reply':
        this.#answer(kind, peer, peer.questions, to, from)
        return void checkedFound(peer.fromUntrusted.decode(segment, undefined, bodyStart, end))
      case 'down':
        if (peer.monitors.get(ref) === undefined) this.#answer(kind, peer, peer.calls, to, from)
        else this.#answer(kind, peer, peer.monitors, to, from)
        return this.#checkEnd(peer, peer.fromUntrusted.decode(segment, undefined, bodyStart, end))
      case 'link_exit':
        if (!peer.breakLink(from, to)) broke(`a link_exit to ${this.#shown(peer, to)}, which is not linked to it`)
        return this.#checkEnd(peer, peer.fromUntrusted.decode(segment, undefined, bodyStart, end))
      case 'unlink':
        this.#own(kind, from)
        if (!peer.isLinked(from, to)) broke(`an unlink of ${this.#shown(peer, to)}, which is not linked to it`)
        return
      case 'unlink_ack':
        return this.#answer(kind, peer, peer.unlinks, to, from)
      case 'spawn_reply':
        return this.#spawned(peer)
      case 'started':
        return this.#started(peer, peer.fromUntrusted.decode(segment, undefined, bodyStart, end))
      case 'define':
        return peer.fromUntrusted.define(segment.slice(bodyStart, end))
      case 'hello':
        return this.#greeted(peer, peer.fromUntrusted.decode(segment, undefined, bodyStart, end))
      case 'name':
        return this.#nameOutgoing(
          peer,
          checkedNodeSignal('name', peer.fromUntrusted.decode(segment, undefined, bodyStart, end)),
        )
      case 'spawn':
      case 'exit':
      case 'link':
      case 'fenced':
      case 'system': // would steer others
      case 'info': // would tell what waits in the mailboxes of others
        broke(`a ${kind} frame, which it was not granted`)
    }
  }

  #own(kind: string, serial: number): void {
    if (!this.#actors.has(serial))
      broke(`a ${kind} from ${makePid(this.#prefix, serial)}, which is no actor of its own`)
  }

  #shown(peer: PolicedPeer, serial: number): Pid {
    return makePid(pidPrefix(this.#system, peer.id), serial)
  }

  /** Each question has one answer, by whom and to whom it was put. */
  #answer(kind: string, peer: PolicedPeer, open: PolicedPeer['calls'], to: number, from: number | undefined): void {
    const { ref } = head
    const question = open.get(ref)
    if (
      question === undefined ||
      question.caller !== to ||
      (from !== undefined && question.target !== undefined && question.target !== from)
    )
      broke(`a ${kind} to ${this.#shown(peer, to)} that nobody waits for (ref ${ref})`)
    open.delete(ref)
  }

  #spawned(peer: PolicedPeer): void {
    const { to, from, ref } = head
    const spawn = peer.spawns.get(ref)
    if (spawn === undefined || spawn.spawner !== to || spawn.serial !== undefined)
      broke('a spawn_reply to a start that nobody asked for')
    if (from === 0 || this.#actors.has(from)) broke(`a spawn_reply that gives ${makePid(this.#prefix, from)} again`)
    const { request } = spawn
    spawn.serial = from
    this.#actors.set(from, {
      pid: makePid(this.#prefix, from),
      parent: this.#shown(peer, to),
      request,
      name: undefined,
    })
    if (request.link) peer.link(from, to)
    if (request.monitor > 0) peer.monitors.set(request.monitor, { caller: to, target: from })
    if (request.name !== undefined) this.#names.set(request.name, from)
  }

  #started(peer: PolicedPeer, body: unknown): void {
    const { to, from, ref } = head
    const spawn = peer.spawns.get(ref)
    const [kind, ended] = Array.isArray(body) ? (body as readonly unknown[]) : []
    if (spawn === undefined || spawn.spawner !== to || (spawn.serial ?? 0) !== from)
      broke('the outcome of a start that nobody asked for')
    if (kind !== 'started') this.#checkEnd(peer, ended)
    else if (spawn.serial === undefined) broke('a start that succeeded without an actor')
    peer.spawns.delete(ref)
  }

  #greeted(peer: PolicedPeer, body: unknown): void {
    const { node, system, fenced } = checkedNodeSignal('hello', body)
    if (node !== this.#id || system !== this.#system) broke(`a hello in the name of node ${node}`)
    if (fenced.length > 0) broke('a hello that cuts off others')
    peer.hasGreeted = true
  }

  /** It may pass on what it was told about the end of a node, and nothing that it made up. */
  #checkEnd(peer: PolicedPeer, body: unknown): void {
    const { evidence } = hearEnd(peer.fromUntrusted, body)
    if (evidence === undefined) return
    const { node, domain, cause } = evidence as Partial<Record<keyof Evidence, unknown>>
    const isPlain = typeof node === 'number' && typeof domain === 'string' && typeof cause === 'string'
    if (!isPlain || this.#evidence.get(`${domain} ${node} ${cause}`) === undefined)
      broke('evidence about a node that it was not told of')
  }

  #nameOutgoing(peer: PolicedPeer, { name }: { readonly name: NameSignal }): void {
    switch (name.op) {
      case 'register': {
        const isOwn = name.pid.startsWith(this.#prefix) && this.#names.get(name.name) === serialOf(name.pid)
        if (peer.id !== ROOT || !isOwn) broke(`a registration of ${name.pid} as ${name.name}, which it was not granted`)
        return void this.#names.delete(name.name)
      }
      case 'died':
        if (peer.id !== ROOT || nodeOf(name.pid) !== this.#id || !this.#actors.has(serialOf(name.pid)))
          broke(`news of the end of ${name.pid}, which is no actor of its own`)
        return
      case 'answer':
        if (!peer.asks.delete(name.id)) broke('an answer about names that nobody asked for')
        return
      case 'granted':
      case 'refused':
        if (!peer.registrations.delete(name.id)) broke(`a name ${name.op} that nobody asked for`)
        return
      default:
        broke(`a name signal ${name.op}, which it was not granted`)
    }
  }
}
