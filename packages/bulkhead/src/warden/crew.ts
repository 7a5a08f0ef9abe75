import type { NodeId } from '@bulkhead/core'
import type { FromCrew, ToCrew } from '../crew/crew-control.ts'
import type { Outlets } from '../output/outlet.ts'
import type { OutputStream } from '../output/output-ring.ts'
import { CrewThreadBody } from './crew-thread-body.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEnd, CrewOfBody } from './node-body.ts'
import type { ProcessBody } from './process-body.ts'
import type { SpareBody } from './spares.ts'
import type { Judgement } from './stuck.ts'

export type CrewProcess = ProcessBody<ToCrew, FromCrew>

/** Bytes that are taken before that is told: a small part of what may be on its way. */
const tellBytes = 16 * 1024

export interface CrewOptions {
  /** The failure domain that its threads share. */
  readonly domain: string
  readonly process: SpareBody<CrewProcess, FromCrew>
  readonly outlets: Outlets
  /** The only actor of the crew, when there is just one on all of its nodes: it is to blame for the end of all. */
  readonly sole: (nodes: readonly NodeId[]) => { readonly node: NodeId; readonly serial: number } | undefined
  /** Nobody lives in it, now. */
  readonly vacant: () => void
  /** Its OS process has ended, and everybody on it is told. */
  readonly gone: () => void
}

/** Thread nodes that share an OS process behind a wall of its own: when that ends, all of them end with it, and nothing else does. */
export class Crew implements CrewOfBody {
  readonly #options: CrewOptions
  readonly #process: CrewProcess
  readonly #members = new Map<NodeId, CrewThreadBody>()
  /** Bytes that were taken of what its threads printed, and not told yet. */
  readonly #taken = { stdout: 0, stderr: 0 }
  #isCutOff = false

  constructor(options: CrewOptions) {
    this.#options = options
    const { body, events } = options.process
    this.#process = body
    events.message = (news) => this.#take(news)
    events.ended = (end, gone) => this.#onEnd(end, gone)
  }

  get domain(): string {
    return this.#options.domain
  }

  get osProcess(): number {
    return this.#process.osProcess
  }

  get isOver(): boolean {
    return this.#isCutOff || this.#process.isOver
  }

  /** Nobody lives in it, though a thread that was cut off may still run a native call. */
  get isVacant(): boolean {
    return [...this.#members.values()].every(({ isEnding }) => isEnding)
  }

  /** Ends it, when nobody lives in it. */
  leave(): void {
    if (this.#members.size === 0) this.post({ type: 'leave' })
    else this.kill()
  }

  /** The body of a node in a thread of this crew. Throws when that has ended. */
  launch(node: NodeId, profile: LaunchProfile): SpareBody {
    if (this.isOver) throw new Error(`the crew in OS process ${this.osProcess} has ended`)
    const body = new CrewThreadBody(this, node, this.#options.outlets)
    this.#members.set(node, body)
    this.post({ type: 'launch', node, profile })
    return { body, events: body.events }
  }

  link(one: NodeId, other: NodeId): void {
    this.post({ type: 'link', one, other })
  }

  post(message: ToCrew): void {
    this.#process.post(message)
  }

  /** Looks at the OS process, once a round: on behalf of the first of its threads. */
  look(node: NodeId): Judgement {
    const [first] = [...this.#members].find(([, { isEnding }]) => !isEnding) ?? []
    if (node !== first || this.isOver) return { state: 'idle' }
    const judgement = this.#process.look()
    if (judgement.state !== 'stuck') return judgement
    this.#onEnd({ cause: 'stuck', forMs: judgement.forMs }, false)
    this.kill()
    return { state: 'idle' }
  }

  /** Ends one of its threads at once. */
  end(node: NodeId): void {
    this.post({ type: 'kill', node })
    this.#tellVacant()
  }

  /** Ends it at once. */
  kill(): void {
    this.#process.kill()
  }

  #take(news: FromCrew): void {
    const body = news.node === undefined ? undefined : this.#members.get(news.node)
    if (news.type === 'ended') {
      if (news.gone) this.#members.delete(news.node)
      body?.end(news.end, news.gone, news.silentMs)
      return this.#tellVacant()
    }
    if (body !== undefined) body.hear(news)
    if (news.type === 'printed') this.#took(news.stream, news.text.length)
  }

  #tellVacant(): void {
    if (this.isVacant) this.#options.vacant()
  }

  /** Its threads wait with printing for as long as the reader is behind. */
  #took(stream: OutputStream, bytes: number): void {
    const before = this.#taken[stream]
    this.#taken[stream] += bytes
    if (before >= tellBytes || this.#taken[stream] < tellBytes) return
    this.#options.outlets[stream].whenReady(() => {
      this.post({ type: 'took', stream, bytes: this.#taken[stream] })
      this.#taken[stream] = 0
    })
  }

  /** All its nodes end in one go, before anything else is answered. */
  #onEnd(end: BodyEnd, gone: boolean): void {
    const { domain } = this
    const sole = this.#isCutOff ? undefined : this.#options.sole([...this.#members.keys()])
    this.#isCutOff = true
    const output = this.#process.output.lastLines
    const shared = { ...end, domain, output: [...output] }
    for (const [node, body] of [...this.#members]) {
      if (gone) this.#members.delete(node)
      body.end({ ...shared, culprit: sole?.node === node ? sole.serial : 'unknown' }, gone)
    }
    if (gone) this.#options.gone()
  }
}
