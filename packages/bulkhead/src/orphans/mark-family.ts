import { nanoid } from 'nanoid'
import { markSession } from './family-mark.ts'

let given: string | undefined

/**
 * Marks the environment of a root's OS process, once: what is started from it from now on inherits the mark, however deep, and can be found by
 * it when the root is gone. The mark says in which session it was given, since whoever begins a session of its own is no part of the family.
 */
export function markFamily(): void {
  given ??= nanoid()
  markSession(given)
}
