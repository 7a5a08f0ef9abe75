import type { Allocation, NodeHost, Verdict } from '../../packages/core/src/node/host.ts'
import { nodeOf, ROOT } from '../../packages/core/src/actor/pid.ts'
import type { NodeId, Pid } from '../../packages/core/src/actor/pid.ts'
import type { PlacementDecision } from '../../packages/core/src/node/placement.ts'
import { memoryLink } from '../../packages/transport-memory/src/memory-link.ts'
import type { MemoryEvent } from '../../packages/transport-memory/src/memory-link.ts'
import { ExploredNode } from './explored-node.ts'
import type { Surroundings } from './explored-node.ts'
import type { Random } from './random.ts'
import type { Source } from './scheduler.ts'
import { Wire } from './wire.ts'

export interface WardenEvents {
  /** A node stopped running code. */
  readonly gone: (node: ExploredNode) => void
}

/** Starts, introduces and ends nodes as the real one does: what it tells a node arrives in order, but when the scheduler says so. */
export class Warden {
  readonly nodes = new Map<NodeId, ExploredNode>()
  readonly #surroundings: Surroundings
  readonly #random: Random
  readonly #events: WardenEvents
  readonly #own: Source
  #lastId: NodeId = 0

  constructor(surroundings: Surroundings, random: Random, events: WardenEvents) {
    this.#surroundings = surroundings
    this.#random = random
    this.#events = events
    this.#own = surroundings.scheduler.source('warden')
  }

  /** The life that a node of the program has now. */
  current(number: number): ExploredNode | undefined {
    return [...this.nodes.values()].findLast((node) => node.number === number)
  }

  get living(): ExploredNode[] {
    return [...this.nodes.values()].filter((node) => !node.isGone && node.isUp)
  }

  launch(number: number): ExploredNode {
    const node = new ExploredNode(++this.#lastId, number, this.#surroundings)
    this.nodes.set(node.id, node)
    node.orders.add(() => node.start(this.#hostOf(node)))
    return node
  }

  #hostOf(node: ExploredNode): NodeHost {
    return {
      kinds: ['inline', 'thread', 'process'],
      connect: (peer) => node.requests.add(() => this.#connect(node, peer)),
      allocate: (decision) =>
        new Promise((resolve, reject) => node.requests.add(() => this.#allocate(node, decision, resolve, reject))),
      endNode: (id, { cause, culprit }) => node.requests.add(() => this.#endNode(id, cause, culprit)),
    }
  }

  #connect(one: ExploredNode, peer: NodeId): void {
    const other = this.nodes.get(peer)
    if (other === undefined || other.verdict !== undefined) {
      const verdict = other?.verdict ?? { evidence: { node: peer, domain: `never ${peer}`, cause: 'unknown' } }
      this.#tell(one, peer, verdict)
    } else if (!one.wires.has(peer)) this.#introduce(one, other)
  }

  #introduce(one: ExploredNode, other: ExploredNode): void {
    const { scheduler, program } = this.#surroundings
    const nodes = [one, other] as const
    const arrivals = [0, 1].map((at) => {
      const here = nodes[at] as ExploredNode
      const source = scheduler.source(`node ${here.id} hears node ${(nodes[1 - at] as ExploredNode).id}`)
      if (here.isGone) source.close()
      here.lanes.push(source)
      return source
    })
    const schedule = (deliver: () => void, { kind, at }: MemoryEvent): void =>
      (kind === 'arrive' ? (arrivals[at] as Source) : nodes[at].notices).add(deliver)
    const ends = memoryLink({ schedule, highWaterBytes: program.highWaterBytes })
    for (const at of [0, 1] as const) {
      const [here, there] = [nodes[at], nodes[1 - at] as ExploredNode]
      const wire = new Wire(ends[at], here, there, this.#surroundings)
      here.wires.set(there.id, wire)
      if (here.isGone) wire.vanish(0)
      else here.orders.add(() => here.control.connected(there.id, wire))
    }
  }

  #allocate(
    node: ExploredNode,
    decision: PlacementDecision,
    resolve: (allocation: Allocation) => void,
    reject: (error: Error) => void,
  ): void {
    const number = Number(decision.compartment)
    if (Number.isNaN(number)) {
      node.orders.add(() => reject(new Error('no node for it')))
      return
    }
    let host = this.current(number)
    if (host === undefined || host.verdict !== undefined) host = this.launch(number)
    const { id } = host
    // The starter hears of a new node once that is up.
    host.whenUp(() => node.orders.add(() => resolve({ node: id, decision })))
  }

  #endNode(id: NodeId, cause: 'killed' | 'protocol_violation' | 'unknown', culprit: Pid | undefined): void {
    const node = this.nodes.get(id)
    if (node === undefined || id === ROOT) return
    this.#surroundings.journal.count(`node ended: ${cause}`)
    this.fence(node, cause, culprit)
  }

  /** Cuts a node off before it has ended; it ends some time later, and what it has sent until then may arrive where nobody knows of the fence. */
  fence(node: ExploredNode, cause: Verdict['evidence']['cause'], culprit: Pid | undefined): void {
    if (node.verdict !== undefined || node.isGone) return
    this.#finish(node, { ...verdictOf(node.id, cause, culprit), fenced: true })
    this.#surroundings.scheduler.source(`node ${node.id} is stopped`).add(() => this.#vanish(node, 1))
  }

  /** Ends a node as the operating system would: the warden, and each peer, learn of it some time later. */
  kill(node: ExploredNode, keep: number, culprit: Pid | undefined): void {
    if (node.isGone) return
    this.#vanish(node, keep)
    this.#own.add(() => this.#finish(node, verdictOf(node.id, 'signaled', culprit)))
  }

  #vanish(node: ExploredNode, keep: number): void {
    if (node.isGone) return
    node.vanish((wire) => Math.round(wire.inFlight * keep * this.#random.next()))
    this.#events.gone(node)
  }

  /** Stops a node in order. */
  stop(node: ExploredNode): void {
    node.orders.add(() => {
      node.control.stop('shutdown')
      node.forget()
      this.#events.gone(node)
      this.#own.add(() => this.#finish(node, verdictOf(node.id, 'stopped', undefined)))
    })
  }

  /** Breaks the connection between two nodes. */
  sever(one: ExploredNode, other: ExploredNode, keep: number): boolean {
    const [here, there] = [one.wires.get(other.id), other.wires.get(one.id)]
    if (here === undefined || there === undefined || here.isSevered) return false
    const toOne = Math.floor(there.inFlight * keep * this.#random.next())
    const toOther = Math.floor(here.inFlight * keep * this.#random.next())
    here.sever(toOne)
    there.sever(toOther)
    return true
  }

  #tell(node: ExploredNode, ended: NodeId, verdict: Verdict): void {
    node.orders.add(() => {
      node.toldAt.set(ended, node.toldAt.get(ended) ?? this.#surroundings.scheduler.now)
      node.control.down(ended, verdict)
    })
  }

  /** One end of one node: what comes first is the verdict. */
  #finish(node: ExploredNode, verdict: Verdict): void {
    if (node.verdict !== undefined) return
    node.verdict = verdict
    for (const other of this.nodes.values()) {
      if (other !== node && other.verdict === undefined) this.#tell(other, node.id, verdict)
    }
  }
}

function verdictOf(node: NodeId, cause: Verdict['evidence']['cause'], culprit: Pid | undefined): Verdict {
  return {
    evidence: { node, domain: `races.${node}`, cause },
    ...(culprit !== undefined &&
      nodeOf(culprit) === node && { culprit: { pid: culprit, reason: { ended_by: cause } } }),
  }
}
