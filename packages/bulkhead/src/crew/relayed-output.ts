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

  constructor(channel: Pick<ControlChannel<FromCrew, ToCrew>, 'post'>) {
    this.#channel = channel
  }

  take(stream: OutputStream, text: Uint8Array, actor?: string): void {
    this.#channel.post({ type: 'printed', node: this.node, stream, text, actor })
  }

  lose(stream: OutputStream, lines: number): void {
    if (lines > 0) this.#channel.post({ type: 'lost', node: this.node, stream, lines })
  }

  end(): void {} // the warden hears of the thread's end, behind all of this
}

/** How far the reader of one of the program's streams is behind, as the warden says. */
export class RelayedBacklog implements Backlog {
  #isBehind = false
  #whenReady: (() => void)[] = []

  get isBehind(): boolean {
    return this.#isBehind
  }

  set isBehind(value: boolean) {
    this.#isBehind = value
    if (!value) for (const then of this.#whenReady.splice(0)) then()
  }

  whenReady(then: () => void): void {
    if (this.#isBehind) this.#whenReady.push(then)
    else then()
  }
}
