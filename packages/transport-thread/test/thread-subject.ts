import { Worker } from 'node:worker_threads'
import type { ResourceLimits } from 'node:worker_threads'
import { Mailroom } from '@bulkhead/transport-compliance'
import type { Opened, Subject } from '@bulkhead/transport-compliance'
import { openThreadConnection, threadLink, transferOf } from '@bulkhead/transport-thread'
import type { ThreadLinkOptions } from '@bulkhead/transport-thread'
import type { Order } from './program-thread.ts'

interface Host {
  readonly worker: Worker
  readonly gone: Promise<void>
  readonly reports: Map<number, Mailroom<unknown>>
}

function startHost(resourceLimits: ResourceLimits): Host {
  const worker = new Worker(new URL('program-thread.ts', import.meta.url), { resourceLimits })
  const reports = new Map<number, Mailroom<unknown>>()
  worker.on('message', ({ id, report }) => reports.get(id)?.put(report))
  worker.on('error', () => {})
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  return { worker, gone, reports }
}

/** Links to a thread that hosts the far sides of many connections, until it is made to die. */
export function threadSubject(
  options: ThreadLinkOptions,
  limits: ResourceLimits = {},
): Subject & { end(): Promise<void> } {
  let host: Host | undefined
  let links = 0
  const open = async (program: string): Promise<Opened> => {
    const { worker, gone, reports } = (host ??= startHost(limits))
    const id = (links += 1)
    const { near, far } = threadLink(options)
    const mailroom = new Mailroom<unknown>()
    reports.set(id, mailroom)
    worker.postMessage({ kind: 'open', id, program, end: far } satisfies Order, transferOf(far))
    return {
      connection: openThreadConnection(near),
      nextReport: () => mailroom.next(),
      say: (word) => worker.postMessage({ kind: 'word', id, word } satisfies Order),
      kill: async (death) => {
        host = undefined
        if (death === 'terminate') void worker.terminate()
        else worker.postMessage({ kind: 'die', death } satisfies Order)
        await gone
      },
    }
  }
  const end = async () => void (await host?.worker.terminate())
  return { open, end }
}
