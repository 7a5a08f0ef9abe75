import { LocalNode } from '../../packages/core/src/node/create-node.ts'
import type { NodeHost, Verdict } from '../../packages/core/src/node/host.ts'
import { Kernel } from '../../packages/core/src/node/kernel.ts'
import type { NodeId } from '../../packages/core/src/actor/pid.ts'
import type { Telemetry } from '../../packages/core/src/telemetry.ts'
import type { Journal } from './journal.ts'
import type { Frames } from './laws/frames.ts'
import type { Program } from './program.ts'
import { Random } from './random.ts'
import type { Scheduler, Source } from './scheduler.ts'
import type { Wire } from './wire.ts'

/** The id of the system that is explored. */
const system = 'races'

export interface Surroundings {
  readonly program: Program
  readonly scheduler: Scheduler
  readonly journal: Journal
  readonly frames: Frames
  readonly telemetry: Telemetry
  /** A node takes another one for ended. */
  readonly nodeDown: (node: ExploredNode, ended: NodeId, cause: string) => void
  /** Makes a behaviour known, or throws. */
  readonly load: (key: string) => void
}

/** One life of one node: a real kernel on a platform whose turns, timers and connections happen when the scheduler says so. */
export class ExploredNode {
  readonly id: NodeId
  /** Its number in the program; a replacement has the same. */
  readonly number: number
  /** What the warden tells it, in order. */
  readonly orders: Source
  /** What it asks of the warden, in order. */
  readonly requests: Source
  readonly notices: Source
  readonly wires = new Map<NodeId, Wire>()
  /** The nodes that it knows to be cut off, in the order in which it learnt of them. */
  readonly fences: NodeId[] = []
  /** When the warden first told it of the end of each node. */
  readonly toldAt = new Map<NodeId, number>()
  /** The directions of its connections in which something can arrive here. */
  readonly lanes: Source[] = []
  #kernel: Kernel | undefined
  #control: LocalNode | undefined
  #whenUp: (() => void)[] = []
  /** It runs no more code. */
  isGone = false
  /** What everybody is told about its end. */
  verdict: Verdict | undefined
  readonly #surroundings: Surroundings
  readonly #soon: Source
  readonly #later: Source
  readonly #modules: Source

  constructor(id: NodeId, number: number, surroundings: Surroundings) {
    const { scheduler } = surroundings
    this.id = id
    this.number = number
    this.#surroundings = surroundings
    this.orders = scheduler.source(`node ${id} hears its warden`)
    this.requests = scheduler.source(`warden hears node ${id}`)
    this.notices = scheduler.source(`node ${id} hears of a connection`)
    this.#soon = scheduler.source(`node ${id} turns`)
    this.#later = scheduler.source(`node ${id} turns later`)
    this.#modules = scheduler.source(`node ${id} loads a module`)
  }

  get isUp(): boolean {
    return this.#kernel !== undefined
  }

  get kernel(): Kernel {
    if (this.#kernel === undefined) throw new Error(`node ${this.id} is not up yet`)
    return this.#kernel
  }

  get control(): LocalNode {
    if (this.#control === undefined) throw new Error(`node ${this.id} is not up yet`)
    return this.#control
  }

  start(host: NodeHost): void {
    const { program, scheduler, journal, telemetry, nodeDown, load } = this.#surroundings
    const random = new Random(this.id)
    const owner = `node ${this.id}`
    this.#kernel = new Kernel({
      system,
      id: this.id,
      host,
      load: (_url, key) => new Promise<void>((resolve) => this.#modules.add(resolve)).then(() => load(key)),
      turnBudget: program.turnBudget,
      highWaterBytes: program.highWaterBytes,
      platform: {
        clock: {
          now: () => scheduler.now,
          setTimer: (fire, ms) => (this.isGone ? undefined : scheduler.setTimer(owner, fire, ms)),
          clearTimer: (timer) => scheduler.clearTimer(timer),
        },
        turns: { soon: (turn) => this.#soon.add(turn), later: (turn) => this.#later.add(turn) },
        random: () => random.next(),
        telemetry: { ...telemetry, nodeDown: (event) => nodeDown(this, event.node, event.cause) },
        log: ({ level, text }) => {
          journal.note(() => `  node ${this.id} logs ${level}: ${text}`)
          if (text.includes('broke the protocol')) journal.broken('protocol', text)
        },
      },
    })
    this.#control = new LocalNode(this.#kernel)
    for (const then of this.#whenUp.splice(0)) then()
  }

  /** Runs `then` once this node is up, which may be now. */
  whenUp(then: () => void): void {
    if (this.isUp) then()
    else this.#whenUp.push(then)
  }

  /** Whether this node, and the other one, still believe in each other. */
  believesIn(id: NodeId): boolean {
    return id === this.id || !this.kernel.ended.has(id)
  }

  /** No more code runs here; of what it had sent, each peer still gets as many frames as `keep` says. */
  vanish(keep: (wire: Wire) => number): void {
    this.isGone = true
    for (const wire of this.wires.values()) wire.vanish(keep(wire))
    this.forget()
  }

  /** Nothing happens here any more. */
  forget(): void {
    this.isGone = true
    for (const source of [this.orders, this.notices, this.#soon, this.#later, this.#modules, ...this.lanes])
      source.close()
    this.#surroundings.scheduler.clearTimersOf(`node ${this.id}`)
  }
}
