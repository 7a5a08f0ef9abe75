import type {
  ActorSelf,
  CrashReport,
  createNode,
  LogRecord,
  Node,
  NodeHost,
  NodeId,
  NodeOptions,
  Platform,
  StartOptions,
  Telemetry,
  Verdict,
} from '@bulkhead/core'
import { memoryLink } from '@bulkhead/transport-memory'
import type { MemoryConnection } from '@bulkhead/transport-memory'
import { P } from 'ts-pattern'
import { EventLoop } from './event-loop.ts'
import { ManualClock } from './manual-clock.ts'

type Heard<K extends keyof Telemetry> = Parameters<NonNullable<Telemetry[K]>>[0]

/** The node that threads, and the one that processes, are placed on. */
export const THREAD: NodeId = 2
export const PROCESS: NodeId = 3

const KINDS = [
  [1, 'inline'],
  [THREAD, 'thread'],
  [PROCESS, 'process'],
] as const

export interface NodesOptions {
  /** Which nodes there are. Default: the root. */
  readonly ids?: readonly NodeId[]
  readonly platform?: Partial<Platform>
  readonly host?: Partial<NodeHost>
  readonly node?: Partial<NodeOptions>
  /** Bytes in flight on a connection from which `send` returns false. */
  readonly highWaterBytes?: number
}

/**
 * The nodes of one system in this event loop, connected in memory, under a clock that stands still. What they log and publish is kept.
 * `create` is the `createNode` of the copy of core that the test is about.
 */
export class Nodes {
  readonly clock = new ManualClock()
  readonly loop = new EventLoop(this.clock)
  readonly log: LogRecord[] = []
  readonly exits: Heard<'exited'>[] = []
  readonly crashes: CrashReport[] = []
  readonly deadLetters: Heard<'deadLetter'>[] = []
  readonly spawned: Heard<'spawned'>[] = []
  readonly nodesDown: Heard<'nodeDown'>[] = []
  /** What `endNode` was asked for. */
  readonly ended: { readonly node: NodeId; readonly why: Parameters<NodeHost['endNode']>[1] }[] = []
  readonly #frozen = new Map<NodeId, (() => void)[]>()
  readonly #nodes = new Map<NodeId, Node>()
  readonly #connections = new Map<NodeId, Map<NodeId, MemoryConnection>>()
  readonly #options: NodesOptions

  constructor(create: typeof createNode, options: NodesOptions = {}) {
    this.#options = options
    const ids = options.ids ?? [1]
    for (const id of ids) this.#connections.set(id, new Map())
    for (const id of ids) this.#nodes.set(id, create(this.#optionsOf(id)))
  }

  #optionsOf(id: NodeId): NodeOptions {
    const { platform, host, node: overrides } = this.#options
    return {
      system: 'test',
      id,
      platform: {
        clock: this.clock,
        turns: this.loop,
        random: () => 0.5,
        log: (record) => this.log.push(record),
        newAbortController: () => new AbortController(),
        telemetry: {
          exited: (event) => this.exits.push(event),
          crashed: (report) => this.crashes.push(report),
          deadLetter: (event) => this.deadLetters.push(event),
          spawned: (event) => this.spawned.push(event),
          nodeDown: (event) => this.nodesDown.push(event),
        },
        ...platform,
      },
      host: {
        kinds: KINDS.filter(([node]) => this.#connections.has(node)).map(([, kind]) => kind),
        connect: (peer) => this.loop.soon(() => this.#connect(id, peer)),
        allocate: (decision) =>
          Promise.resolve({ node: decision.node ?? (decision.kind === 'process' ? PROCESS : THREAD), decision }),
        endNode: (ended, why) => this.ended.push({ node: ended, why }),
        ...host,
      },
      load: (url) => Promise.reject(new Error(`there is no module ${url}`)),
      ...overrides,
    }
  }

  /** Connects two nodes, for a host of its own that lets them wait. */
  connect(one: NodeId, other: NodeId): void {
    this.loop.soon(() => this.#connect(one, other))
  }

  #connect(one: NodeId, other: NodeId): void {
    const [near, far] = [this.#nodes.get(one), this.#nodes.get(other)]
    if (near === undefined || this.#connections.get(one)?.has(other)) return
    if (far === undefined) {
      near.down(other, { evidence: { node: other, domain: `test.${other}`, cause: 'unknown' } })
      return
    }
    const [nearEnd, farEnd] = memoryLink({
      schedule: (deliver, { at }) => this.loop.later(() => this.#arrive(at === 0 ? one : other, deliver)),
      shares: one !== PROCESS && other !== PROCESS,
      ...(this.#options.highWaterBytes !== undefined && { highWaterBytes: this.#options.highWaterBytes }),
    })
    this.#connections.get(one)?.set(other, nearEnd)
    this.#connections.get(other)?.set(one, farEnd)
    near.connected(other, nearEnd)
    far.connected(one, farEnd)
  }

  /** What arrives at a frozen node waits until it thaws. */
  #arrive(at: NodeId, deliver: () => void): void {
    const waiting = this.#frozen.get(at)
    if (waiting === undefined) deliver()
    else waiting.push(deliver)
  }

  /** From now on this node hears nothing, as if it were stuck. */
  freeze(id: NodeId): void {
    this.#frozen.set(id, [])
  }

  /** It hears again, what waited for it first. */
  thaw(id: NodeId): void {
    const waiting = this.#frozen.get(id) ?? []
    this.#frozen.delete(id)
    for (const deliver of waiting) deliver()
  }

  node(id: NodeId): Node {
    const node = this.#nodes.get(id)
    if (node === undefined) throw new Error(`there is no node ${id}`)
    return node
  }

  get root(): Node {
    return this.node(1)
  }

  get main(): ActorSelf {
    return this.root.main
  }

  /** The end of `one`'s connection with `other`. */
  connection(one: NodeId, other: NodeId): MemoryConnection {
    const connection = this.#connections.get(one)?.get(other)
    if (connection === undefined) throw new Error(`node ${one} is not connected with node ${other}`)
    return connection
  }

  settled(): Promise<void> {
    return this.loop.settled()
  }

  pass(ms: number): Promise<void> {
    return this.loop.pass(ms)
  }

  /** An actor that does what the test makes its `self` do. */
  async actor(id: NodeId = 1, options?: StartOptions): Promise<ActorSelf> {
    let own: ActorSelf | undefined
    await this.node(id).main.spawn((self) => {
      own = self
      return new Promise(() => undefined)
    }, options)
    return own as ActorSelf
  }

  /** Ends a node as the operating system would: what it has not sent yet is lost, and the others hear the verdict. */
  crash(id: NodeId, verdict: Partial<Verdict> = {}): void {
    const told: Verdict = {
      evidence: { node: id, domain: `test.${id}`, cause: 'signaled', signal: 'SIGKILL' },
      ...verdict,
    }
    for (const connection of this.#connections.get(id)?.values() ?? []) connection.vanish()
    this.#connections.delete(id)
    this.#nodes.delete(id)
    for (const [other, node] of this.#nodes) {
      this.#connections.get(other)?.delete(id)
      node.down(id, told)
    }
  }
}

/** Takes everything that lies in an actor's mailbox, oldest first. */
export async function mailOf(self: ActorSelf): Promise<unknown[]> {
  const found: unknown[] = []
  const take = (message: unknown): true => {
    found.push(message)
    return true
  }
  while (await self.receive((on) => on.with(P._, take).after(0, () => false)));
  return found
}
