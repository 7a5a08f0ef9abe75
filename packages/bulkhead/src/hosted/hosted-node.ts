import { createNode, makePid, pidPrefix, PlacementError, serialOf } from '@bulkhead/core'
import type {
  ActorModule,
  Allocation,
  Evidence,
  Isolation,
  Lesson,
  LogRecord,
  Node,
  NodeHost,
  NodeId,
  NodeOptions,
  PlacementDecision,
  Telemetry,
} from '@bulkhead/core'
import { dial, listenFor, openSocketConnection } from '@bulkhead/transport-process'
import type { Listener } from '@bulkhead/transport-process'
import { openThreadConnection } from '@bulkhead/transport-thread'
import type { Connection } from '@bulkhead/core/transport'
import type { Hurt } from '../chaos/hurt.ts'
import { Weather } from '../chaos/weather.ts'
import type { ControlChannel } from '../control-channel.ts'
import type { FromNode, NodeBirth, ToNode } from '../control.ts'
import { newsOf } from '../inspect/crash-log.ts'
import { debugLog } from '../nodejs/debug-log.ts'
import { debugTelemetry } from '../nodejs/debug-telemetry.ts'
import type { TracingScope } from '../nodejs/actor-scope.ts'
import { nodejsPlatform } from '../nodejs/platform.ts'
import { channelTelemetry, joinTelemetry } from '../nodejs/telemetry-channels.ts'
import { claimUncaughtErrors } from '../nodejs/uncaught-errors.ts'
import { overrideFor } from '../placement-overrides.ts'
import { withError } from '../warden/verdict.ts'
import { awaitedActors } from './awaited-actors.ts'
import { loadBehaviour } from './behaviour-loader.ts'
import { LoopResponder } from './loop-responder.ts'
import { PopulationReport } from './population-report.ts'
import { SnapshotPush } from './snapshot-push.ts'
import type { Vitals } from './vitals.ts'

/** The transports print nothing themselves: core's door for them is all they see. */
const threads = debugLog('bulkhead:transport-thread')
const processes = debugLog('bulkhead:transport-process')

/** What the warden says when it was asked. */
type Answer = Extract<ToNode, { type: 'allocated' | 'kind' | 'learnt' | 'lingering' }>

interface Question {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

export interface HostedNodeOptions {
  readonly birth: NodeBirth
  readonly channel: ControlChannel<FromNode, ToNode>
  readonly vitals: Vitals
  readonly scope: TracingScope
  /** Whether this OS process has threads, with which memory can be shared. */
  readonly hasThreads: boolean
  /** Whether memory can be shared with that node. */
  readonly shares: (node: NodeId) => boolean
  readonly log: (record: LogRecord) => void
  /** Told the handler names, by their numbers in the vitals. */
  readonly onHandler?: (id: number, name: string) => void
  /** It runs foreign code and is policed. */
  readonly untrusted?: Required<Pick<NodeOptions, 'messageBytesMax' | 'messageBytesOption' | 'explain'>>
  /** Who else hears of its actors. Default: debug's log and the diagnostics channels. */
  readonly listeners?: readonly Telemetry[]
  /** An error that belongs to no actor is about to be raised again. */
  readonly onOrphanedError?: (error: unknown) => void
}

/**
 * Milliseconds that a node waits for the warden's word when it has lost another. The word comes at once as a rule; on a machine that is busy with
 * other things the warden can take longer, and it alone knows why the other one ended.
 */
const verdictMs = 1_000

/** A node in this thread and its side of the talk with the warden. */
export class HostedNode implements NodeHost {
  readonly kinds = ['inline', 'thread', 'process'] as const
  readonly sandboxes = true
  readonly hasThreads: boolean
  readonly node: Node
  readonly #options: HostedNodeOptions
  readonly #channel: ControlChannel<FromNode, ToNode>
  readonly #questions = new Map<number, Question>()
  readonly #responder: LoopResponder
  readonly #weather: Weather | undefined
  readonly #letGo: () => void
  /** Failure domains of nodes that share one with others. */
  readonly #domains = new Map<NodeId, string>()
  #requests = 0
  #listener: Promise<Listener> | undefined
  #ended = false

