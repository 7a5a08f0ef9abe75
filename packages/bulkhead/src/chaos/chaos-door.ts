import { BulkheadError, checkBehaviour, CallFailed, InvalidOption, isPid, nodeOf, serialOf } from '@bulkhead/core'
import type { ActorRef, Args, Behaviour, NodeId, Pid } from '@bulkhead/core'
import type { FromRoot } from '../control.ts'
import type { Hurt, HurtAnswer } from './hurt.ts'

/** What hurts a system from within, for `@bulkhead/chaos` and the like. It exists only where `start` was given `chaos: true`. */
export interface ChaosDoor {
  /**
   * Has an actor run the function of a `defineActor` between two of its messages, wherever it lives: what the function throws, spends or ends
   * counts as the actor's own doing. Its name is the name of the handler. The arguments are copied. Resolves when the function is done; rejects
   * with `CallFailed` when there is no such actor, with `chaos_refused` when its node cannot do it, or when that ends before. It never settles
   * when the actor alone ends before: monitor it.
   */
  intrude<A extends Args>(actor: ActorRef | Pid | string, code: Behaviour<A>, args: NoInfer<A>): Promise<void>
  /**
   * Makes the frames from one node to another late for a while, one way, now and on a connection that opens meanwhile. Resolves when that is in
   * force. What disturbed the same two nodes in the same direction before is over at once. Rejects with `chaos_refused` when the node has ended.
   */
  disturb(disturbance: Disturbance): Promise<Disturbed>
}

export interface Disturbance {
  readonly from: NodeId
  readonly to: NodeId
  /** Milliseconds that each frame is late; Infinity, a cut: none leaves before it is over. 0 calms what disturbs the two. */
  readonly delayMs: number
  /** Milliseconds until it is over. */
  readonly forMs: number
}

/** A disturbance that is in force. */
export interface Disturbed {
  /** Resolves when it is over, with what was kept back and has left by then. Rejects with `chaos_refused` when the node ends before. */
  readonly over: Promise<HeldFrames>
}

export interface HeldFrames {
  readonly frames: number
  readonly bytes: number
}

interface Request {
  readonly node: NodeId
  readonly begun: () => void
  readonly resolve: (held: HeldFrames) => void
  readonly reject: (error: Error) => void
}

export interface ChaosDoorOptions {
  readonly post: (message: FromRoot) => void
  readonly named: (name: string) => Pid | undefined
}

export class OpenChaosDoor implements ChaosDoor {
  readonly #options: ChaosDoorOptions
  readonly #requests = new Map<number, Request>()
  #count = 0

  constructor(options: ChaosDoorOptions) {
    this.#options = options
  }

  async intrude<A extends Args>(actor: ActorRef | Pid | string, code: Behaviour<A>, args: NoInfer<A>): Promise<void> {
    checkBehaviour(code)
    const pid = this.#pidOf(actor)
    if (pid === undefined) throw new CallFailed(shownAs(actor), code.name, 'noproc')
    const { url, key, name } = code
    await this.#ask(nodeOf(pid), {
      kind: 'intrude',
      serial: serialOf(pid),
      code: { url, key, name },
      args: [...args],
    })
  }

  async disturb({ from, to, delayMs, forMs }: Disturbance): Promise<Disturbed> {
    checkMs('delayMs', delayMs)
    checkMs('forMs', forMs)
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const over = this.#ask(from, { kind: 'disturb', peer: to, delayMs, forMs }, resolve)
    over.catch(() => {}) // whoever does not wait for it need not hear of the node's end
    await Promise.race([begun, over])
    return { over }
  }

  /** A node has answered. */
  answered(answer: HurtAnswer): void {
    const request = this.#requests.get(answer.request)
    if (answer.type === 'hurt_begun') return request?.begun()
    this.#requests.delete(answer.request)
    if (answer.type === 'hurt_done') request?.resolve(answer.held ?? { frames: 0, bytes: 0 })
    else request?.reject(new BulkheadError('chaos_refused', `the node cannot be hurt so: ${answer.why}`))
  }

  /** It answers no more. */
  nodeEnded(node: NodeId): void {
    for (const [id, request] of this.#requests) {
      if (request.node !== node) continue
      this.#requests.delete(id)
      request.reject(new BulkheadError('chaos_refused', `node ${node} has ended`))
    }
  }

  #pidOf(actor: ActorRef | Pid | string): Pid | undefined {
    if (typeof actor !== 'string') return actor.pid
    return isPid(actor) ? actor : this.#options.named(actor)
  }

  #ask(node: NodeId, hurt: Hurt, begun: () => void = () => {}): Promise<HeldFrames> {
    const request = ++this.#count
    return new Promise((resolve, reject) => {
      this.#requests.set(request, { node, begun, resolve, reject })
      this.#options.post({ type: 'hurt_node', request, node, hurt })
    })
  }
}

function shownAs(actor: ActorRef | Pid | string): string {
  return typeof actor === 'string' ? actor : (actor.registeredName ?? 'nobody')
}

function checkMs(field: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && (value < 2 ** 31 || value === Infinity)) return
  throw new InvalidOption(field, value, 'use milliseconds, 0 or more, or Infinity')
}
