import { constants } from 'node:os'

/** How a root ended, as its guardian sees it. */
export type RootEnd =
  | { readonly cause: 'exited'; readonly code: number }
  | { readonly cause: 'signaled'; readonly signal: NodeJS.Signals }
  /** The guardian ended it, since its event loop stood still. */
  | { readonly cause: 'stuck'; readonly forMs: number }
  | { readonly cause: 'not_started'; readonly why: string }

/** How the guardian ends: with a code, or by a signal. */
export type ExitStatus = { readonly code: number } | { readonly signal: NodeJS.Signals }

/** Signals by which the guardian can end as its root did. By others, such as SIGSEGV, it would leave a core of its own. */
const passedOn: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'])

/** The status that shells give what a signal has ended. */
export const codeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

/** What the guardian passes through of an end that was asked for. */
export function statusOf(end: RootEnd): ExitStatus {
  switch (end.cause) {
    case 'exited':
      return { code: end.code }
    case 'signaled':
      return passedOn.has(end.signal) ? { signal: end.signal } : { code: codeOf(end.signal) }
    case 'stuck':
      return { code: codeOf('SIGKILL') }
    case 'not_started':
      return { code: 1 }
  }
}

/** An end in words that follow "the root". */
export function wordsFor(end: RootEnd): string {
  switch (end.cause) {
    case 'exited':
      return `exited with code ${end.code}`
    case 'signaled':
      return `was ended by ${end.signal}`
    case 'stuck':
      return `was stuck for ${end.forMs} ms, so it was ended`
    case 'not_started':
      return `could not be started (${end.why})`
  }
}
