import type { Cell } from './cell.ts'
import { UNOPENED } from './mailbox.ts'

/** What a behaviour does to a value before a report shows it. */
export type Format = ((value: unknown) => unknown) | undefined

/** The last message of an actor for its crash report, if it took one. */
export function lastMessageOf(cell: Cell, format: Format): { readonly lastMessage?: unknown } {
  const last = cell.lastMail?.value
  if (last === undefined || last === UNOPENED) return {}
  return { lastMessage: formatted('formatMessage', format, last) }
}

/** `value` as a report may show it. A format that fails shows nothing of it: what is secret stays so. */
export function formatted(field: string, format: Format, value: unknown): unknown {
  if (format === undefined) return value
  try {
    return format(value)
  } catch {
    return `${field} failed`
  }
}
