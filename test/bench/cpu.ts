import { readdirSync, readFileSync } from 'node:fs'

/** What a piece of work gave and took. */
export interface Spent<Value> {
  readonly value: Value
  readonly wallMs: number
  /**
   * CPU milliseconds of this OS process with all its threads, and of all OS processes below it that are alive. Undefined where the operating system
   * does not tell: only Linux does.
   */
  readonly cpuMs: number | undefined
}

/** Does the work, and tells what it took. Looking at the others is left out. */
export async function spentOn<Value>(work: () => Promise<Value>): Promise<Spent<Value>> {
  const othersBefore = othersMs()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const value = await work()
  const wallMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const others = othersMs()
  const known = others !== undefined && othersBefore !== undefined
  return { value, wallMs, cpuMs: known ? (user + system) / 1000 + others - othersBefore : undefined }
}

function othersMs(): number | undefined {
  try {
    return below(process.pid).reduce((sum, pid) => sum + usedMs(pid), 0)
  } catch {
    return undefined
  }
}

/** Children are listed under the thread that started them. */
function below(pid: number): readonly number[] {
  const children = threadsOf(pid).flatMap((thread) => {
    const list = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim()
    return list === '' ? [] : list.split(' ').map(Number)
  })
  return children.flatMap((child) => [child, ...below(child)])
}

/** To the nanosecond, where `/proc/PID/stat` counts in hundredths of a second. */
function usedMs(pid: number): number {
  const used = threadsOf(pid).map((thread) =>
    Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10),
  )
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6
}

function threadsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`)
}
