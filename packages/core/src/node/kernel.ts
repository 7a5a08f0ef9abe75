import type { Cell } from '../actor/cell.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import { selfOf } from '../actor/own-self.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { makePid, nodeOf, pidPrefix, serialOf } from '../actor/pid.ts'
import type { ActorSelf } from '../actor/self.ts'
import type { Beside, Codec, Decoder, Encoder } from '../messaging/codec.ts'
import { createCodec } from '../messaging/codec.ts'
import type { Signal } from '../messaging/signal.ts'
import type { PendingCall } from '../messaging/call.ts'
import type { LogRecord, Platform } from '../platform.ts'
import type { DeadLetterReason } from '../telemetry.ts'
import { applySignal } from './apply-signal.ts'
import { Counting } from './counting.ts'
import { exitCell } from './exits.ts'
import type { NodeHost, Verdict } from './host.ts'
import { VITALS } from './host.ts'
import type { NodeOptions } from './node-options.ts'
import { nodeWentDown } from './node-down.ts'
import { Names } from './names.ts'
import { NumberedMap } from './numbered-map.ts'
import { RemoteNode } from './remote-node.ts'
import { Paths } from './paths.ts'
import type { PlacementDecision } from './placement.ts'
import { Shelf } from '../messaging/shelf.ts'
import { RunQueue } from './run-queue.ts'
import type { PendingSpawn } from './spawn.ts'
import type { Timer } from './timers.ts'
import { Timers } from './timers.ts'

const FENCES_KEPT = 64

/** What is known about an actor, by item. */
export type Found = Readonly<Record<string, unknown>>

/** What all modules of one node share: its tables, and the way from a pid to wherever that actor is. */
export class Kernel {
  readonly options: NodeOptions
  readonly id: NodeId
  readonly system: string
  readonly prefix: string
  readonly platform: Platform
  readonly host: NodeHost
  readonly codec: Codec
  readonly shelf = new Shelf()
  readonly paths = new Paths()
  readonly #placedByWord = new Map<string, PlacementDecision>()
  readonly encoder: Encoder
  readonly decoder: Decoder
  readonly highWaterBytes: number
  readonly killMs: number
  readonly cells = new NumberedMap<Cell>()
  readonly remotes = new Map<NodeId, RemoteNode>()
  /** Nodes known to have ended: their incarnations never come back. */
  readonly ended = new Set<NodeId>()
  readonly calls = new NumberedMap<PendingCall>()
  readonly spawns = new NumberedMap<PendingSpawn>()
  readonly questions = new Map<
    number,
    { readonly cell: Cell; readonly node: NodeId; readonly answer: (alive: boolean, found?: Found) => void }
  >()
  /** Nodes that were cut off, for peers that are met later. */
  readonly fenced = new Map<NodeId, Verdict>()
  readonly nodeMonitors = new Map<NodeId, Set<Cell>>()
  readonly timers: Timers
  /** Timers that actors set and may cancel, each with the actor of this node whose end takes it along. */
  readonly userTimers = new NumberedMap<{ readonly timer: Timer; readonly target: Cell | undefined }>()
  readonly names: Names
  readonly queue: RunQueue
  readonly counting = new Counting(this)
  readonly vitals: Float64Array
  readonly counters = { sent: 0, handled: 0, deadLetters: 0 }
  /** The actor for which something is being decoded: references in it are bound to that actor. */
  decodingFor: Cell | undefined = undefined
  stopped = false
  main!: Cell
  #serial = 0
  #ref = 0
  readonly #signals: Signal[] = []
  readonly #afterSignals: (() => void)[] = []
  readonly #handlers = new Map<string, number>()
  #draining = false
  /** The pids that were looked at last, since a caller and who it asks are looked at by turns, and whether they are of this node. */
  #looked: Pid | undefined = undefined
  #lookedHere = false
  #lookedBefore: Pid | undefined = undefined
  #lookedBeforeHere = false
  /** The pid of another node that was looked at last, and that node. */
  #lookedAfar: Pid | undefined = undefined
  #lookedRemote: RemoteNode | undefined = undefined

