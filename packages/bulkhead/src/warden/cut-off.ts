import type { BodyEnd } from './node-body.ts'
import type { NodeRecord } from './node-record.ts'

/** Milliseconds after which an OS process is given up that the operating system does not end: then its end is told all the same. */
export const unkillableMs = 1_000

/** What is done with a node that is cut off. */
export interface CuttingOff {
  /** Called before anybody is told: a thread may go on in a native call. */
  readonly mayLinger: () => void
  /** Tells its end to all others. */
  readonly fence: (end: BodyEnd) => void
}

/**
 * Ends a node by force, for that reason. A thread may be in a native call that nothing can end, so its end is told at once, and it is fenced:
 * whatever becomes of it, it is dead to all others. An OS process does end, so its end is told when it has (see {@link endOf}), and nobody
 * takes its place while it is there.
 */
export function cutOff(
  record: Pick<NodeRecord, 'verdict' | 'ending' | 'body'>,
  end: BodyEnd,
  { mayLinger, fence }: CuttingOff,
): void {
  if (record.verdict !== undefined || record.ending !== undefined) return
  const isThread = record.body.kind !== 'process'
  if (!isThread) record.ending = end
  // Before anybody is told: a native call that returns just then finds its thread being ended, and runs no JavaScript.
  record.body.kill()
  if (isThread) {
    // Before anybody is told, too: who hears of it may leave the program at once, which is not to wait for that thread.
    mayLinger()
    return fence(end)
  }
  setTimeout(() => record.verdict ?? fence(end), unkillableMs).unref()
}

/** What is told of a node that has ended: why it was ended, if it was. */
export function endOf({ ending }: Pick<NodeRecord, 'ending'>, end: BodyEnd): BodyEnd {
  return ending ?? end
}
