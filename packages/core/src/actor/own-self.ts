import type { AbortSignalLike } from '../platform.ts'
import { ActorExited, BulkheadError, InvalidOption, show, StartFailed } from '../errors.ts'
import { resolve, sendMail } from '../node/deliver.ts'
import { monitor, demonitor, isAlive, monitorNode, sendExit } from '../node/monitors.ts'
import { checkItems, info } from '../node/actor-info.ts'
import type { ActorInfo } from '../node/actor-info.ts'
import { link, linkToNobody, unlink } from '../node/links.ts'
import { startActor } from '../node/start-actor.ts'
import { refuseUntrusted } from '../node/refuse-untrusted.ts'
import type { Lesson } from '../node/ladder.ts'
import type { SpawnResult } from '../node/spawn.ts'
import type { Target } from './actor-ref.ts'
import { BoundRef } from './actor-ref.ts'
import { alias, aliasOf, unalias } from './alias.ts'
import type { Alias, AliasMode } from './alias.ts'
import type { ActorRef, Args, Behaviour } from './behaviour.ts'
import { checkBehaviour, DefinedBehaviour } from './behaviour-table.ts'
import type { Cell } from './cell.ts'
import { ActorProgram } from './define-actor.ts'
import { Exiting } from './exiting.ts'
import type { ExitReason } from './exit-reason.ts'
import type { MonitorRef, TimerRef } from './notices.ts'
import type { NodeId, Pid } from './pid.ts'
import { isPid } from './pid.ts'
import type { ReceiveClauses } from './receive.ts'
import { receive } from './receiving.ts'
import type { ActorSelf, Destination, StartOptions, StartOutcome } from './self.ts'
import { cancelTimer, cancelTimerLater, readTimer, sendAfter, sleep, startTimer } from './own-timers.ts'
import {
  checkAliasOptions,
  checkCancelOptions,
  checkDemonitorOptions,
  checkMonitorOptions,
  checkReceiveOptions,
  checkSendOptions,
} from './self-options.ts'

/** The `self` of an actor; one object, made when it is first needed. */
export function selfOf(cell: Cell): ActorSelf {
  return (cell.self ??= new OwnSelf(cell))
}

class OwnSelf implements ActorSelf {
  readonly #cell: Cell

  constructor(cell: Cell) {
    this.#cell = cell
  }

  /** The actor, alive; throws `ActorExited` otherwise. */
  get #alive(): Cell {
    if (this.#cell.dead) throw new ActorExited(this.#cell.pid)
    return this.#cell
  }

  get pid(): Pid {
    return this.#cell.pid
  }
  get node(): NodeId {
    return this.#cell.kernel.id
  }
  get path(): string {
    return this.#cell.path
  }
  get parent(): Pid | undefined {
    return this.#cell.parent
  }
  get registeredName(): string | undefined {
    return this.#cell.name
  }
  get state(): unknown {
    return this.#alive.state
  }
  set state(state: unknown) {
    this.#alive.state = state
  }
  get trapExit(): boolean {
    return this.#alive.trapExit
  }
  set trapExit(trap: boolean) {
    const cell = this.#alive
    if (typeof trap !== 'boolean') throw new InvalidOption('trapExit', trap, 'give true or false')
    cell.trapExit = trap
  }
  get abortSignal(): AbortSignalLike {
    const cell = this.#cell
    const make = cell.kernel.platform.newAbortController
    if (make === undefined) throw new BulkheadError('no_abort_signal', 'this platform has no AbortController')
    if (cell.aborter === undefined) {
      cell.aborter = make()
      if (cell.dead) cell.aborter.abort(new ActorExited(cell.pid))
    }
    return cell.aborter.signal
  }

  initAck(): void {
    const cell = this.#alive
    cell.acknowledge?.()
    cell.acknowledge = undefined
  }

  send(to: Destination, message: unknown, options?: { readonly transfer?: readonly ArrayBuffer[] }): boolean {
    const cell = this.#alive
    if (options !== undefined) checkSendOptions(options)
    return sendMail(cell, 'message', to, message, 0, options?.transfer)
  }

