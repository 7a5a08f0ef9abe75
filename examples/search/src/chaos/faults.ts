// Shows: real faults. Each one runs inside the handler of the actor that it hits, except SIGKILL, which comes from outside.
import type { ActorFault } from './plan.ts'

/** What an actor can be told to do to itself. */
export type OwnFault = Exclude<ActorFault, 'SIGKILL'>

export function commit(fault: OwnFault): void | Promise<never> {
  switch (fault) {
    case 'throw':
      throw new Error('injected: a handler threw')
    case 'reject':
      return Promise.reject(new Error('injected: a handler rejected'))
    case 'timer':
      setTimeout(() => {
        throw new Error('injected: a timer callback threw')
      }, 0)
      return
    case 'loop':
      for (;;) spin()
    case 'exit':
      process.exit(3)
    case 'heap':
      return exhaustHeap()
  }
}

let turns = 0

function spin(): void {
  turns = (turns + 1) % 1_000_003
}

/** Keeps everything that it allocates, on V8's heap, until there is no more. */
function exhaustHeap(): never {
  const kept: number[][] = []
  for (;;) kept.push(Array<number>(1_000_000).fill(kept.length + 0.5))
}

/** Ends an OS process as `kill -9` does: from another process, with nothing that the victim could do about it. */
export function killFromOutside(pid: number): void {
  if (pid === process.pid) throw new Error('SIGKILL would end the process that injects faults')
  process.kill(pid, 'SIGKILL')
}
