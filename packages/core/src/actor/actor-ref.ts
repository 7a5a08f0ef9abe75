import { ActorExited, InvalidOption } from '../errors.ts'
import { call, CALL_TIMEOUT_MS, checkTimeout } from '../messaging/call.ts'
import { requestBody } from '../messaging/request-body.ts'
import { sendRequest } from '../messaging/request-id.ts'
import { sendMail } from '../node/deliver.ts'
import type { ActorRef } from './behaviour.ts'
import type { Cell } from './cell.ts'
import { methodsClass } from './methods.ts'
import type { Pid } from './pid.ts'

/** Where a reference points: one actor, or whoever holds a name when it is used. */
export type Target = { readonly pid: Pid } | { readonly name: string }

/** See `ActorRef`. Calls and casts go out in the name of `sender`. */
export class BoundRef implements ActorRef<unknown> {
  readonly #sender: Cell
  /** One of the two. */
  readonly #pid: Pid | undefined
  readonly #name: string | undefined
  readonly #timeoutMs: number
  #call: object | undefined
  #cast: object | undefined
  #sendRequest: object | undefined

  constructor(sender: Cell, target: Target, timeoutMs = CALL_TIMEOUT_MS) {
    this.#sender = sender
    this.#pid = 'pid' in target ? target.pid : undefined
    this.#name = 'name' in target ? target.name : undefined
    this.#timeoutMs = timeoutMs
  }

  get pid(): Pid | undefined {
    return this.#name === undefined ? this.#pid : this.#sender.kernel.names.whereis(this.#name)
  }

  get registeredName(): string | undefined {
    return this.#name
  }

  toString(): string {
    return `ActorRef(${this.#address})`
  }

  /** What Node.js's `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  get #address(): string {
    return this.#name ?? (this.#pid as Pid)
  }

  get call(): object {
    return (this.#call ??= new Calls(this))
  }

  get cast(): object {
    return (this.#cast ??= new Casts(this))
  }

  get sendRequest(): object {
    return (this.#sendRequest ??= new Requests(this))
  }

  within(ms: number): ActorRef<unknown> {
    checkTimeout('within', ms)
    return new BoundRef(this.#sender, BoundRef.targetOf(this), ms)
  }

  static callOf(ref: BoundRef, name: string, args: readonly unknown[]): unknown {
    return call(ref.#sender, ref, name, args, ref.#timeoutMs)
  }

  static castOf(ref: BoundRef, name: string, args: readonly unknown[]): unknown {
    if (ref.#sender.dead) throw new ActorExited(ref.#sender.pid)
    return sendMail(ref.#sender, 'cast', ref, requestBody(name, args), 0)
  }

  static requestOf(ref: BoundRef, name: string, args: readonly unknown[]): unknown {
    return sendRequest(ref.#sender, ref.#address, name, args)
  }

  static targetOf(ref: BoundRef): Target {
    return ref.#name === undefined ? { pid: ref.#pid as Pid } : { name: ref.#name }
  }

  static timeoutOf(ref: BoundRef): number {
    return ref.#timeoutMs
  }

  /** The actor in whose name it is used. Throws `InvalidOption` for what is no reference. */
  static senderOf(ref: unknown): { readonly sender: Cell; readonly address: Pid | string; readonly timeoutMs: number } {
    if (typeof ref !== 'object' || ref === null || !(#sender in ref))
      throw new InvalidOption('ref', ref, 'give a reference, such as self.ref(Behaviour, pid)')
    return { sender: ref.#sender, address: ref.#address, timeoutMs: ref.#timeoutMs }
  }
}

/** What `ref.call`, `ref.cast` and `ref.sendRequest` are: objects with any method, each made when it is first used. */
const Calls = methodsClass<BoundRef>(BoundRef.callOf)
const Casts = methodsClass<BoundRef>(BoundRef.castOf)
const Requests = methodsClass<BoundRef>(BoundRef.requestOf)