  drained(to: Destination): Promise<void> {
    const cell = this.#alive
    const { kernel } = cell
    const pid = resolve(kernel, to)
    const target = pid === undefined ? undefined : kernel.cellOf(pid)
    if (target !== undefined) {
      if (target.mailbox.bytes < kernel.highWaterBytes) return Promise.resolve()
      return new Promise((resume) => {
        const waiter = (): void => {
          if (!cell.dead) resume()
        }
        ;(target.drainWaiters ??= []).push(waiter)
      })
    }
    const remote = pid === undefined || kernel.isLocal(pid) ? undefined : kernel.remoteOf(pid)
    return remote === undefined ? Promise.resolve() : remote.whenDrained(cell)
  }

  exit(reason: ExitReason): never
  exit(to: Destination, reason: ExitReason): true
  exit(...args: [ExitReason] | [Destination, ExitReason]): true {
    const cell = this.#alive
    if (args.length === 1) throw new Exiting(args[0])
    refuseUntrusted(cell.kernel, 'ends no other actor')
    sendExit(cell, args[0], args[1])
    return true
  }

  link(to: Destination): true {
    const cell = this.#alive
    refuseUntrusted(cell.kernel, 'links itself to nobody')
    const pid = resolve(cell.kernel, to)
    if (pid === undefined) linkToNobody(cell.kernel, cell)
    else link(cell.kernel, cell, pid)
    return true
  }

  unlink(to: Destination): true {
    const cell = this.#alive
    const pid = resolve(cell.kernel, to)
    if (pid !== undefined) unlink(cell.kernel, cell, pid)
    return true
  }

  monitor(to: Destination, options?: { readonly tag?: unknown }): MonitorRef
  monitor(
    to: Destination,
    options: { readonly alias: AliasMode; readonly tag?: unknown },
  ): { readonly ref: MonitorRef; readonly alias: Alias }
  monitor(
    to: Destination,
    options: { readonly alias?: AliasMode; readonly tag?: unknown } = {},
  ): MonitorRef | { readonly ref: MonitorRef; readonly alias: Alias } {
    const cell = this.#alive
    checkMonitorOptions(options)
    const ref = monitor(cell, to, options.tag, options.alias)
    return options.alias === undefined ? ref : { ref, alias: aliasOf(cell.pid, ref) }
  }

  alias(options: { readonly reply?: boolean } = {}): Alias {
    const cell = this.#alive
    checkAliasOptions(options)
    return alias(cell, options.reply === true)
  }

