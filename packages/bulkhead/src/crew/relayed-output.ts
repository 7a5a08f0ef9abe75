import type { NodeId } from '@bulkhead/core'
import type { ControlChannel } from '../control-channel.ts'
import type { Backlog } from '../output/outlet.ts'
import type { OutputStream } from '../output/output-ring.ts'
import type { ThreadOutput } from '../warden/thread-body.ts'
import type { FromCrew, ToCrew } from './crew-control.ts'

/** What a thread of a crew prints, on its way to the warden, which tags it, keeps its last lines, and prints it. */
export class RelayedOutput implements ThreadOutput {
  /** Undefined while the thread is no node yet. */
  node: NodeId | undefined
  readonly #channel: Pick<ControlChannel<FromCrew, ToCrew>, 'post'>
  readonly #backlogs: Readonly<Record<OutputStream, RelayedBacklog>>

  constructor(
    channel: Pick<ControlChannel<FromCrew, ToCrew>, 'post'>,
    backlogs: Readonly<Record<OutputStream, RelayedBacklog>>,
  ) {
    this.#channel = channel
    this.#backlogs = backlogs
  }

  take(stream: OutputStream, text: Uint8Array, actor?: string): void {
    this.#channel.post({ type: 'printed', node: this.node, stream, text, actor })
    if (this.node !== undefined) this.#backlogs[stream].sent(text.length)
  }

  lose(stream: OutputStream, lines: number): void {
    if (lines > 0) this.#channel.post({ type: 'lost', node: this.node, stream, lines })
  }

  end(): void {} // the warden hears of the thread's end, behind all of this
}

/** Bytes on their way from which on whoever can wait with printing should. */
const fullBytes = 128 * 1024

/** What of one stream is on its way to the warden, which says what it took as soon as the program's own reader has room. */
export class RelayedBacklog implements Backlog {
  #bytes = 0
  #whenReady: (() => void)[] = []

  get isBehind(): boolean {
    return this.#bytes >= fullBytes
  }

  whenReady(then: () => void): void {
    if (this.isBehind) this.#whenReady.push(then)
    else then()
  }

  sent(bytes: number): void {
    this.#bytes += bytes
  }

  took(bytes: number): void {
    this.#bytes -= bytes
    if (!this.isBehind) for (const then of this.#whenReady.splice(0)) then()
  }
}
