import { sessionOf } from '../linux/proc.ts'

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

/** Writes the mark for what this OS process starts from now on. */
export function markSession(family: string): void {
  const session = sessionOf(process.pid)
  if (session !== undefined) process.env['BULKHEAD_FAMILY'] = `${family}/${session}/`
}
