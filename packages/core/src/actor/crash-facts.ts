import type { Cell } from './cell.ts'
import { UNOPENED } from './mailbox.ts'
import { isThenable } from './thenable.ts'

/** What a behaviour does to a value before a report shows it. */
export type Format = ((value: unknown) => unknown) | undefined

/** The last message of an actor for its crash report, if it took one. */
export function lastMessageOf(cell: Cell, format: Format): { readonly lastMessage?: unknown } {
  const last = cell.lastMail?.value
  if (last === undefined || last === UNOPENED) return {}
  return { lastMessage: formatted('formatMessage', format, last) }
}

/**
 * `value` as a report may show it. A format that fails, or makes something of it that is no value, shows nothing of it: what is secret stays so.
 */
export function formatted(field: string, format: Format, value: unknown): unknown {
  if (format === undefined) return value
  const failed = `${field} failed`
  try {
    const shown = format(value)
    if (!isThenable(shown)) return typeof shown === 'function' || typeof shown === 'symbol' ? failed : shown
    // Nobody waits for it, so it must not be an error of the whole node.
    Promise.resolve(shown).catch(() => undefined)
  } catch {
    // What it failed with may hold what it was to hide.
  }
  return failed
}
