import { reasonOfThrown } from '../actor/exit-reason.ts'
import { Cell } from '../actor/cell.ts'
import { ROOT } from '../actor/pid.ts'
import { ActorProgram } from '../actor/define-actor.ts'
import { selfOf } from '../actor/own-self.ts'
import { InvalidOption } from '../errors.ts'
import '../messaging/extensions.ts'
import type { Args } from '../actor/behaviour.ts'
import type { NodeId } from '../actor/pid.ts'
import type { Connection } from '../messaging/connection.ts'
import type { ActorSelf } from '../actor/self.ts'
import type { ExitReason } from '../actor/exit-reason.ts'
import type { NodeSnapshot, Verdict } from './host.ts'
import { intrude } from './intrude.ts'
import type { IntrudingCode } from './intrude.ts'
import { Kernel } from './kernel.ts'
import type { Node, NodeOptions } from './node-options.ts'
import { snapshot } from './snapshot.ts'

/** Makes a node: an event loop's worth of actors. Throws `InvalidOption`. */
export function createNode(options: NodeOptions): Node {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(options.system))
    throw new InvalidOption('system', options.system, 'give 1 to 64 of A-Z a-z 0-9 _ -')
  if (!Number.isSafeInteger(options.id) || options.id < 1)
    throw new InvalidOption('id', options.id, 'give a whole number from 1 (the root)')
  return new LocalNode(new Kernel(options))
}

export class LocalNode implements Node {
  readonly #kernel: Kernel
  readonly main: ActorSelf

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    const serial = kernel.nextSerial()
    kernel.main = new Cell(kernel, serial, kernel.pidOf(serial), new ActorProgram(() => undefined), {
      behaviour: 'main',
      type: 'worker',
      parent: undefined,
      path: '',
      restarts: 0,
      supervised: false,
      placement: undefined,
      limits: undefined,
    })
    kernel.main.status = 'alive'
    kernel.main.trapExit = true
    kernel.cells.set(serial, kernel.main)
    this.main = selfOf(kernel.main)
    // Names come from the root: the way there is opened before anybody needs it.
    if (kernel.id !== ROOT) kernel.remote(ROOT)
  }

  get id(): NodeId {
    return this.#kernel.id
  }

  get system(): string {
    return this.#kernel.system
  }

  connected(peer: NodeId, connection: Connection): void {
    const kernel = this.#kernel
    if (kernel.stopped || kernel.ended.has(peer)) connection.cut()
    else kernel.expected(peer).connected(connection)
  }

  down(peer: NodeId, verdict: Verdict): void {
    if (!this.#kernel.stopped) this.#kernel.nodeDown(peer, verdict)
  }

  crash(serial: number, error: unknown): boolean {
    const cell = this.#kernel.cells.get(serial)
    if (cell === undefined || cell.dead || cell === this.#kernel.main) return false
    this.#kernel.exit(cell, reasonOfThrown(error))
    return true
  }

  pathOf(serial: number): string | undefined {
    return this.#kernel.cells.get(serial)?.path
  }

  intrude(serial: number, code: IntrudingCode, args: Args): Promise<void> {
    return intrude(this.#kernel, serial, code, args)
  }

  snapshot(): NodeSnapshot {
    return snapshot(this.#kernel)
  }

  stop(reason: ExitReason): void {
    const kernel = this.#kernel
    if (kernel.stopped) return
    for (const cell of kernel.cells.values().reverse()) kernel.exit(cell, reason)
    kernel.stopped = true
    kernel.exit(kernel.main, reason)
    kernel.timers.clear()
    for (const remote of kernel.remotes.values()) remote.close()
    kernel.remotes.clear()
  }
}
