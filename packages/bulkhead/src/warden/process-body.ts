import { spawnNodeProcess } from '@bulkhead/transport-process'
import type { NodeProcess } from '@bulkhead/transport-process'
import { socketChannel } from '../control-channel.ts'
import type { ControlChannel } from '../control-channel.ts'
import type { CrewOrders, FromNode, LastWord, Orders, ProcessOrders, ToNode } from '../control.ts'
import { partsOf } from '../error-parts.ts'
import { ProcessProbe, stackLimitBytes } from '../linux/proc.ts'
import { checkProcessPermissions } from '../nodejs/permissions.ts'
import { sharedNow } from '../nodejs/shared-now.ts'
import { ordersField } from '../orders.ts'
import type { Outlets } from '../output/outlet.ts'
import type { OutputStream } from '../output/output-ring.ts'
import { TaggedOutput } from '../output/tagged-output.ts'
import type { ChildTable } from './child-table.ts'
import { isOutOfMemory, killGroup, whenHeardOut } from './ended-process.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEnd, BodyEvents, NodeBody } from './node-body.ts'
import { lookBusyMs } from './stuck.ts'
import type { Judgement } from './stuck.ts'

export interface ProcessBodyOptions {
  /** The module that boots. */
  readonly entry: string
  readonly profile: LaunchProfile
  /** Options for Node.js. */
  readonly execArgv: readonly string[]
  readonly children: ChildTable
  readonly outlets: Outlets
  /** What a crew is told beyond that, and what its main thread finds in `NODE_OPTIONS`. */
  readonly crew?: {
    readonly orders: Omit<CrewOrders, keyof ProcessOrders>
    readonly environment: string | undefined
  }
}

type Failure = Extract<FromNode, { type: 'failing' }>

/** An OS process started by the warden: a node, or a crew; a second thread in it watches its event loop. */
export class ProcessBody<Sent = ToNode, Received extends { readonly type: string } = FromNode> implements Omit<
  NodeBody,
  'post'
