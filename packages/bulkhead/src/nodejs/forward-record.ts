import { show } from '@bulkhead/core'
import type { LogRecord } from '@bulkhead/core'

/** A log whose records are posted elsewhere. Data that cannot go there goes printed. */
export function forwardRecord(post: (record: LogRecord) => void): (record: LogRecord) => void {
  return (record) => {
    try {
      post(record)
    } catch {
      post({ ...record, data: show(record.data) })
    }
  }
}
