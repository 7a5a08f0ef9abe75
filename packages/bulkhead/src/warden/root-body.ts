import type { MessagePort, Transferable } from 'node:worker_threads'
import { portChannel } from '../control-channel.ts'
import type { FromRoot, ToNode, ToRoot } from '../control.ts'
import { Vitals } from '../hosted/vitals.ts'
import { ThreadProbe } from '../linux/proc.ts'
import type { Outlets } from '../output/outlet.ts'
import { TaggedOutput } from '../output/tagged-output.ts'
import type { NodeBody } from './node-body.ts'
import { NodeWatch } from './node-watch.ts'
import type { Judgement } from './stuck.ts'

/** The thread that called `start`: watched as the others are, but never ended. */
export class RootBody implements NodeBody {
  readonly kind = 'inline'
  readonly osProcess = process.pid
  readonly vitals: Vitals
  readonly output: TaggedOutput
  readonly #channel: ReturnType<typeof portChannel<ToRoot, FromRoot>>
  readonly #probe: ThreadProbe
  readonly #watch: NodeWatch

  constructor(
    port: MessagePort,
    vitals: SharedArrayBuffer,
    thread: number | undefined,
    outlets: Outlets,
    onMessage: (message: FromRoot) => void,
  ) {
    this.vitals = new Vitals(vitals)
    this.output = new TaggedOutput(outlets, 'root')
    this.#probe = new ThreadProbe(thread)
    this.#channel = portChannel(port)
    this.#channel.onMessage(onMessage)
    this.#watch = new NodeWatch({
      vitals: this.vitals,
      probe: () => this.#probe,
      ping: (ping) => this.#channel.post({ type: 'ping', ping }),
      exempt: () => this.vitals.inspected,
    })
  }

  post(message: ToNode, transfer?: readonly Transferable[]): void {
    this.#channel.post(message, transfer)
  }

  /** Says what only the root is told. */
  postToRoot(message: ToRoot): void {
    this.#channel.post(message)
  }

  watch(limitMs: number): void {
    this.#watch.limit(limitMs)
  }

  learnHandler(id: number, name: string): void {
    this.#watch.handlers.set(id, name)
  }

  get handlerName(): string | undefined {
    return this.#watch.handlerName
  }

  look(): Judgement {
    return this.#watch.look()
  }

  activeMs(): number | undefined {
    return this.#probe.cpuMs()
  }

  get silentMs(): number {
    return this.#watch.silentMs
  }

  kill(): void {} // only a guardian above it could
}
