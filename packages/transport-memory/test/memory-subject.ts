import type { Connection } from '@bulkhead/core/transport'
import { Mailroom, runProgram } from '@bulkhead/transport-compliance'
import type { Opened, Subject } from '@bulkhead/transport-compliance'
import { memoryLink } from '@bulkhead/transport-memory'
import type { MemoryLinkOptions } from '@bulkhead/transport-memory'

/** Puts something of a test's own around an end of each link. */
export type Wrap = (connection: Connection, side: 'near' | 'far') => Connection

/** After this many turns in which nothing was scheduled, nothing will happen any more. */
const quietTurns = 30

/** Links in memory whose deliveries happen in the next turn of the event loop; the far side's programs run in the same loop. */
export function memorySubject(
  options: Omit<MemoryLinkOptions, 'schedule'> = {},
  wrap: Wrap = (connection) => connection,
): Subject {
  let due: (() => void)[] = []
  let scheduled = 0
  const schedule = (deliver: () => void) => {
    scheduled += 1
    due.push(deliver)
    if (due.length > 1) return
    setImmediate(() => {
      const now = due
      due = []
      for (const each of now) each()
    })
  }
  const stalled = async (signal: AbortSignal) => {
    for (let quiet = 0, seen = scheduled; quiet < quietTurns && !signal.aborted; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      if (seen === scheduled) continue
      seen = scheduled
      quiet = 0
    }
  }
  const open = async (program: string): Promise<Opened> => {
    const [near, far] = memoryLink({ ...options, schedule })
    const reports = new Mailroom<unknown>()
    let listener = (_word: string) => {}
    runProgram(program, {
      connection: wrap(far, 'far'),
      report: (value) => reports.put(value),
      onWord: (wanted) => (listener = wanted),
    })
    return {
      connection: wrap(near, 'near'),
      nextReport: () => reports.next(),
      say: (word) => listener(word),
      kill: async () => far.vanish(),
    }
  }
  return { open, stalled, highWaterBytes: options.highWaterBytes ?? 1024 * 1024 }
}
