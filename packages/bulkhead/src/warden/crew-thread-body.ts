import type { NodeId } from '@bulkhead/core'
import type { FromCrew } from '../crew/crew-control.ts'
import type { ToNode } from '../control.ts'
import { ThreadProbe } from '../linux/proc.ts'
import { sharedNow } from '../nodejs/shared-now.ts'
import type { Outlets } from '../output/outlet.ts'
import { TaggedOutput } from '../output/tagged-output.ts'
import type { Crew } from './crew.ts'
import type { BodyEnd, NodeBody } from './node-body.ts'
import type { SpareBody } from './spares.ts'
import type { Judgement } from './stuck.ts'

/** A worker thread of a crew, as the warden of the root's OS process sees it: watched there, and reached through its main thread. */
export class CrewThreadBody implements NodeBody {
  readonly kind = 'thread'
  readonly crew: Crew
  readonly vitals = undefined
  readonly output: TaggedOutput
  readonly events: SpareBody['events']
  readonly #node: NodeId
  #isEnding = false
  #probe = new ThreadProbe(undefined)
  #heardAt = sharedNow()
  #silentMs: number | undefined
  #handlerName: string | undefined

  constructor(crew: Crew, node: NodeId, outlets: Outlets) {
    this.crew = crew
    this.#node = node
    this.output = new TaggedOutput(outlets, this.kind)
    this.events = { message: () => {}, ended: () => {} }
  }

  get osProcess(): number {
    return this.crew.osProcess
  }

  post(message: ToNode): void {
    this.crew.post({ type: 'post', node: this.#node, message })
  }

  /** What the crew says of it. */
  hear(news: Exclude<FromCrew, { type: 'ended' }>): void {
    this.#heardAt = sharedNow()
    switch (news.type) {
      case 'said':
        return this.events.message(news.message)
      case 'runs':
        this.#probe = new ThreadProbe(news.thread, this.osProcess)
        return
      case 'printed':
        return this.output.take(news.stream, news.text, news.actor)
      case 'lost':
        return this.output.lose(news.stream, news.lines)
      case 'runs_handler':
        this.#handlerName = news.handler
    }
  }

  /** It has ended, or was cut off. `silentMs`: since its last sign of life, where the crew could tell. */
  end(end: BodyEnd, gone: boolean, silentMs?: number): void {
    this.#isEnding = true
    this.#silentMs ??= silentMs
    if (gone) {
      this.output.end()
      this.#probe.close()
    }
    this.events.ended(end, gone)
  }

  watch(): void {} // by the main thread of its crew

  learnHandler(): void {}

  look(): Judgement {
    return this.crew.look(this.#node)
  }

  activeMs(): number | undefined {
    return this.#probe.cpuMs()
  }

  get handlerName(): string | undefined {
    return this.#handlerName
  }

  get silentMs(): number {
    return Math.round(this.#silentMs ?? sharedNow() - this.#heardAt)
  }

  /** It is cut off, or is about to be ended. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  kill(): void {
    this.#isEnding = true
    this.crew.end(this.#node)
  }
}
