import { nanoid } from 'nanoid'
import { sessionOf } from '../linux/proc.ts'

let given: string | undefined

/**
 * Marks the environment of a root's OS process, once: what is started from it from now on inherits the mark, however deep, and can be found by
 * it when the root is gone. The mark says in which session it was given, since whoever begins a session of its own is no part of the family.
 */
export function markFamily(): void {
  given ??= nanoid()
  markSession(given)
}

/** In a process node, which leads a session of its own that belongs to its root all the same. */
export function joinFamily(): void {
  const family = familyName()
  if (family !== undefined) markSession(family)
}

/** What the environments of this family have in common; undefined where it was not marked. */
export function familyMark(): string | undefined {
  const family = familyName()
  return family === undefined ? undefined : `BULKHEAD_FAMILY=${family}/`
}

function familyName(): string | undefined {
  return process.env['BULKHEAD_FAMILY']?.split('/', 1)[0]
}

function markSession(family: string): void {
  const session = sessionOf(process.pid)
  if (session !== undefined) process.env['BULKHEAD_FAMILY'] = `${family}/${session}/`
}
