import { readFileSync, readlinkSync } from 'node:fs'

/** Reads a file of /proc; undefined where there is none, or no longer. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** The operating system's number of the calling thread; undefined where /proc does not tell. */
export function ownThread(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/')[2])
  } catch {
    return undefined
  }
}

/** Milliseconds of CPU time that a thread of this OS process has used; undefined where /proc does not tell. */
export function threadCpuMs(thread: number): number | undefined {
  const nanoseconds = Number.parseInt(read(`/proc/self/task/${thread}/schedstat`) ?? '', 10)
  return Number.isNaN(nanoseconds) ? undefined : nanoseconds / 1e6
}

/** Whether a thread of this OS process sleeps or waits for the disk. */
export function isThreadBlocked(thread: number): boolean {
  const state = stateOf(read(`/proc/self/task/${thread}/stat`))
  return state === 'S' || state === 'D'
}

/** Whether an OS process was stopped, by SIGSTOP or by a tracer. */
export function isStopped(process: number): boolean {
  const state = stateOf(read(`/proc/${process}/stat`))
  return state === 'T' || state === 't'
}

/** Milliseconds of CPU time that an OS process and all its threads have used; undefined where /proc does not tell. */
export function processCpuMs(process: number): number | undefined {
  const fields = read(`/proc/${process}/stat`)?.replace(/^.*\) /s, '').split(' ')
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * tickMs
}

/** Bytes of memory that an OS process has resident; undefined where /proc does not tell. */
export function residentBytes(process: number): number | undefined {
  const pages = Number(read(`/proc/${process}/statm`)?.split(' ')[1])
  return Number.isNaN(pages) ? undefined : pages * pageBytes
}

const tickMs = 10
const pageBytes = 4096

/** The command of a `stat` line stands in parentheses and can hold anything, so the state is what follows the last one. */
function stateOf(stat: string | undefined): string | undefined {
  if (stat === undefined) return undefined
  const at = stat.lastIndexOf(')') + 2
  return stat.slice(at, at + 1)
}
