import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { Confinement, NodeId } from '@bulkhead/core'
import type { PausableConnection } from '@bulkhead/transport-process'
import type { Orders, ToNode } from '../control.ts'
import type { ErrorParts } from '../error-parts.ts'
import { partsOf } from '../error-parts.ts'
import { hasClosed, lastInChain, ProcessProbe, ThreadProbe } from '../linux/proc.ts'
import { sharedNow } from '../nodejs/shared-now.ts'
import { ordersField } from '../orders.ts'
import type { Outlets } from '../output/outlet.ts'
import { TaggedOutput } from '../output/tagged-output.ts'
import { AbortSign } from '../sandbox/abort-sign.ts'
import { PacedOutput } from '../sandbox/paced-output.ts'
import { startSandbox } from '../sandbox/start-sandbox.ts'
import type { SandboxProcess } from '../sandbox/start-sandbox.ts'
import { piece, PieceReader, wordOf } from '../sandbox/wire.ts'
import type { PieceKind } from '../sandbox/wire.ts'
import { readWord, verdictFor } from '../sandbox/words.ts'
import type { FromSandbox, ToSandbox } from '../sandbox/words.ts'
import type { ChildTable } from './child-table.ts'
import { isOutOfMemory, killGroup, whenHeardOut } from './ended-process.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEnd, BodyEvents, NodeBody } from './node-body.ts'
import { NodeWatch } from './node-watch.ts'
import { lookBusyMs } from './stuck.ts'
import type { Judgement } from './stuck.ts'
import { Switchboard } from './switchboard.ts'

/** Milliseconds that an OS process gets to end which has closed its connection. */
const cutOffMs = 1_000

/** The descriptor of its connection, see `startSandbox`. */
const controlDescriptor = 3

export interface SandboxBodyOptions {
  readonly profile: LaunchProfile
  readonly confinement: Confinement
  /** The words that start it; see `commandOf`. */
  readonly command: readonly string[]
  /** It is process 1 of a namespace of its own. */
  readonly isProcess1: boolean
  readonly children: ChildTable
  readonly outlets: Outlets
  /** The node needs a connection with that one. */
  readonly reach: (peer: NodeId) => void
}

/**
 * An OS process in a sandbox. Its one connection ends here: what it says is believed only as far as nobody else could know better, and its frames are policed. It is
 * watched from here alone, for nothing in it can be trusted to watch.
 */
export class SandboxBody implements NodeBody {
  readonly kind = 'process'
  readonly vitals = undefined
  readonly output: TaggedOutput
  readonly #options: SandboxBodyOptions
  readonly #events: BodyEvents
  readonly #process: SandboxProcess
  readonly #paced: PacedOutput
  readonly #abortSign = new AbortSign()
  readonly #reader: PieceReader
  readonly #watch: NodeWatch
  /** What it shows of itself is only whether its loop turns. */
  readonly #signs = this.#newSigns()
  #node: NodeId = 0
  #switchboard: Switchboard | undefined
  #osProcess: number
  /** The last of those that start each other; only this one runs what is foreign. */
  #own: number
  #probe: ProcessProbe
  #thread: ThreadProbe
  /** Number of the ping that it has not answered, and the word that proves that it has read it. */
  #asked: { readonly ping: number; readonly proof: number } | undefined
  #failure: ErrorParts | undefined
  #heardAt = sharedNow()
  #rssBytes = 0
  #isStopping = false
  /** Nothing comes from it any more. */
  #isUnheard = false
  #isOver = false
  #isReported = false
  /** Words that are said once. */
  readonly #said = new Set<string>()

