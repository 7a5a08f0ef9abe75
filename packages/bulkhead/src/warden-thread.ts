import { MessageChannel, Worker } from 'node:worker_threads'
import { portChannel } from './control-channel.ts'
import type { ControlChannel } from './control-channel.ts'
import type { FromRoot, NodeSurvey, Orders, ToRoot, WardenOrders } from './control.ts'
import { giveUpSocket } from './inspect/runtime-folder.ts'
import { keepUncaught, leaveAtOnce } from './leave-at-once.ts'
import { ownThread } from './linux/proc.ts'
import { optionsForNodes, ownWorkerOptions } from './nodejs/given-options.ts'
import { ordersField } from './orders.ts'
import { markFamily } from './orphans/mark-family.ts'
import { ChildTable } from './warden/child-table.ts'

/** The root's hold on its warden. */
export class WardenThread {
  readonly channel: ControlChannel<FromRoot, ToRoot>
  readonly children = new ChildTable()
  readonly #worker: Worker
  readonly #exited: Promise<void>
  readonly #inspectSocket: string | undefined
  readonly #surveys = new Map<number, (nodes: readonly NodeSurvey[]) => void>()
  #requests = 0
  #hasEnded = false
  #onShutDown: (() => void) | undefined

  constructor(
    orders: Omit<WardenOrders, 'port' | 'thread' | 'children' | 'options'>,
    onFailure: (error: Error) => void,
  ) {
    markFamily()
    const { port1, port2 } = new MessageChannel()
    const own = { port: port2, thread: ownThread(), children: this.children.memory, options: optionsForNodes() }
    const all: Orders = { role: 'warden', orders: { ...orders, ...own } }
    this.#inspectSocket = orders.inspectSocket
    this.channel = portChannel(port1)
    this.#worker = new Worker(new URL(orders.entry), {
      workerData: { [ordersField]: all },
      transferList: [port2],
      name: 'bulkhead warden',
      ...ownWorkerOptions(),
    })
    this.#worker.on('error', onFailure)
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    process.on('exit', this.#leave)
    keepUncaught()
  }

  /** Acts on what only the root is told; false for what every node is told. */
  take(message: ToRoot): boolean {
    if (message.type === 'surveyed') {
      this.#surveys.get(message.request)?.(message.nodes)
      this.#surveys.delete(message.request)
      return true
    }
    if (message.type === 'shut_down') this.#onShutDown?.()
    return message.type === 'shut_down'
  }

  /** Nobody is there once the warden has ended. */
  survey(patienceMs?: number): Promise<readonly NodeSurvey[]> {
    if (this.#hasEnded) return Promise.resolve([])
    const request = ++this.#requests
    return new Promise((resolve) => {
      this.#surveys.set(request, resolve)
      this.channel.post({ type: 'survey', request, patienceMs })
    })
  }

  /** Ends all nodes, in order within `withinMs` milliseconds, then the warden. */
  async end(withinMs: number): Promise<void> {
    const done = new Promise<void>((resolve) => (this.#onShutDown = resolve))
    this.channel.post({ type: 'shut_down', withinMs })
    await Promise.race([done, this.#exited])
    this.#hasEnded = true
    for (const answer of this.#surveys.values()) answer([])
    this.#surveys.clear()
    this.children.killAll()
    this.channel.close()
    await this.#terminate()
  }

  /** A thread in a native call holds its warden back; the program can go on, and leave. */
  async #terminate(): Promise<void> {
    const ended = this.#worker.terminate().then(() => process.off('exit', this.#leave))
    if (!this.children.hasLingering) await ended
    this.#worker.unref()
  }

  /** The program leaves with its system running: nothing of it may stay behind. */
  readonly #leave = (code: number): void => {
    this.children.killAll()
    if (this.#inspectSocket !== undefined) giveUpSocket(this.#inspectSocket)
    if (this.children.hasLingering) leaveAtOnce(code, this.#leave)
  }
}
