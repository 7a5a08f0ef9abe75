import { Response } from '../actor/notices.ts'
import type { Outcome } from '../actor/notices.ts'
import { InvalidOption } from '../errors.ts'
import { nextResponse, RequestId } from './request-id.ts'
import type { Labelled, NoReply, NoRequest, OneResponse, WaitTime } from './request-id.ts'

/**
 * Several requests, each with a label of your own, whose responses are taken as they come: with `receiveResponse`, `waitResponse` and
 * `checkResponse`. OTP: the collection of `gen_server:reqids_new/0`, here one that changes.
 */
export class RequestIds<R = unknown, L = unknown> {
  readonly #ids = new Map<number, Labelled<R, L>>()

  /** OTP: `reqids_add/3`. Throws `InvalidOption` for a request that is there already, or is another actor's. */
  add(id: RequestId<R>, label: L): this {
    const owner = RequestId.ownerOf(id)
    if (this.#ids.has(id.ref)) throw new InvalidOption('id', id, 'it is in this collection already')
    const [first] = this.#ids.values()
    if (first !== undefined && RequestId.ownerOf(first.id) !== owner)
      throw new InvalidOption('id', id, 'another actor has sent it, and only that one gets the response')
    this.#ids.set(id.ref, { id, label })
    return this
  }

  /** OTP: `reqids_size/1`. */
  get size(): number {
    return this.#ids.size
  }

  /** In the order in which they were added. OTP: `reqids_to_list/1`. */
  list(): Labelled<R, L>[] {
    return [...this.#ids.values()]
  }

  /** The next response to one of them: what `waitResponse` gives. */
  async take(time: WaitTime, deletes: boolean): Promise<OneResponse<R, L>> {
    const [first] = this.#ids.values()
    if (first === undefined) return { kind: 'no_request' }
    const oldest = Math.min(...this.#ids.keys())
    const response = await nextResponse(RequestId.ownerOf(first.id), oldest, (ref) => this.#ids.has(ref), time)
    return response === undefined ? { kind: 'timeout' } : this.#told(response, deletes)
  }

  /** What `checkResponse` gives. */
  check(message: unknown, deletes: boolean): (Outcome<R> & Labelled<R, L>) | NoReply | NoRequest {
    if (this.#ids.size === 0) return { kind: 'no_request' }
    return message instanceof Response && this.#ids.has(message.ref)
      ? this.#told(message, deletes)
      : { kind: 'no_reply' }
  }

  #told({ ref, outcome }: Response, deletes: boolean): Outcome<R> & Labelled<R, L> {
    const found = this.#ids.get(ref) as Labelled<R, L>
    if (deletes) this.#ids.delete(ref)
    return { ...(outcome as Outcome<R>), ...found }
  }
}
