import { MessageChannel, Worker } from 'node:worker_threads'
import type { Transferable } from 'node:worker_threads'
import { portChannel } from '../control-channel.ts'
import type { ControlChannel } from '../control-channel.ts'
import type { FromNode, Orders, ToNode } from '../control.ts'
import { partsOf } from '../error-parts.ts'
import { Vitals } from '../hosted/vitals.ts'
import { ThreadProbe } from '../linux/proc.ts'
import { ordersField } from '../orders.ts'
import type { Backlog } from '../output/outlet.ts'
import { OutputReader } from '../output/output-ring.ts'
import type { OutputStream } from '../output/output-ring.ts'
import type { TaggedOutput } from '../output/tagged-output.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEvents, NodeBody } from './node-body.ts'
import { NodeWatch } from './node-watch.ts'
import type { Judgement } from './stuck.ts'

/** Where what a thread prints goes. */
export type ThreadOutput = Pick<TaggedOutput, 'take' | 'lose' | 'end'>

export interface ThreadBodyOptions<Output extends ThreadOutput> {
  /** The module that boots. */
  readonly entry: string
  readonly profile: LaunchProfile
  /** Options for Node.js. */
  readonly execArgv: readonly string[]
  /** The nodes of this OS process. */
  readonly sharedNodes: SharedArrayBuffer
  readonly output: Output
  /** How far the readers of that are behind. */
  readonly outlets: Readonly<Record<OutputStream, Backlog>>
  /** Whether a debugger can be attached. */
  readonly isExempt: () => boolean
}

/** A worker thread of the OS process of whoever watches it. */
export class ThreadBody<Output extends ThreadOutput = TaggedOutput> implements Omit<NodeBody, 'output'> {
  readonly kind = 'thread'
  readonly osProcess = process.pid
  readonly vitals = new Vitals()
  readonly output: Output
  readonly #worker: Worker
  readonly #channel: ControlChannel<ToNode, FromNode>
  readonly #ring = new OutputReader()
  readonly #watch: NodeWatch
  #probe = new ThreadProbe(undefined)
  readonly #outlets: Readonly<Record<OutputStream, Backlog>>
  #thread: number | undefined
  #isDraining = false
  #hasEnded = false
  #error: { readonly value: unknown } | undefined

  constructor(
    { entry, profile, execArgv, sharedNodes, output, outlets, isExempt }: ThreadBodyOptions<Output>,
    events: BodyEvents,
  ) {
    this.#outlets = outlets
    this.output = output
    const { port1, port2 } = new MessageChannel()
    const orders: Orders = {
      role: 'thread',
      orders: { port: port2, vitals: this.vitals.memory, output: this.#ring.memory, sharedNodes },
    }
    this.#worker = new Worker(new URL(entry), {
      workerData: { [ordersField]: orders },
      transferList: [port2],
      name: 'bulkhead thread',
      stdout: true,
      stderr: true,
      execArgv: [...execArgv],
      ...(profile.stackMb !== undefined && { resourceLimits: { stackSizeMb: profile.stackMb } }),
    })
    this.#channel = portChannel(port1)
    this.#channel.onMessage((message) => {
      if (message.type === 'started') this.#probe = new ThreadProbe((this.#thread = message.thread))
      if (message.type === 'output') this.#drain()
      else events.message(message)
    })
    this.#watch = new NodeWatch({
      vitals: this.vitals,
      probe: () => this.#probe,
      ping: (ping) => this.#channel.post({ type: 'ping', ping }),
      exempt: isExempt,
      activeMs: () => this.activeMs(),
    })
    this.#worker.stdout.on('data', (text: Uint8Array) => this.output.take('stdout', text))
    this.#worker.stderr.on('data', (text: Uint8Array) => this.output.take('stderr', text))
    this.#worker.on('error', (value) => (this.#error ??= { value }))
    this.#worker.on('exit', (code) => {
      this.#channel.close()
      this.#hasEnded = true
      this.#drainNow()
      this.output.end()
      this.#probe.close()
      events.ended(this.#endOf(code), true)
    })
  }

  /** The operating system's number of it, once it has started. */
  get thread(): number | undefined {
    return this.#thread
  }

  post(message: ToNode, transfer?: readonly Transferable[]): void {
    this.#channel.post(message, transfer)
  }

  watch(limitMs: number): void {
    this.#watch.limit(limitMs)
  }

  look(): Judgement {
    this.#drain()
    return this.#watch.look()
  }

  get handlerName(): string | undefined {
    return this.#watch.handlerName
  }

  learnHandler(id: number, name: string): void {
    this.#watch.handlers.set(id, name)
  }

  activeMs(): number {
    return this.#worker.performance.eventLoopUtilization().active
  }

  get silentMs(): number {
    return this.#watch.silentMs
  }

  kill(): void {
    this.#drainNow()
    void this.#worker.terminate()
  }

  /** Takes what is there now, and comes back for more: as soon as its loop has had a turn, or the reader of it has caught up. */
  #drain(): void {
    if (this.#isDraining || this.#hasEnded) return
    let behind: Backlog | undefined
    const hasMore = this.#ring.drain((stream, text, actor) => {
      this.output.take(stream, text, actor)
      if (this.#outlets[stream].isBehind) behind = this.#outlets[stream]
      return behind === undefined
    })
    if (!hasMore) return this.#takeLost()
    this.#isDraining = true
    const goOn = (): void => {
      this.#isDraining = false
      this.#drain()
    }
    if (behind === undefined) setImmediate(goOn)
    else behind.whenReady(() => setImmediate(goOn))
  }

  /** Takes all that is there now, whether or not anybody reads it. */
  #drainNow(): void {
    this.#ring.drain((stream, text, actor) => {
      this.output.take(stream, text, actor)
      return true
    })
    this.#takeLost()
  }

  #takeLost(): void {
    for (const stream of ['stdout', 'stderr'] as const) this.output.lose(stream, this.#ring.takeLost(stream))
  }

  #endOf(code: number): Parameters<BodyEvents['ended']>[0] {
    const { vitals } = this
    const heapBytes = vitals.heapBytes
    const culprit = vitals.leaver ?? vitals.culprit
    const who = { heapBytes, ...(culprit !== undefined && { culprit }) }
    if (this.#error === undefined) return { cause: 'exited', code, ...who }
    const error = this.#error.value
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
      return { cause: 'out_of_memory', ...who }
    return { cause: 'error', error: partsOf(error), ...who }
  }
}
