import { isPid, type Pid, type Refusal, refuse, StartFailed } from '@bulkhead/core'
import type { AutoShutdown } from './auto-shutdown.ts'
import { ChildError } from './child-error.ts'
import { checkChildSpec, checkSignificance, type ChildSpec } from './child-spec.ts'
import type { Child } from './child-table.ts'
import type { Start } from './start.ts'

/** A spec that came with a request, checked: one that is wrong fails its sender only. */
export function checkedOrRefused(given: unknown, autoShutdown: AutoShutdown): ChildSpec | Refusal {
  try {
    return checkSignificance(checkChildSpec(given), autoShutdown)
  } catch (error) {
    return refuse(error)
  }
}

/**
 * The answer to a request to start a child: its pid, undefined when it was ignored, or why it did not start.
 * A name that is taken refuses `already_started` with the pid of its holder, as OTP 27.
 */
export function answerStart(child: Child, start: Start): Pid | undefined | Refusal {
  if (start.kind === 'started') return start.pid
  if (start.kind === 'ignored') return undefined
  const holder = holderOfName(start.reason)
  return refuse(
    holder
      ? new ChildError('already_started', child.id, holder)
      : new StartFailed(`child ${child.id}`, start.reason, start.evidence),
  )
}

function holderOfName(reason: unknown): Pid | undefined {
  const pid =
    typeof reason === 'object' && reason !== null && 'already_started' in reason ? reason.already_started : undefined
  return isPid(pid) ? pid : undefined
}
