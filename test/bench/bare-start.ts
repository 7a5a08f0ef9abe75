import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** What a node is made of. */
export type Kind = 'thread' | 'process'

/** What Node.js itself offers for it. */
export const bareName: Readonly<Record<Kind, string>> = { thread: 'new Worker', process: 'fork' }

const thread = new URL('./programs/ready-thread.mjs', import.meta.url)
const child = fileURLToPath(new URL('./programs/ready-child.mjs', import.meta.url))

/** A bare thread or process that has said its first message, and the milliseconds until it did. `end` waits until it is gone. */
export interface BareStart {
  readonly ms: number
  end(): Promise<unknown>
}

export async function bareStart(kind: Kind): Promise<BareStart> {
  const before = performance.now()
  if (kind === 'thread') {
    const worker = new Worker(thread)
    await once(worker, 'message')
    return { ms: performance.now() - before, end: () => worker.terminate() }
  }
  const forked = fork(child)
  await once(forked, 'message')
  const end = async (): Promise<unknown> => {
    const gone = once(forked, 'exit')
    forked.kill('SIGKILL')
    return gone
  }
  return { ms: performance.now() - before, end }
}
