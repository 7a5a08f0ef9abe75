import { setTimeout as sleep } from 'node:timers/promises'
import { nanoid } from 'nanoid'
import {
  BulkheadError,
  CallFailed,
  checkBehaviour,
  checkFields,
  Down,
  InvalidOption,
  isPid,
  P,
  ROOT,
  StartFailed,
} from '@bulkhead/core'
import type { ActorRef, ActorSnapshot, Args, Behaviour, ExitReason, Node, Pid } from '@bulkhead/core'
import { child } from '@bulkhead/supervisor'
import type { ChildOptions, SupervisorProtocol } from '@bulkhead/supervisor'
import { OpenChaosDoor } from './chaos/chaos-door.ts'
import type { FromNode, NodeSurvey, ToNode, ToRoot } from './control.ts'
import type { ControlChannel } from './control-channel.ts'
import { HostedNode } from './hosted/hosted-node.ts'
import { SharedNodes } from './hosted/shared-nodes.ts'
import { Vitals } from './hosted/vitals.ts'
import { reserveSocket } from './inspect/inspect-server.ts'
import { debugLog } from './nodejs/debug-log.ts'
import { printRecord } from './nodejs/log-line.ts'
import { TracingScope } from './nodejs/actor-scope.ts'
import type { Overrides } from './placement-overrides.ts'
import { shutdownMs, stopOnSignals } from './shutdown-signals.ts'
import { activeResources, remainingOf } from './stopping.ts'
import { explanationOf, isComplete, treeOf } from './survey.ts'
import type { Explanation, StopOptions, StopReport, System, TreeEntry } from './system.ts'
import type { CheckedOptions } from './system-options.ts'
import { TopSupervisor } from './top-supervisor.ts'
import { WardenThread } from './warden-thread.ts'

const log = debugLog('bulkhead:system')

/** Milliseconds that nodes without actors get to leave. */
const leaveMs = 1_000

/** Milliseconds that `explain` gives nodes which are too busy to answer at once, and names whose holder cannot be seen. */
const explainMs = 5_000

/** Milliseconds before it asks again. */
const againMs = 10

/** The system from its root's side. */
export class RunningSystem implements System {
  readonly id: string
  readonly stopped: Promise<ExitReason>
  readonly chaos: OpenChaosDoor | undefined
  readonly #options: CheckedOptions
  readonly #warden: WardenThread
  readonly #hosted: HostedNode
  readonly #node: Node
  readonly #letGoOfSignals: () => void
  readonly #settleStopped: (reason: ExitReason) => void
  #top: ActorRef<SupervisorProtocol> | undefined
  readonly #topEnded = Promise.withResolvers<ExitReason>()
  #stopping: Promise<StopReport> | undefined
  #phase: 'actors' | 'nodes' | 'over' = 'actors'
  readonly #overdue = Promise.withResolvers<void>()

  /** Rejects when the top supervisor does not start. */
  static async start(options: CheckedOptions, overrides: Overrides, entry: string): Promise<System> {
    const system = new RunningSystem(options, overrides, entry)
    await system.#startTop()
    return system
  }

