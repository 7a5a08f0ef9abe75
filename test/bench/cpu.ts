import { cpuMsOf, familyOf } from './proc.ts'

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
  if (process.platform !== 'linux') return undefined
  const [, ...others] = familyOf(process.pid)
  return others.reduce((sum, pid) => sum + cpuMsOf(pid), 0)
}