  constructor(options: HostedNodeOptions) {
    const { birth, channel, vitals, scope, log } = options
    vitals.claim()
    this.#options = options
    this.#channel = channel
    this.hasThreads = options.hasThreads
    this.#responder = new LoopResponder(vitals)
    this.#weather = birth.chaos ? new Weather() : undefined
    const population = new PopulationReport(
      vitals,
      () => this.node.snapshot(),
      (each) => this.#say({ type: 'population', population: each }),
    )
    const push = birth.isInspectable
      ? new SnapshotPush(
          () => this.node.snapshot(),
          (snapshot) => this.#say({ type: 'snapshot', request: 0, snapshot }),
        )
      : undefined
    const onHandler = options.onHandler ?? ((id, name) => this.#say({ type: 'handler', id, name }))
    this.node = createNode({
      system: birth.system,
      id: birth.id,
      host: this,
      load: (url, key) => this.#load(url, key),
      vitals: vitals.ofCore,
      killMs: birth.killMs,
      verdictMs,
      ...(options.untrusted && { untrusted: true, ...options.untrusted }),
      onHandler,
      platform: nodejsPlatform({
        log,
        scope,
        telemetry: this.#telemetry(population, push),
      }),
    })
    this.#letGo = claimUncaughtErrors({
      scope,
      attributed: (serial, error) => this.#attribute(serial, error),
      ...(options.onOrphanedError && { orphaned: options.onOrphanedError }),
    })
  }

  connect(peer: NodeId): void {
    this.#say({ type: 'connect', peer })
  }