  constructor(options: NodeOptions) {
    this.options = options
    this.id = options.id
    this.system = options.system
    this.prefix = pidPrefix(options.system, options.id)
    this.platform = options.platform
    this.host = options.host
    this.codec = createCodec({
      context: this,
      ...(options.messageBytesMax !== undefined && { bytesMax: options.messageBytesMax }),
      ...(options.messageBytesOption !== undefined && { bytesOption: options.messageBytesOption }),
    })
    this.encoder = this.codec.encoder
    this.decoder = this.codec.localDecoder
    this.highWaterBytes = options.highWaterBytes ?? 1024 * 1024
    this.killMs = options.killMs ?? 1_000
    this.timers = new Timers(options.platform.clock)
    this.vitals = options.vitals ?? new Float64Array(VITALS.length)
    this.names = new Names(this)
    this.queue = new RunQueue(this, options.turnBudget ?? 512)
  }

  nextSerial(): number {
    return this.#serial++
  }

  /** Unique among all monitors, calls, aliases, spawns and timers of this node; greater than all before it. */
  nextRef(): number {
    return ++this.#ref
  }

  /** The decision for an isolation that is one word, which `decide` makes the first time. */
  placedByWord(word: string, decide: () => PlacementDecision): PlacementDecision {
    let placement = this.#placedByWord.get(word)
    if (placement === undefined) this.#placedByWord.set(word, (placement = decide()))
    return placement
  }