  unalias(given: Alias): boolean {
    return unalias(this.#alive, given)
  }

  demonitor(ref: MonitorRef, options?: { readonly flush?: boolean; readonly info?: boolean }): boolean {
    const cell = this.#alive
    if (options !== undefined) checkDemonitorOptions(options)
    const wasActive = demonitor(cell, ref, options?.flush === true)
    return options?.info === true ? wasActive : true
  }

  monitorNode(node: NodeId): void {
    refuseUntrusted(this.#alive.kernel, 'monitors no nodes')
    monitorNode(this.#alive, node)
  }

  isAlive(to: Destination): Promise<boolean> {
    return isAlive(this.#alive, to)
  }

  async info<I extends keyof ActorInfo>(
    to: Destination,
    items?: readonly I[],
  ): Promise<Pick<ActorInfo, I> | undefined> {
    return (await info(this.#alive, to, checkItems(items))) as Pick<ActorInfo, I> | undefined
  }

  async register(name: string, pid?: Pid): Promise<void> {
    const cell = this.#alive
    refuseUntrusted(cell.kernel, 'registers no names')
    if (pid !== undefined && !isPid(pid)) throw new InvalidOption('pid', pid, 'give the pid of the actor to be named')
    const owner = pid === undefined ? cell : cell.kernel.cellOf(pid)
    await this.#whileAlive(cell.kernel.names.register(name, pid ?? cell.pid, owner))
  }

  async unregister(name: string): Promise<void> {
    refuseUntrusted(this.#alive.kernel, 'unregisters no names')
    await this.#whileAlive(this.#alive.kernel.names.unregister(name))
  }

  /** What an ended actor awaited never settles. */
  #whileAlive<T>(promise: Promise<T>): Promise<T> {
    const cell = this.#cell
    return new Promise((settle, reject: (error: unknown) => void) => {
      promise.then(
        (value) => {
          if (!cell.dead) settle(value)
        },
        (error: unknown) => {
          if (!cell.dead) reject(error)
        },
      )
    })
  }

  whereis(name: string): Pid | undefined {
    return this.#alive.kernel.names.whereis(name)
  }

  available(name: string): Promise<Pid> {
    const cell = this.#alive
    return cell.kernel.names.available(name, cell)
  }

  named<A extends Args, P>(behaviour: Behaviour<A, P>, name: string): ActorRef<P> {
    if (typeof name !== 'string' || name === '')
      throw new InvalidOption('name', name, 'give the name under which the actor is registered')
    checkBehaviour(behaviour)
    return refTo<P>(this.#alive, { name }, behaviour.callTimeoutMs)
  }

  ref<A extends Args, P>(behaviour: Behaviour<A, P>, pid: Pid): ActorRef<P> {
    if (!isPid(pid)) throw new InvalidOption('pid', pid, 'give the pid of an actor')
    checkBehaviour(behaviour)
    return refTo<P>(this.#alive, { pid }, behaviour.callTimeoutMs)
  }

  async start<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions,
  ): Promise<ActorRef<P>> {
    return refOf<P>(behaviour, await this.tryStart(behaviour, args, options))
  }

  async startLink<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions,
  ): Promise<ActorRef<P>> {
    return refOf<P>(behaviour, await this.tryStart(behaviour, args, { ...options, link: true }))
  }

  async startMonitor<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions,
  ): Promise<{ readonly ref: ActorRef<P>; readonly monitor: MonitorRef }> {
    const outcome = await this.tryStart(behaviour, args, { ...options, monitor: true })
    return { ref: refOf<P>(behaviour, outcome), monitor: (outcome as { readonly monitor: MonitorRef }).monitor }
  }

  async tryStart<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options: StartOptions & { readonly link?: boolean; readonly monitor?: boolean } = {},
  ): Promise<StartOutcome<P>> {
    const cell = this.#alive
    const result = await startActor(cell, behaviour as Behaviour, args, options)
    return this.#outcome<P>(cell, result, behaviour.callTimeoutMs)
  }

  #outcome<P>(cell: Cell, result: SpawnResult, callTimeoutMs: number | undefined): StartOutcome<P> {
    if (result.kind !== 'started') return result
    const { pid } = result
    return { ...result, ref: refTo<P>(cell, { pid }, callTimeoutMs) }
  }

  async spawn(body: (self: ActorSelf) => unknown, options?: StartOptions): Promise<Pid> {
    return (await this.#spawn(body, options ?? {}, {})).pid
  }

  async spawnLink(body: (self: ActorSelf) => unknown, options?: StartOptions): Promise<Pid> {
    return (await this.#spawn(body, options ?? {}, { link: true })).pid
  }

  async spawnMonitor(
    body: (self: ActorSelf) => unknown,
    options?: StartOptions,
  ): Promise<{ pid: Pid; ref: MonitorRef }> {
    const { pid, monitor: ref } = await this.#spawn(body, options ?? {}, { monitor: true })
    return { pid, ref: ref as MonitorRef }
  }

  async #spawn(
    body: unknown,
    options: StartOptions,
    ties: { readonly link?: boolean; readonly monitor?: boolean },
  ): Promise<{ readonly pid: Pid; readonly monitor: MonitorRef | undefined }> {
    const cell = this.#alive
    if (typeof body !== 'function')
      throw new InvalidOption('body', body, 'give a function of self, or start a behaviour with self.start')
    if (typeof options !== 'object' || options === null)
      throw new InvalidOption('options', options, 'give an object of options, or nothing')
    if (options.isolation !== undefined && options.isolation !== 'inline') {
      throw new InvalidOption(
        'isolation',
        options.isolation,
        "a closure runs where it was made and cannot cross to another node: define it in a module with defineActor(import.meta, 'Name', body) and start that",
      )
    }
    const name = (body as { name?: string }).name || 'closure'
    const behaviour = new DefinedBehaviour({
      key: `closure#${name}`,
      name,
      url: '',
      type: 'worker',
      program: new ActorProgram(body as () => unknown),
    })
    const result = await startActor(cell, behaviour, [], { ...options, ...ties, isolation: 'inline' })
    if (result.kind === 'started') return result
    throw new StartFailed(name, result.kind === 'ignored' ? 'ignore' : result.reason)
  }

  receive<R>(
    clauses: (on: ReceiveClauses<never>) => ReceiveClauses<R>,
    options: { readonly since?: MonitorRef | Alias } = {},
  ): Promise<R> {
    return receive(this.#alive, clauses, checkReceiveOptions(options))
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.#alive, ms)
  }
  now(): number {
    return this.#cell.kernel.platform.clock.now()
  }
  random(): number {
    return this.#cell.kernel.platform.random()
  }
  sendAfter(ms: number | { readonly abs: number }, to: Destination, message: unknown): TimerRef {
    return sendAfter(this.#alive, ms, to, message)
  }
  startTimer(ms: number | { readonly abs: number }, message: unknown): TimerRef {
    return startTimer(this.#alive, ms, message)
  }
  cancelTimer(ref: TimerRef, options?: { readonly async?: false }): number | false
  cancelTimer(ref: TimerRef, options: { readonly async: true }): void
  cancelTimer(ref: TimerRef, options?: { readonly async?: boolean }): number | false | void {
    const cell = this.#alive
    if (options !== undefined) checkCancelOptions(options)
    if (options?.async !== true) return cancelTimer(cell, ref)
    cancelTimerLater(cell, ref)
  }
  readTimer(ref: TimerRef): number | false {
    return readTimer(this.#alive, ref)
  }

  log(...values: readonly unknown[]): void {
    this.report('info', values.map((value) => (typeof value === 'string' ? value : show(value))).join(' '))
  }

  report(level: 'info' | 'warning' | 'error', text: string, data?: unknown): void {
    const cell = this.#alive
    cell.kernel.log(level, text, cell, data)
  }

  reportProgress(event: Parameters<ActorSelf['reportProgress']>[0]): void {
    const cell = this.#alive
    cell.kernel.platform.telemetry?.progress?.({ supervisor: cell.pid, ...event })
  }

  reportRestarted(event: { readonly child: string; readonly pid: Pid | undefined; readonly reason: ExitReason }): void {
    const cell = this.#alive
    cell.kernel.platform.telemetry?.restarted?.({ supervisor: cell.pid, ...event })
  }

  showUnsettled(children: Parameters<ActorSelf['showUnsettled']>[0]): void {
    this.#alive.unsettled = children
  }

  async learnFrom({ child, placement, evidence }: Parameters<ActorSelf['learnFrom']>[0]): Promise<Lesson | undefined> {
    const cell = this.#alive
    const lesson = await cell.kernel.host.learn?.(`${cell.path}/${child}`, placement, evidence)
    // What an ended actor awaits never settles.
    return cell.dead ? new Promise(() => undefined) : lesson
  }

  async lingers(children: readonly string[]): Promise<boolean> {
    const cell = this.#alive
    const lingers = (await cell.kernel.host.lingers?.(children.map((child) => `${cell.path}/${child}`))) ?? false
    return cell.dead ? new Promise(() => undefined) : lingers
  }
}

/** What the types say about calls and casts holds by the behaviour that was named, not by anything that a reference could check. */
function refTo<P>(sender: Cell, target: Target, callTimeoutMs: number | undefined): ActorRef<P> {
  const ref: ActorRef = new BoundRef(sender, target, callTimeoutMs)
  return ref
}

function refOf<P>(behaviour: { readonly name: string }, outcome: StartOutcome<P>): ActorRef<P> {
  if (outcome.kind === 'started') return outcome.ref
  if (outcome.kind === 'ignored') throw new StartFailed(behaviour.name, 'ignore')
  throw new StartFailed(behaviour.name, outcome.reason, outcome.evidence)
}
