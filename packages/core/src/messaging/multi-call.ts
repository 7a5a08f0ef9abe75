import type { ActorRef } from '../actor/behaviour.ts'
import { InvalidOption } from '../errors.ts'
import { checkTimeout } from './call.ts'

/** What came of calling several actors. */
export interface MultiCall<P, R> {
  readonly replies: readonly { readonly ref: ActorRef<P>; readonly reply: R }[]
  /** Those that did not reply, each with what its call was rejected with. OTP: `BadNodes`. */
  readonly bad: readonly { readonly ref: ActorRef<P>; readonly error: unknown }[]
}

/**
 * Calls several actors at once and waits for all of them. It never rejects because of one of them, and no late reply is left anywhere. OTP:
 * `gen_server:multi_call/2-4`, which takes nodes and a name; names here are the system's, so it takes references.
 *
 * `timeoutMs`: milliseconds that each call waits. Default Infinity. Throws `InvalidOption`.
 */
export async function multiCall<P, R>(
  refs: readonly ActorRef<P>[],
  call: (ref: ActorRef<P>) => Promise<R>,
  timeoutMs: number = Infinity,
): Promise<MultiCall<P, R>> {
  if (!Array.isArray(refs)) throw new InvalidOption('refs', refs, 'give a list of references')
  if (typeof call !== 'function')
    throw new InvalidOption('call', call, 'give a function such as (ref) => ref.call.total()')
  checkTimeout('timeoutMs', timeoutMs)
  const outcomes = await Promise.all(
    refs.map(async (ref: ActorRef<P>) => {
      try {
        return { ref, reply: await call(ref.within(timeoutMs)) }
      } catch (error) {
        return { ref, error }
      }
    }),
  )
  return {
    replies: outcomes.flatMap((each) => ('reply' in each ? [{ ref: each.ref, reply: each.reply }] : [])),
    bad: outcomes.flatMap((each) => ('reply' in each ? [] : [each])),
  }
}
