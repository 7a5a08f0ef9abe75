import { against } from './against.ts'
import { programLine } from './json-lines.ts'
import type { Bench, Measure } from './row.ts'

/** The most CPU that a system may use that has nothing to do. */
const BOUND_MS = 50

interface Figures {
  readonly cpuMs: number
}

/** Root, two threads and two processes that have nothing to do, the warden on. */
const measure: Measure = async ({ quick }) => {
  const seconds = quick ? 3 : 10
  const ms: number[] = []
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    const { cpuMs } = await programLine<Figures>('idle-system', [seconds * 1000])
    ms.push(cpuMs * (10 / seconds))
  }
  const subject = {
    id: 'system/idle/cpu',
    bench: 'system',
    variant: 'root + 2 threads + 2 processes, idle',
    unit: 'ms CPU per 10 s',
    anchor: 'bound',
    n: seconds,
  }
  return [against(subject, ms, [BOUND_MS])]
}

export const idleSystem: Bench = { name: 'idle-system', ids: ['system/idle/cpu'], measure }