> {
  readonly kind = 'process'
  readonly osProcess: number
  readonly vitals = undefined
  readonly output: TaggedOutput
  readonly #process: NodeProcess
  readonly #probe: ProcessProbe
  readonly #profile: LaunchProfile
  readonly #channel: ControlChannel<Sent, Received>
  readonly #events: BodyEvents<Received>
  readonly #children: ChildTable
  readonly #outlets: Outlets
  #lastWord: LastWord | undefined
  #failure: Failure | undefined
  #heardAt = sharedNow()
  #stoppedAt: number | undefined
  #rssBytes = 0
  #isOver = false
  #isReported = false

  constructor({ entry, profile, execArgv, crew, children, outlets }: ProcessBodyOptions, events: BodyEvents<Received>) {
    checkProcessPermissions()
    checkStack(profile.stackMb, stackLimitBytes())
    const { handlerMs } = profile
    const own = { parent: process.pid, handlerMs: handlerMs === Infinity ? null : handlerMs }
    const orders: Orders =
      crew === undefined ? { role: 'process', orders: own } : { role: 'crew', orders: { ...own, ...crew.orders } }
    this.#profile = profile
    this.#events = events
    this.#children = children
    this.#outlets = outlets
    this.output = new TaggedOutput(outlets, this.kind)
    this.#process = spawnNodeProcess({
      entry,
      env: {
        ...process.env,
        ...(crew !== undefined && { NODE_OPTIONS: crew.environment }),
        [ordersField]: JSON.stringify(orders),
      },
      execArgv: processExecArgv(profile, execArgv),
      ref: true,
    })
    const { child, control, watch, stdout, stderr } = this.#process
    this.osProcess = child.pid ?? 0
    this.#probe = new ProcessProbe(this.osProcess)
    children.add(this.osProcess)
    this.#channel = socketChannel(control)
    this.#channel.onMessage((message) => {
      this.#heardAt = sharedNow()
      if (message.type === 'failing') this.#failure = message as unknown as Failure
      else events.message(message)
    })
    watch.on(
      'data',
      lines((line) => this.#takeLastWord(JSON.parse(line) as LastWord)),
    )
    stdout.on('data', (text: Uint8Array) => this.#takeOutput('stdout', text))
    stderr.on('data', (text: Uint8Array) => this.#takeOutput('stderr', text))
    child.on('error', (error) => this.#report({ cause: 'error', error: partsOf(error) }, true))
    child.on('exit', (code, signal) => this.#onExit(code, signal))
  }

  post(message: Sent): void {
    this.#channel.post(message)
  }

  watch(): void {} // by the process's own second thread

  learnHandler(): void {}

  look(): Judgement {
    if (this.#isOver || this.osProcess === 0) return { state: 'idle' }
    const { rssMb, handlerMs } = this.#profile
    if (rssMb !== undefined) {
      this.#rssBytes = this.#probe.residentBytes() ?? this.#rssBytes
      if (this.#rssBytes > rssMb * 2 ** 20)
        this.#endFor({ cause: 'out_of_memory', limitMb: rssMb, limitField: 'rssMb', heapBytes: this.#rssBytes })
    }
    if (!this.#probe.isStopped()) {
      this.#stoppedAt = undefined
      return rssMb === undefined ? { state: 'idle' } : { state: 'busy', nextLookMs: lookBusyMs }
    }
    this.#stoppedAt ??= sharedNow()
    const forMs = sharedNow() - this.#stoppedAt
    return forMs >= handlerMs ? { state: 'stuck', what: 'loop', forMs } : { state: 'busy', nextLookMs: lookBusyMs }
  }

  activeMs(): number | undefined {
    return this.#probe.cpuMs()
  }

  get silentMs(): number {
    return Math.round(sharedNow() - this.#heardAt)
  }

  /** It has ended, whether or not that was told: its last words may still be on their way. */
  get isOver(): boolean {
    return this.#isOver
  }

  kill(): void {
    if (this.#isOver || this.osProcess === 0) return
    killGroup(this.#process.child)
  }

  /** While the reader is behind, the process waits with printing. What it said last is taken all the same. */
  #takeOutput(stream: OutputStream, text: Uint8Array): void {
    this.output.take(stream, text)
    const outlet = this.#outlets[stream]
    if (!outlet.isBehind || this.#isOver) return
    this.#process[stream].pause()
    outlet.whenReady(() => this.#process[stream].resume())
  }

  #takeLastWord(word: LastWord): void {
    if (this.#lastWord?.type === 'stuck') return
    this.#lastWord = word
    if (word.type !== 'stuck') return
    const { handler, forMs, culprit, heapBytes } = word
    this.#endFor({
      cause: 'stuck',
      forMs,
      heapBytes,
      ...(handler !== undefined && { handler }),
      ...(culprit !== undefined && { culprit }),
    })
  }

  /** Reports an end that is not there yet, and brings it about. */
  #endFor(end: BodyEnd): void {
    this.#report(end, false)
    this.kill()
  }

  #report(end: BodyEnd, gone: boolean): void {
    if (this.#isReported && !gone) return
    this.#isReported = true
    this.#events.ended(end, gone)
  }

  #onExit(code: number | null, signal: string | null): void {
    this.kill() // the helpers it has started
    this.#isOver = true
    this.#probe.close()
    this.#children.remove(this.osProcess)
    const { control, watch, stdout, stderr } = this.#process
    stdout.resume()
    stderr.resume()
    whenHeardOut([stdout, stderr, watch, control], () => {
      this.output.end()
      this.#report(this.#endOf(code, signal), true)
    })
  }

  #endOf(code: number | null, signal: string | null): BodyEnd {
    const word = this.#lastWord
    const culprit = word?.culprit === undefined ? {} : { culprit: word.culprit }
    const heapBytes = this.#rssBytes === 0 ? {} : { heapBytes: this.#rssBytes }
    if (signal !== null) {
      const ranOut = signal !== 'SIGKILL' && isOutOfMemory(this.output.fatalLine)
      const { heapMb } = this.#profile
      if (ranOut)
        return {
          cause: 'out_of_memory',
          signal,
          ...heapBytes,
          ...(heapMb !== undefined && { limitMb: heapMb, limitField: 'heapMb' as const }),
        }
      return { cause: 'signaled', signal, ...heapBytes }
    }
    if (this.#failure === undefined || code === 0) return { cause: 'exited', code: code ?? 1, ...culprit }
    const { error, culprit: failed } = this.#failure
    return { cause: 'error', code: code ?? 1, error, ...(failed !== undefined && { culprit: failed }) }
  }
}

function processExecArgv({ heapMb, stackMb }: LaunchProfile, inherited: readonly string[]): string[] {
  const argv = [...inherited]
  if (process.allowedNodeEnvironmentFlags.has('--disable-sigusr1')) argv.push('--disable-sigusr1')
  if (heapMb !== undefined) argv.push(`--max-old-space-size=${heapMb}`)
  if (stackMb !== undefined) argv.push(`--stack-size=${Math.floor(stackMb * 1_000)}`)
  return argv
}

/** Megabytes of the stack that V8 does not count: what the program was called with, and native code. */
const stackAsideMb = 1

/** What most systems give. */
const stackLimitUsual = 8 * 2 ** 20

/** Beyond what the operating system lets a stack have, an endless recursion would be a segmentation fault and no `RangeError`. */
export function checkStack(stackMb: number | undefined, limitBytes: number | undefined): void {
  const mostMb = (limitBytes ?? stackLimitUsual) / 2 ** 20 - stackAsideMb
  if (stackMb === undefined || stackMb <= mostMb) return
  throw new Error(
    `limits.stackMb: ${stackMb} is more than the operating system gives a process, ${mostMb} MB beside native code: ask for less, raise \`ulimit -s\`, or use a thread`,
  )
}

function lines(take: (line: string) => void): (bytes: Uint8Array) => void {
  let rest = ''
  return (bytes) => {
    const parts = (rest + Buffer.from(bytes).toString()).split('\n')
    rest = parts.pop() ?? ''
    parts.forEach((part) => take(part))
  }
}
