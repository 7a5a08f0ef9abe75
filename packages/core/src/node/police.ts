import type { Evidence } from '../actor/exit-reason.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { makePid, pidPrefix, ROOT } from '../actor/pid.ts'
import { checkedNodeSignal, checkedSpawn } from '../messaging/checked-body.ts'
import { createCodec, Undecodable } from '../messaging/codec.ts'
import { head, readHead, writeHead } from '../messaging/frame.ts'
import { hearEnd } from '../messaging/told-end.ts'
import { Bounded } from './bounded.ts'
import { HandedPids } from './handed-pids.ts'
import { PolicedNames } from './policed-names.ts'
import type { PolicedActor } from './policed-names.ts'
import { PolicedPeer } from './policed-peer.ts'
import { broke, Violation } from './violation.ts'

export interface PoliceOptions {
  readonly system: string
  /** The untrusted node. */
  readonly id: NodeId
  /** How many pids of one node it may know at a time, and how many calls, monitors and links of it may be open; the oldest are forgotten. Default 65,536. */
  readonly openMax?: number
}

type EvidenceFacts = Pick<Evidence, 'node' | 'domain' | 'cause'>

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
  readonly #actors = new Map<number, PolicedActor>()
  readonly #pids: HandedPids
  readonly #names: PolicedNames
  /** Ends of nodes that it was told of, and may pass on. */
  readonly #evidence: Bounded<string, true>

  constructor({ system, id, openMax = 65_536 }: PoliceOptions) {
    this.#system = system
    this.#id = id
    this.#prefix = pidPrefix(system, id)
    this.#openMax = openMax
    this.#pids = new HandedPids(system, id, openMax)
    this.#names = new PolicedNames(system, id, this.#actors)
    this.#evidence = new Bounded(1_024)
  }

  /** The actors of the node. */
  get actors(): ReadonlyMap<number, PolicedActor> {
    return this.#actors
  }

  /** Whether a start is under way: its module is being loaded. */
  get isStarting(): boolean {
    for (const { spawns } of this.#peers.values())
      for (const { serial } of spawns.values()) if (serial === undefined) return true
    return false
  }

  /** Whether the node may have a connection with that one: the root, or where somebody lives whose pid it was handed. */
  mayReach(peer: NodeId): boolean {
    return peer === ROOT || this.#peers.has(peer) || this.#pids.hasOf(peer)
  }

  /** The peer has ended, and everything that it had sent was passed on. */
  forget(peer: NodeId): void {
    this.#peers.delete(peer)
    this.#pids.forget(peer)
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
          !this.#names.incoming(
            peer,
            checkedNodeSignal('name', peer.fromPeer.decode(segment, undefined, bodyStart, end)).name,
          )
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
        peer.calls.set(ref, { caller: from, target: to })
        break
      case 'monitor':
        peer.monitors.set(ref, { caller: from, target: to })
        break
      case 'alive':
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
    if (from > 0 || kind === 'call' || kind === 'message' || kind === 'cast') this.#pids.hand(peer.id, from)
    this.#pids.handAll(segment, bodyStart, end, (node, serial, call) =>
      this.#peer(node).calls.set(call, { caller: serial, target: undefined }),
    )
    return true
  }

  /** Evidence that it was handed it may pass on. */
  #hearEnd({ fromPeer }: PolicedPeer, segment: Uint8Array, end: number): void {
    const { evidence } = hearEnd(fromPeer, fromPeer.decode(segment, undefined, head.bodyStart, end))
    if (evidence !== undefined) this.learnEvidence(evidence)
  }

  // ---- what it sends

  #outgoing(peer: PolicedPeer, segment: Uint8Array, start: number, end: number): void {
    if (!readHead(segment, start, end)) broke('a frame without a head')
    const { kind, frameNumber, to, from, ref, bodyStart } = head
    if (frameNumber !== peer.nextOut) broke(`frame ${frameNumber} where ${peer.nextOut} was due`)
    peer.nextOut++
    if (kind !== 'define' && (kind === 'hello') === peer.hasGreeted)
      broke(`a ${kind} ${peer.hasGreeted ? 'again' : 'before it said who it is'}`)
    if (kind !== 'define')
      this.#pids.checkClaims(
        segment,
        bodyStart,
        end,
        (node, serial, call) => this.#peers.get(node)?.calls.get(call)?.caller === serial,
      )
    switch (kind) {
      case 'message':
      case 'cast':
      case 'call':
      case 'monitor':
      case 'demonitor':
      case 'alive':
        this.#own(kind, from)
        if (!this.#pids.has(peer.id, to)) broke(`a ${kind} to ${this.#shown(peer, to)}, whose pid it was never handed`)
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
        return this.#names.outgoing(
          peer,
          checkedNodeSignal('name', peer.fromUntrusted.decode(segment, undefined, bodyStart, end)).name,
        )
      case 'spawn':
      case 'exit':
      case 'link':
      case 'fenced':
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
    if (request.name !== undefined) this.#names.grant(request.name, from)
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
}