  private constructor(options: CheckedOptions, overrides: Overrides, entry: string) {
    this.#options = options
    this.id = nanoid(10)
    const { promise, resolve } = Promise.withResolvers<ExitReason>()
    this.stopped = promise
    this.#settleStopped = resolve
    const vitals = new Vitals()
    const sharedNodes = new SharedNodes()
    sharedNodes.add(ROOT)
    const forwardsLog = options.log !== undefined
    const { name, threads, compartments, processes, spares, handlerMs, killMs, chaos } = options
    const inspectSocket = options.inspect ? this.#reserveSocket(name) : undefined
    const orders = {
      name,
      inspectSocket,
      threads,
      compartments,
      processes,
      spares,
      handlerMs,
      killMs,
      chaos,
      system: this.id,
      entry,
      overrides,
      forwardsLog,
      vitals: vitals.memory,
      sharedNodes: sharedNodes.memory,
    }
    this.#warden = new WardenThread(orders, (error) => this.#onWardenFailure(error))
    this.#hosted = new HostedNode({
      birth: {
        system: this.id,
        id: ROOT,
        killMs,
        overrides,
        forwardsLog,
        isInspectable: inspectSocket !== undefined,
        chaos,
      },
      channel: this.#warden.channel as unknown as ControlChannel<FromNode, ToNode>,
      vitals,
      scope: new TracingScope(),
      log: options.log ?? printRecord,
      hasThreads: true,
      shares: (node) => sharedNodes.has(node),
    })
    this.#node = this.#hosted.node
    this.chaos = chaos
      ? new OpenChaosDoor({
          post: (message) => this.#warden.channel.post(message),
          named: (actor) => this.#node.main.whereis(actor),
        })
      : undefined
    this.#warden.channel.onMessage((message) => this.#take(message))
    this.#letGoOfSignals = options.signals
      ? stopOnSignals(
          (signal) => this.#stopOn(signal),
          () => this.#whatKeeps(),
        )
      : () => {}
    log('system %s', this.id)
  }

  async start<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options: ChildOptions = {},
  ): Promise<ActorRef<P>> {
    checkBehaviour(behaviour)
    if (this.#stopping !== undefined || this.#top === undefined) {
      throw new StartFailed(behaviour.name, new BulkheadError('stopped', 'the system stops, or has stopped'))
    }
    const spec = child(behaviour, args, options)
    const pid = await this.#top.within(Infinity).call.startChild(spec)
    if (pid === undefined) throw new StartFailed(behaviour.name, 'ignore')
    return options.name === undefined ? this.#node.main.ref(behaviour, pid) : this.named(behaviour, options.name)
  }

  named<A extends Args, P>(behaviour: Behaviour<A, P>, name: string): ActorRef<P> {
    return this.#node.main.named(behaviour, name)
  }

  available(name: string): Promise<Pid> {
    return this.#node.main.available(name)
  }

  async explain(actor: ActorRef | Pid | string): Promise<Explanation> {
    if (typeof actor !== 'string' && !(typeof actor === 'object' && actor !== null && 'registeredName' in actor))
      throw new InvalidOption('actor', actor, 'give a pid, a registered name or a reference to an actor')
    const sought = typeof actor === 'string' ? actor : (actor.registeredName ?? actor.pid ?? '')
    let nodes = await this.#warden.survey()
    const until = performance.now() + explainMs
    for (;;) {
      const pid = isPid(sought) ? sought : this.#holderOf(sought, nodes)
      const explanation = pid === undefined ? undefined : explanationOf(nodes, pid)
      if (explanation !== undefined) return explanation
      // Nobody is declared dead because their node was too busy to answer at once, or while they hold a name.
      const mayBeThere = pid !== undefined && (pid !== sought || !isComplete(nodes))
      const leftMs = until - performance.now() - againMs
      if (!mayBeThere || leftMs <= 0) throw new CallFailed(sought, 'explain', 'noproc')
      await sleep(againMs)
      nodes = await this.#warden.survey(leftMs)
    }
  }

  async tree(): Promise<readonly TreeEntry[]> {
    return treeOf(await this.#warden.survey())
  }

  async stop(options: StopOptions = {}): Promise<StopReport> {
    if (typeof options !== 'object' || options === null)
      throw new InvalidOption('options', options, 'pass an object, or nothing')
    checkFields(options, ['deadlineMs', 'reason'])
    const { deadlineMs = Infinity, reason = 'shutdown' } = options
    if (!(typeof deadlineMs === 'number' && deadlineMs >= 0 && (deadlineMs < 2 ** 31 || deadlineMs === Infinity)))
      throw new InvalidOption('deadlineMs', deadlineMs, 'use milliseconds, 0 or more, or Infinity')
    if (deadlineMs !== Infinity) setTimeout(() => this.#overdue.resolve(), deadlineMs).unref()
    return await (this.#stopping ??= this.#stop(reason))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #startTop(): Promise<void> {
    const { main } = this.#node
    const { intensity, periodMs } = this.#options
    this.#top = await main.startLink(TopSupervisor, [{ intensity, periodMs }], { id: '', isolation: 'inline' })
    const ref = main.monitor(this.#top)
    void this.#watchTop(ref)
  }

  /** Takes all that the node's own actor is sent, for as long as the top supervisor lives. */
  async #watchTop(ref: number): Promise<void> {
    for (;;) {
      const message = await this.#node.main.receive((on) => on.with(P.any, (each: unknown) => each))
      if (!(message instanceof Down) || message.ref !== ref) continue
      this.#topEnded.resolve(message.reason)
      if (this.#stopping === undefined) this.#giveUp(message.reason)
      return
    }
  }

  /** The root knows it before the node of the holder does. A system that has ended has no nodes, and knows no names. */
  #holderOf(name: string, nodes: readonly NodeSurvey[]): Pid | undefined {
    return nodes.length === 0 ? undefined : this.#node.main.whereis(name)
  }

  /** A system that cannot be inspected is no reason not to start one. */
  #reserveSocket(name: string): string | undefined {
    try {
      return reserveSocket(name, this.id)
    } catch (error) {
      this.#log('warning', `bulkhead inspect cannot attach: ${(error as Error).message}`)
      return undefined
    }
  }

  #giveUp(reason: ExitReason): void {
    process.exitCode = 1
    this.#log('error', 'the top supervisor gave up, so the system stops', reason)
    void this.stop({ reason })
  }

  #take(message: ToRoot): void {
    if (message.type === 'record') return this.#options.log?.(message.record)
    if (message.type === 'shield') return this.#shield()
    if (message.type === 'down') this.chaos?.nodeEnded(message.peer)
    if (message.type === 'hurt_begun' || message.type === 'hurt_done' || message.type === 'hurt_refused')
      this.chaos?.answered(message)
    else if (!this.#warden.take(message)) this.#hosted.take(message as ToNode)
  }

  #shield(): void {
    process.on('SIGUSR1', ignoreSignal)
    this.#warden.channel.post({ type: 'shielded' })
  }

  #stopOn(signal: NodeJS.Signals): void {
    void this.stop({ deadlineMs: shutdownMs, reason: { shutdown: signal } })
  }

  async #stop(reason: ExitReason): Promise<StopReport> {
    log('stop: %o', reason)
    if (this.#top?.pid !== undefined) this.#node.main.exit(this.#top.pid, 'shutdown')
    const isOverdue = await Promise.race([
      this.#topEnded.promise.then(() => false),
      this.#overdue.promise.then(() => true),
    ])
    const remaining = isOverdue ? remainingOf(actorsOf(await this.#warden.survey())) : []
    for (const { path, pid, why } of remaining)
      this.#log('warning', `was cut short by the deadline of the shutdown: ${why}`, undefined, path, pid)
    this.#phase = 'nodes'
    await this.#warden.end(isOverdue ? 0 : leaveMs)
    this.#hosted.stop()
    this.#letGoOfSignals()
    process.off('SIGUSR1', ignoreSignal)
    this.#phase = 'over'
    this.#settleStopped(reason)
    return { cutShort: remaining.flatMap(({ pid, path }) => (pid === undefined ? [] : [{ pid, path }])) }
  }

  /** What there still is of a system that is being stopped, one line each; told at once, without asking other nodes. */
  #whatKeeps(): string[] {
    if (this.#phase === 'over') {
      const resources = activeResources(process.getActiveResourcesInfo())
      return [`the system has stopped; the program still has open, and may wait for: ${resources}`]
    }
    if (this.#phase === 'actors')
      return remainingOf(actorsOf([{ snapshot: this.#node.snapshot() }])).map(
        ({ path, why }) => `${path} has not ended: ${why}`,
      )
    const { children } = this.#warden
    return [
      ...children.list().map((pid) => `OS process ${pid} of a node has not ended`),
      ...(children.hasLingering ? ['a thread is in a native call, which nothing ends but the end of the program'] : []),
    ]
  }

  #onWardenFailure(error: Error): void {
    this.#settleStopped(error)
    throw error
  }

  #log(level: 'warning' | 'error', text: string, data?: unknown, path?: string, pid?: Pid): void {
    const write = this.#options.log ?? printRecord
    write({
      level,
      text,
      ...(data !== undefined && { data }),
      ...(path !== undefined && { path }),
      ...(pid !== undefined && { pid }),
    })
  }
}

/** Node.js would open the inspector. */
function ignoreSignal(): void {}

const actorsOf = (nodes: readonly Pick<NodeSurvey, 'snapshot'>[]): ActorSnapshot[] =>
  nodes.flatMap(({ snapshot }) => snapshot?.actors ?? [])
