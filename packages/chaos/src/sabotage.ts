import { execFileSync } from 'node:child_process'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import { defineActor } from 'bulkhead'
import type { Behaviour } from 'bulkhead'
import type { Fault, FaultKind } from './fault.ts'

/** Bytes that a memory bomb takes at a time, and the milliseconds between: fast, but a limit that is looked at every 50 ms holds it. */
const bite = { bytes: 16 * 2 ** 20, everyMs: 5 }

/** What the actor that is hit runs between two of its messages, found by its name on whatever node that is. */
function sabotage(kind: FaultKind, commit: (fault: Fault) => unknown): Behaviour<[fault: Fault]> {
  return defineActor(import.meta, `chaos.${kind}`, (_self, fault: Fault) => commit(fault))
}

/** The faults that are committed from inside. The others come from outside: signals of the operating system and exit signals, late frames. */
export const SABOTAGE: Readonly<Partial<Record<FaultKind, Behaviour<[fault: Fault]>>>> = {
  throw: sabotage('throw', () => {
    throw new Error('chaos: a handler threw')
  }),
  reject: sabotage('reject', () => Promise.reject(new Error('chaos: a handler rejected'))),
  timer: sabotage('timer', () => {
    setTimeout(() => {
      throw new Error('chaos: a timer callback threw')
    }, 0)
  }),
  loop: sabotage('loop', () => {
    for (let turns = 0; ; turns = (turns + 1) % 1_000_003);
  }),
  microtasks: sabotage('microtasks', async () => {
    for (;;) await Promise.resolve()
  }),
  native: sabotage('native', ({ forMs = 0 }) => {
    execFileSync('sleep', [String(forMs / 1_000)])
  }),
  heap: sabotage('heap', async () => {
    const kept: number[][] = []
    for (;;) {
      kept.push(Array<number>(250_000).fill(kept.length + 0.5))
      await turn() // or it is found stuck, where the CPU is busy with others
    }
  }),
  buffer: sabotage('buffer', async () => {
    const kept: Buffer[] = []
    for (;;) {
      kept.push(Buffer.alloc(bite.bytes, 1))
      await pause(bite.everyMs)
    }
  }),
  exit: sabotage('exit', ({ code }) => process.exit(code)),
  exit_in_exit: sabotage('exit_in_exit', ({ code }) => {
    process.on('exit', () => process.exit(code))
    process.exit(0)
  }),
  SIGSEGV: sabotage('SIGSEGV', () => {
    process.kill(process.pid, 'SIGSEGV')
  }),
  SIGABRT: sabotage('SIGABRT', () => {
    if (isMainThread) process.abort()
    process.kill(process.pid, 'SIGABRT') // in any other thread `process.abort` only throws
  }),
  slow: sabotage('slow', ({ forMs = 0 }) => pause(forMs)),
}
