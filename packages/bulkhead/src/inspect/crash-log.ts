import { show } from '@bulkhead/core'
import type { CrashReport, Verdict } from '@bulkhead/core'
import type { CrashEntry } from './system-report.ts'

/** A crash as it is told to the warden. */
export type CrashNews = Omit<CrashEntry, 'agoMs'>

/** Crashes kept. */
const kept = 20

/** The last crashes of a system, in its warden. */
export class CrashLog {
  readonly #crashes: { readonly at: number; readonly news: CrashNews }[] = []

  add(news: CrashNews): void {
    this.#crashes.unshift({ at: performance.now(), news })
    this.#crashes.length = Math.min(this.#crashes.length, kept)
  }

  /** Newest first. */
  entries(): CrashEntry[] {
    return this.#crashes.map(({ at, news }) => ({ ...news, agoMs: Math.round(performance.now() - at) }))
  }
}

/** A crash report of core, printed: what an actor held may be of any kind. */
export function newsOf({
  pid,
  path,
  behaviour,
  reason,
  handler,
  lastMessage,
  state,
  restarts,
  evidence,
}: CrashReport): CrashNews {
  return {
    pid,
    path,
    behaviour,
    reason: show(reason),
    handler,
    lastMessage: lastMessage === undefined ? undefined : show(lastMessage),
    state: state === undefined ? undefined : show(state),
    restarts,
    ...(evidence?.output !== undefined && { output: evidence.output }),
  }
}

/** What is known of an actor that took its node down; undefined when nobody is to blame. */
export function newsOfVerdict({ culprit, evidence }: Verdict, path: string | undefined): CrashNews | undefined {
  if (culprit === undefined) return undefined
  const { handler, output } = evidence
  return {
    pid: culprit.pid,
    path,
    behaviour: undefined,
    reason: show(culprit.reason ?? evidence.cause),
    handler,
    lastMessage: undefined,
    state: undefined,
    restarts: undefined,
    ...(output !== undefined && { output }),
  }
}