  async allocate(decision: PlacementDecision, path: string, module: ActorModule): Promise<Allocation> {
    const { allocation } = await this.#ask<'allocated'>((request) => ({
      type: 'allocate',
      request,
      decision,
      path,
      module,
    }))
    return allocation
  }

  async kindOf(node: NodeId): Promise<PlacementDecision['kind']> {
    return (await this.#ask<'kind'>((request) => ({ type: 'kind_of', request, node }))).kind
  }

  async learn(path: string, decision: PlacementDecision, evidence: Evidence): Promise<Lesson | undefined> {
    // Errors are classes, and of no use for this.
    const { error: _, output: __, ...facts } = evidence
    const { lesson } = await this.#ask<'learnt'>((request) => ({
      type: 'learn',
      request,
      path,
      decision,
      evidence: facts,
    }))
    return lesson
  }

  async lingers(paths: readonly string[]): Promise<boolean> {
    return (await this.#ask<'lingering'>((request) => ({ type: 'lingers', request, paths }))).lingers
  }

  endNode(node: NodeId, why: Parameters<NodeHost['endNode']>[1]): void {
    this.#say({ type: 'end_node', node, why })
  }

  shares(node: NodeId): boolean {
    return this.#options.shares(node)
  }

  domainOf(node: NodeId): string | undefined {
    return this.#domains.get(node)
  }

  override(path: string, behaviour: string): Isolation | undefined {
    return overrideFor(this.#options.birth.overrides, path, behaviour)
  }

  fencedByPeer(node: NodeId): void {
    this.#say({ type: 'fenced_by_peer', node })
  }

  /** Acts on what the warden says. */
  take(message: ToNode): void {
    switch (message.type) {
      case 'linked':
        threads('node %d is connected with node %d', this.node.id, message.peer)
        return this.#connected(message.peer, openThreadConnection(message.end, { shares: message.isCarried !== true }))
      case 'listen':
        return void this.#listen()
      case 'accept':
        this.#learnDomain(message)
        return void this.#accept(message.peer, message.token)
      case 'dial':
        this.#learnDomain(message)
        return void this.#dial(message.peer, message.address, message.token)
      case 'down':
        this.#domains.delete(message.peer)
        this.#weather?.forget(message.peer)
        return this.node.down(message.peer, withError(message.verdict, message.error))
      case 'allocated':
      case 'kind':
      case 'learnt':
      case 'lingering':
        return this.#settle(message.request, ({ resolve }) => resolve(message))
      case 'refused':
        return this.#settle(message.request, ({ reject }) => reject(new PlacementError(message.why)))
      case 'ping':
        return this.#responder.answer(message.ping)
      case 'snapshot':
        return this.#say({ type: 'snapshot', request: message.request, snapshot: this.node.snapshot() })
      case 'stop':
        return this.stop()
      case 'hurt':
        return this.#hurt(message.request, message.hurt)
      case 'become':
      case 'rehearse':
        return
    }
  }

  /** Begins to load what it will be asked to load, beside what else is done until then. What goes wrong is told to whoever asks. */
  loadEarly({ url, key }: ActorModule): void {
    this.#load(url, key).catch(() => {})
  }

  #load(url: string, key: string): Promise<void> {
    return this.#options.vitals.whileLoading(() => loadBehaviour(url, key))
  }

  /** Ends all actors and closes all connections. */
  stop(): void {
    if (this.#ended) return
    this.node.stop('shutdown')
    this.#say({ type: 'stopped' })
    this.#ended = true
    this.#letGo()
    void this.#listener?.then((listener) => listener.close())
  }

  /** What the node itself needs to hear of. */
  #telemetry(population: PopulationReport, push: SnapshotPush | undefined): Telemetry {
    const changed = (): void => {
      population.changed()
      push?.changed()
    }
    const own: Telemetry = {
      spawned: changed,
      exited: ({ pid }) => {
        this.#options.scope.forget(serialOf(pid))
        changed()
      },
      crashed: (report) => this.#say({ type: 'crashed', news: newsOf(report) }),
    }
    const awaited = awaitedActors((news) => this.#say({ type: 'awaited', ...news }))
    const { listeners = [debugTelemetry, channelTelemetry()] } = this.#options
    return joinTelemetry(own, awaited, ...listeners)
  }

  #connected(peer: NodeId, connection: Connection): void {
    this.node.connected(peer, this.#weather?.over(peer, connection) ?? connection)
  }

  #hurt(request: number, hurt: Hurt): void {
    const done = (outcome: object): void => this.#say({ type: 'hurt_done', request, ...outcome })
    const refused = (error: Error): void => this.#say({ type: 'hurt_refused', request, why: error.message })
    if (this.#weather === undefined) refused(new Error('the system was started without chaos: true'))
    else if (hurt.kind === 'disturb') {
      this.#say({ type: 'hurt_begun', request })
      this.#weather.disturb(hurt, (held) => done({ held }))
    } else this.node.intrude(hurt.serial, hurt.code, hurt.args).then(() => done({}), refused)
  }

  #say(message: FromNode): void {
    if (!this.#ended) this.#channel.post(message)
  }

  #attribute(serial: number, error: unknown): void {
    if (this.node.crash(serial, error)) return
    const pid = makePid(pidPrefix(this.node.system, this.node.id), serial)
    this.#options.log({ level: 'error', pid, text: 'raised an error after it had exited', data: error })
  }

  #ask<T extends Answer['type']>(question: (request: number) => FromNode): Promise<Extract<Answer, { type: T }>> {
    const request = ++this.#requests
    return new Promise((resolve, reject) => {
      this.#questions.set(request, { resolve: resolve as Question['resolve'], reject })
      this.#say(question(request))
    })
  }

  #learnDomain({ peer, domain }: Extract<ToNode, { type: 'accept' | 'dial' }>): void {
    if (domain !== undefined) this.#domains.set(peer, domain)
  }

  #settle(request: number, outcome: (question: Question) => void): void {
    const question = this.#questions.get(request)
    this.#questions.delete(request)
    if (question !== undefined) outcome(question)
  }

  async #listen(): Promise<void> {
    this.#listener ??= listenFor()
    this.#say({ type: 'listening', address: (await this.#listener).address })
  }

  async #accept(peer: NodeId, token: string): Promise<void> {
    await this.#open(peer, async () => await (await this.#listener)?.accept(token))
  }

  async #dial(peer: NodeId, address: string, token: string): Promise<void> {
    await this.#open(peer, async () => await dial(address, token))
  }

  async #open(peer: NodeId, reach: () => Promise<Awaited<ReturnType<typeof dial>> | undefined>): Promise<void> {
    try {
      const socket = await reach()
      if (socket === undefined) return
      processes('node %d is connected with node %d', this.node.id, peer)
      this.#connected(peer, openSocketConnection(socket))
    } catch (error) {
      processes('node %d cannot reach node %d: %s', this.node.id, peer, (error as Error).message)
      this.#say({ type: 'unreachable', peer, why: (error as Error).message })
    }
  }
}
