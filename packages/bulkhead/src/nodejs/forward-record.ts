import type { LogRecord } from '@bulkhead/core'
import { printedData } from './log-line.ts'

/** A log whose records are posted elsewhere. Data that cannot go there goes printed. */
export function forwardRecord(post: (record: LogRecord) => void): (record: LogRecord) => void {
  return (record) => {
    try {
      post(record)
    } catch {
      post({ ...record, data: printedData(record.data) })
    }
  }
}