  constructor(options: SandboxBodyOptions, events: BodyEvents) {
    const { confinement, command, isProcess1, children, outlets } = options
    const { frameBytes, framesPerSecond, bytesPerSecond, env, outputBytesPerSecond } = confinement
    this.#options = options
    this.#events = events
    this.output = new TaggedOutput(outlets, 'sandbox')
    const orders: Orders = {
      role: 'sandbox',
      orders: { frameBytes, grant: { frames: framesPerSecond, bytes: bytesPerSecond } },
    }
    this.#process = startSandbox(command, {
      ...(env as NodeJS.ProcessEnv),
      [ordersField]: JSON.stringify(orders),
    })
    const { child, control, stdout, stderr } = this.#process
    this.#osProcess = this.#own = child.pid ?? 0
    this.#probe = new ProcessProbe(this.#osProcess)
    this.#thread = new ThreadProbe(this.#osProcess, this.#osProcess)
    children.add(this.#osProcess)
    this.#paced = new PacedOutput(this.output, outlets, outputBytesPerSecond, { stdout, stderr })
    this.#reader = new PieceReader(frameBytes, (...taken) => this.#takePiece(...taken))
    this.#watch = this.#newWatch()
    control.on('data', (chunk: Uint8Array) => this.#onData(chunk))
    // `close` without `end` comes when it had not read all: then it is an error of reading.
    for (const over of ['end', 'close']) control.once(over, () => this.#onUnheard())
    control.on('drain', () => this.#switchboard?.caughtUp())
    stdout.on('data', (text: Uint8Array) => this.#paced.take('stdout', text))
    stderr.on('data', (text: Uint8Array) => {
      if (isProcess1) this.#abortSign.take(text)
      this.#paced.take('stderr', text)
    })
    child.on('error', (error) => this.#endedNever(error))
    child.on('exit', (code, signal) => this.#onExit(code, signal))
  }

  get osProcess(): number {
    return this.#osProcess
  }

  post(message: ToNode): void {
    switch (message.type) {
      case 'become':
        return this.#become(message)
      case 'down': {
        const isKnown = this.#switchboard?.down(message.peer, message.verdict) === true
        if (isKnown) this.#say({ ...message, verdict: verdictFor(message.verdict) })
        return
      }
      case 'stop':
        this.#isStopping = true
        return this.#say(message)
      case 'snapshot':
        return this.#say(message)
      default: // it asks for nothing, so nothing is an answer
    }
  }

  carry(peer: NodeId, connection: PausableConnection): void {
    if (this.#switchboard === undefined) connection.cut()
    else this.#switchboard.carry(peer, connection)
  }

  watch(limitMs: number): void {
    this.#watch.limit(limitMs)
  }

  learnHandler(): void {}

  look(): Judgement {
    if (this.#isOver || this.#osProcess === 0) return { state: 'idle' }
    const { rssMb } = this.#options.profile
    this.#rssBytes = this.#probe.residentBytes() ?? this.#rssBytes
    if (rssMb !== undefined && this.#rssBytes > rssMb * 2 ** 20)
      this.#endFor({ cause: 'out_of_memory', limitMb: rssMb, limitField: 'rssMb', heapBytes: this.#rssBytes })
    if (this.#isUnheard) return { state: 'busy', nextLookMs: lookBusyMs }
    const judgement = this.#watch.look()
    // Whoever is before it in the chain holds the connection open, so that its end is not seen when it happens.
    if (judgement.state === 'stuck' && hasClosed(this.#own, controlDescriptor) === true)
      this.#violated('it closed its connection')
    else if (judgement.state === 'stuck') return judgement
    return { state: 'busy', nextLookMs: judgement.state === 'busy' ? judgement.nextLookMs : lookBusyMs }
  }

  activeMs(): number | undefined {
    return this.#probe.cpuMs()
  }

  get silentMs(): number {
    return Math.round(sharedNow() - this.#heardAt)
  }

  kill(): void {
    if (!this.#isOver) killGroup(this.#process.child)
  }

  #newSigns() {
    const isLoading = (): boolean => this.#switchboard?.police.isStarting === true
    const waitedMs = (): number => this.#paced.waitedMs
    return {
      turn: 0,
      turnAt: 0,
      pong: 0,
      pongAt: 0,
      loadedAt: 0,
      handler: 0,
      get isLoading() {
        return isLoading()
      },
      get waitedMs() {
        return waitedMs()
      },
    }
  }

  #newWatch(): NodeWatch {
    return new NodeWatch({
      vitals: this.#signs,
      probe: () => this.#thread,
      ping: (ping) => {
        this.#asked = { ping, proof: randomInt(2 ** 47) }
        this.#say({ type: 'ping', ping: this.#asked.proof })
      },
      exempt: () => false,
    })
  }

  #become({ birth }: Extract<ToNode, { type: 'become' }>): void {
    const { system, id } = birth
    this.#node = id
    this.#switchboard = new Switchboard({
      system,
      id,
      confinement: this.#options.confinement,
      write: (bytes) => this.#write(bytes),
      reach: this.#options.reach,
      granted: (grant) => this.#say({ type: 'granted', ...grant }),
    })
    this.#say({ type: 'become', birth: { ...birth, overrides: {}, isInspectable: false, chaos: false } })
  }

  #say(word: ToSandbox): void {
    this.#write(wordOf(word))
  }

  /** Returns how many bytes wait for the sandbox. */
  #write(bytes: Uint8Array): number {
    const { control } = this.#process
    if (!control.destroyed && !control.writableEnded) control.write(bytes)
    return control.writableLength
  }

  // ---- what it says

  #onData(chunk: Uint8Array): void {
    if (this.#isReported) return
    this.#heardAt = sharedNow()
    const broken = this.#reader.read(chunk)
    if (broken !== undefined) this.#violated(broken)
  }

  #takePiece(kind: PieceKind, peer: NodeId, segment: Uint8Array, start: number, end: number): boolean {
    let broken: string | undefined
    try {
      broken = this.#broken(kind, peer, segment, start, end)
    } catch (error) {
      // Whatever it has found, it does not take its warden down.
      broken = `what it said raised an error: ${String(error)}`
    }
    if (broken !== undefined) this.#violated(broken)
    return !this.#isReported
  }

  #broken(kind: PieceKind, peer: NodeId, segment: Uint8Array, start: number, end: number): string | undefined {
    const switchboard = this.#switchboard
    const tooMuch = switchboard?.count(end - start)
    if (tooMuch !== undefined) return tooMuch
    if (kind === piece.word) return this.#takeWord(segment.subarray(start, end))
    if (switchboard === undefined) return 'a frame before it is a node'
    if (kind === piece.frame) return switchboard.fromSandbox(peer, segment, start, end)
    switchboard.closedBySandbox(peer)
    return undefined
  }

  #takeWord(bytes: Uint8Array): string | undefined {
    const word = readWord(bytes, this.#switchboard?.police.actors ?? new Map())
    if (word === undefined) return 'a word that no sandbox may say'
    if (!this.#isRepeated(word)) this.#take(word)
    return undefined
  }

  /** That it has started, that it is a node, that its actor has crashed: it says that once, and whoever says it again wants something else. */
  #isRepeated(word: FromSandbox): boolean {
    if (word.type !== 'started' && word.type !== 'up' && word.type !== 'crashed') return false
    const said = word.type === 'crashed' ? `crashed ${word.news.pid}` : word.type
    if (this.#said.has(said)) return true
    this.#said.add(said)
    return false
  }

  #take(word: FromSandbox): void {
    switch (word.type) {
      case 'started':
        return this.#onStarted()
      case 'pong':
        if (word.ping !== this.#asked?.proof) return
        this.#signs.pong = this.#asked.ping
        this.#signs.pongAt = sharedNow()
        this.#asked = undefined
        return
      case 'failing':
        this.#failure = word.error
        return
      case 'stopped':
        if (this.#isStopping) this.#events.message(word)
        return
      case 'log':
        if (this.#paced.admits(word.record.text.length)) this.#events.message(word)
        return
      case 'snapshot':
        return this.#events.message({ ...word, snapshot: { ...word.snapshot, node: this.#node } })
      default:
        this.#events.message(word)
    }
  }

  /** Its Node.js runs, and nothing of the actor's yet. */
  #onStarted(): void {
    this.#process.removeFolder()
    const own = lastInChain(this.#osProcess)
    this.#own = own
    for (const probe of [this.#probe, this.#thread]) probe.close()
    this.#probe = new ProcessProbe(own)
    this.#thread = new ThreadProbe(own, own)
    try {
      writeFileSync(`/proc/${own}/oom_score_adj`, '1000') // when memory runs out, it goes first
    } catch {
      // not here
    }
  }

  // ---- its end

  /** Its connection is closed: its end follows, or is brought about. It answers nothing meanwhile, and cannot. */
  #onUnheard(): void {
    if (this.#isUnheard) return
    this.#isUnheard = true
    setTimeout(() => this.#cutOff(), cutOffMs)
  }

  /** It runs on without its connection. */
  #cutOff(): void {
    if (!this.#isOver && !this.#isReported) this.#violated('it closed its connection')
  }

  #violated(rule: string): void {
    this.#switchboard?.end('at once')
    this.#endFor({ cause: 'protocol_violation', rule })
  }

  /** Reports an end that is not there yet, and brings it about. */
  #endFor(end: BodyEnd): void {
    this.#report(end, false)
    this.kill()
  }

  #report(end: BodyEnd, gone: boolean): void {
    if (this.#isReported && !gone) return
    this.#isReported = true
    const culprit = [...(this.#switchboard?.police.actors.keys() ?? [])].at(-1) // there is one at most
    this.#events.ended({ ...end, ...(culprit !== undefined && { culprit }) }, gone)
  }

  #endedNever(error: Error): void {
    this.#isOver = true
    this.#process.removeFolder()
    this.#report({ cause: 'error', error: partsOf(error) }, true)
  }

  #onExit(code: number | null, signal: string | null): void {
    this.kill() // who is behind it in the chain
    this.#isOver = true
    this.#probe.close()
    this.#thread.close()
    this.#options.children.remove(this.#osProcess)
    this.#process.removeFolder()
    this.#paced.end()
    const { control, stdout, stderr } = this.#process
    whenHeardOut([control, stdout, stderr], () => {
      this.output.end()
      this.#switchboard?.end('in order')
      this.#report(this.#endOf(code, signal), true)
    })
  }

  #endOf(code: number | null, waited: string | null): BodyEnd {
    const signal = waited === null ? null : this.#abortSign.signalOf(waited)
    const heapBytes = this.#rssBytes === 0 ? {} : { heapBytes: this.#rssBytes }
    const { heapMb } = this.#options.profile
    if (signal !== null) {
      if (signal === 'SIGKILL' || !isOutOfMemory(this.output.fatalLine))
        return { cause: 'signaled', signal, ...heapBytes }
      return {
        cause: 'out_of_memory',
        signal,
        ...heapBytes,
        ...(heapMb !== undefined && { limitMb: heapMb, limitField: 'heapMb' as const }),
      }
    }
    if (this.#failure === undefined || code === 0) return { cause: 'exited', code: code ?? 1 }
    return { cause: 'error', code: code ?? 1, error: this.#failure }
  }
}
