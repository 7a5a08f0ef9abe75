import type { LogRecord } from '@bulkhead/core'
import { isHandedOn } from '@bulkhead/supervisor'

/**
 * A log record as printed on stderr: level, path or pid, text and data. One record can take several lines; one about what another supervisor has
 * reported already takes one.
 */
export function logLine({ level, text, pid, path, data }: LogRecord): string {
  const who = path === '' ? '/' : (path ?? pid)
  const details = data === undefined || isHandedOn(data) ? '' : ` ${printedData(data)}`
  return `${level === 'info' ? '' : `${level} `}${who === undefined ? '' : `${who} `}${text}${details}\n`
}

/** The data of a record, on one line where that can be. */
export function printedData(data: unknown): string {
  const { inspect } = process.getBuiltinModule('node:util') // most nodes print nothing
  return inspect(data, { depth: 4, breakLength: Infinity })
}

/** Prints a record on this thread's stderr. */
export function printRecord(record: LogRecord): void {
  process.stderr.write(logLine(record))
}
