import { readFileSync } from 'node:fs'

/** The fields of /proc/PID/stat behind the command: state, parent, and so on; undefined when there is no such OS process. */
export function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return undefined
  }
}

/** Whether an OS process exists; one that has ended and waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  const [state] = statOf(pid) ?? []
  return state !== undefined && state !== 'Z' && state !== 'X'
}
