import { inspect } from 'node:util'
import type { LogRecord } from '@bulkhead/core'

/** A log record as printed on stderr: level, path or pid, text and data. One record can take several lines. */
export function logLine({ level, text, pid, path, data }: LogRecord): string {
  const who = path === '' ? '/' : (path ?? pid)
  const details = data === undefined ? '' : ` ${inspect(data, { depth: 4, breakLength: Infinity })}`
  return `${level === 'info' ? '' : `${level} `}${who === undefined ? '' : `${who} `}${text}${details}\n`
}

/** Prints a record on this thread's stderr. */
export function printRecord(record: LogRecord): void {
  process.stderr.write(logLine(record))
}
