import { type ActorSelf, Exit, match, P, type Stop, stop, Timeout } from '@bulkhead/core'
import type { Supervision, Verdict } from './supervision.ts'

/**
 * What a supervisor does with a message that is no request: the EXIT of a child, the time of a restart. Anything else is reported and
 * stops nothing. OTP: `supervisor:handle_info/2`.
 */
export async function takeNotice(
  self: ActorSelf,
  supervision: Supervision,
  message: unknown,
): Promise<Stop | undefined> {
  const verdict = await match(message)
    .with(P.instanceOf(Exit), (exit) => supervision.exited(exit))
    .with(P.instanceOf(Timeout), (timeout) => supervision.timedOut(timeout))
    .otherwise((): Verdict => {
      self.report('error', 'the supervisor got an unexpected message', message)
      return 'go_on'
    })
  return verdict === 'shutdown' ? stop('shutdown') : undefined
}
