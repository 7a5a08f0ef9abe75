import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** Nothing for what has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** CPU milliseconds that an OS process and its threads have used so far, to the nanosecond; threads that have ended are not in it. */
export const cpuMsOf = (pid: number): number =>
  sum(threadsOf(pid).map((thread) => Number.parseInt(read(`/proc/${pid}/task/${thread}/schedstat`) || '0', 10))) / 1e6

/** All children of all threads: a process started by a worker thread is listed under that thread. */
export const childrenOf = (pid: number): readonly number[] =>
  threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).trim().split(' ').filter(Boolean).map(Number),
  )

/** An OS process, its children and theirs. */
export const familyOf = (pid: number): readonly number[] => [pid, ...childrenOf(pid).flatMap(familyOf)]

/** Megabytes of memory of an OS process, what it shares with others shared out among them. */
export function pssMbOf(pid: number): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? []
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/smaps_rollup does not tell the PSS`)
  return Number(kilobytes) / 1024
}

/** Waits until this OS process and its children have come to rest: what is started in the background is there. At most 5 s. */
export async function atRest(): Promise<void> {
  const used = (): number => sum(familyOf(process.pid).map(cpuMsOf))
  let before = used()
  for (let calm = 0, looks = 0; calm < 3 && looks < 100; looks++) {
    await wait(50)
    const now = used()
    calm = now - before < 2 ? calm + 1 : 0
    before = now
  }
}