  isLocal(pid: Pid): boolean {
    if (pid === this.#looked) return this.#lookedHere
    if (pid === this.#lookedBefore) return this.#lookedBeforeHere
    this.#lookedBefore = this.#looked
    this.#lookedBeforeHere = this.#lookedHere
    this.#looked = pid
    this.#lookedHere = pid.startsWith(this.prefix)
    return this.#lookedHere
  }

  pidOf(serial: number): Pid {
    return makePid(this.prefix, serial)
  }

  /** The living or exiting actor with this pid, if it is here. */
  cellOf(pid: Pid): Cell | undefined {
    return this.isLocal(pid) ? this.cells.get(serialOf(pid)) : undefined
  }

  /** The node that hosts a foreign pid; undefined when it has ended, or is of another system. */
  remoteOf(pid: Pid): RemoteNode | undefined {
    if (pid === this.#lookedAfar && this.#lookedRemote?.isDown === false) return this.#lookedRemote
    const remote = this.#remoteOf(pid)
    this.#lookedAfar = pid
    this.#lookedRemote = remote
    return remote
  }

  #remoteOf(pid: Pid): RemoteNode | undefined {
    const id = nodeOf(pid)
    const known = this.remotes.get(id)
    if (known !== undefined) return known
    if (this.ended.has(id) || this.stopped || !pid.startsWith(`<${this.system}.`)) return undefined
    return this.remote(id)
  }

  /** The node with which a connection is about to open, asked for by either side. */
  expected(id: NodeId): RemoteNode {
    let remote = this.remotes.get(id)
    if (remote === undefined) {
      remote = new RemoteNode(this, id)
      this.remotes.set(id, remote)
    }
    return remote
  }

  /** The node with this id; a connection with it is asked for when there is none. */
  remote(id: NodeId): RemoteNode {
    const known = this.remotes.get(id)
    if (known !== undefined) return known
    const remote = this.expected(id)
    this.host.connect(id)
    return remote
  }

  /**
   * Sends a signal to an actor anywhere. Here it acts at once, in the order of the calls: what a signal causes comes after it, so a chain of
   * a hundred thousand links unwinds without a stack.
   */
  signal(signal: Signal): void {
    if (!this.isLocal(signal.to)) {
      const remote = this.remoteOf(signal.to)
      if (remote !== undefined) {
        remote.sendSignal(signal)
        return
      }
    }
    this.#signals.push(signal)
    if (this.#draining) return
    this.#draining = true
    try {
      for (let i = 0; i < this.#signals.length; i++) applySignal(this, this.#signals[i] as Signal)
    } finally {
      this.#signals.length = 0
      this.#draining = false
    }
    for (const run of this.#afterSignals.splice(0)) run()
  }

  /** Runs code that may send, once no signal waits to act: what it sends would overtake them. */
  afterSignals(run: () => void): void {
    if (this.#draining) this.#afterSignals.push(run)
    else run()
  }

  /** The host's or a peer's verdict about a node. Told twice is told once. */
  nodeDown(id: NodeId, verdict: Verdict): void {
    if (id === this.id || this.ended.has(id)) return
    const remote = this.remotes.get(id)
    if (remote !== undefined) {
      remote.judged(verdict)
      return
    }
    nodeWentDown(this, id, verdict)
  }

  /** Says that a node is cut off on every connection, before anything that its replacement could cause. */
  announceFence(id: NodeId, verdict: Verdict): void {
    this.fenced.set(id, verdict)
    if (this.fenced.size > FENCES_KEPT) this.fenced.delete(this.fenced.keys().next().value as NodeId)
    for (const remote of this.remotes.values())
      if (remote.open) remote.sendNodeSignal({ kind: 'fenced', node: id, verdict })
  }

  /** Ends an actor of this node. */
  exit(cell: Cell, reason: ExitReason, evidence?: Evidence): void {
    exitCell(this, cell, reason, evidence)
  }

  /** The `self` of an actor of this node. */
  selfOf(cell: Cell): ActorSelf {
    return selfOf(cell)
  }

  deadLetter(to: Pid | string, from: Pid | undefined, why: DeadLetterReason): void {
    this.counters.deadLetters++
    this.platform.telemetry?.deadLetter?.({ to, from, why })
  }

  log(level: LogRecord['level'], text: string, cell?: Cell, data?: unknown): void {
    this.platform.log({
      level,
      text,
      ...(cell && { pid: cell.pid, path: cell.path }),
      ...(data !== undefined && { data }),
    })
  }

  /** Runs a handler of `cell` so that its asynchronous leftovers can be traced back to it. */
  runFor<T>(cell: Cell, handler: () => T): T {
    const scope = this.platform.scope
    return scope === undefined ? handler() : scope.run(cell.serial, handler)
  }

  /** Notes which handler runs now, where the warden can read it. */
  enter(cell: Cell, handler: string): void {
    cell.handler = handler
    let id = this.#handlers.get(handler)
    if (id === undefined) {
      id = this.#handlers.size + 1
      this.#handlers.set(handler, id)
      this.options.onHandler?.(id, handler)
    }
    this.vitals[VITALS.actor] = cell.serial
    this.vitals[VITALS.handler] = id
  }

  /** Runs the beginning of an actor. Where that happens inside a handler of its starter, the handler has the word again afterwards. */
  runWithin<T>(cell: Cell, handler: string, run: () => T): T {
    const { vitals } = this
    const [turn, actor, id] = [
      vitals[VITALS.turn] as number,
      vitals[VITALS.actor] as number,
      vitals[VITALS.handler] as number,
    ]
    this.enter(cell, handler)
    try {
      return this.runFor(cell, run)
    } finally {
      if (turn % 2 === 1) {
        vitals[VITALS.actor] = actor
        vitals[VITALS.handler] = id
      }
    }
  }

  /** Decodes for `cell`: references are bound to it. */
  decodeFor(
    cell: Cell,
    decoder: Decoder,
    bytes: Uint8Array,
    beside: Beside | undefined,
    start?: number,
    end?: number,
  ): unknown {
    const outer = this.decodingFor
    this.decodingFor = cell
    try {
      return decoder.decode(bytes, beside, start, end)
    } finally {
      this.decodingFor = outer
    }
  }

  decodingAs<T>(cell: Cell, decode: () => T): T {
    const outer = this.decodingFor
    this.decodingFor = cell
    try {
      return decode()
    } finally {
      this.decodingFor = outer
    }
  }

  countCells(): void {
    this.vitals[VITALS.alive] = this.cells.size - 1
    if (this.cells.size === 2)
      for (const serial of this.cells.keys()) if (serial !== this.main.serial) this.vitals[VITALS.sole] = serial
  }
}
