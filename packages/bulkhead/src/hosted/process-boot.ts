import { MessageChannel, Worker } from 'node:worker_threads'
import { controlSocket } from '@bulkhead/transport-process'
import { socketChannel } from '../control-channel.ts'
import type { FromNode, Orders, ProcessOrders, ToNode } from '../control.ts'
import { partsOf } from '../error-parts.ts'
import { ownThread } from '../linux/proc.ts'
import { forwardRecord } from '../nodejs/forward-record.ts'
import { printRecord } from '../nodejs/log-line.ts'
import { TracingScope } from '../nodejs/actor-scope.ts'
import { ownWorkerOptions } from '../nodejs/given-options.ts'
import { ordersField } from '../orders.ts'
import { joinFamily } from '../orphans/family-mark.ts'
import { HostedNode } from './hosted-node.ts'
import { sayLast } from './last-word.ts'
import { LoopResponder } from './loop-responder.ts'
import { tryRehearsing } from './rehearsal.ts'
import { watchModule } from './process-watch.ts'
import { Vitals } from './vitals.ts'

/** What an OS process runs that waits to become a node. */
export function bootProcess({ parent, handlerMs }: ProcessOrders): void {
  joinFamily()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}) // only the root decides
  const channel = socketChannel<FromNode, ToNode>(controlSocket())
  const vitals = new Vitals()
  for (const stream of [process.stdout, process.stderr]) setBlocking(stream, vitals)
  const responder = new LoopResponder(vitals)
  const scope = new TracingScope()
  const watch = startWatch({ parent, handlerMs: handlerMs ?? Infinity, vitals: vitals.memory, thread: ownThread() })
  let hosted: HostedNode | undefined

  watch.onMessage((ping) => responder.answer(ping))
  process.on('exit', () => sayLast({ type: 'leaving', culprit: scope.current() ?? vitals.culprit }))
  channel.onClose(() => process.kill(-process.pid, 'SIGKILL')) // the warden is gone, and the system with it
  channel.onMessage((message) => {
    if (message.type === 'rehearse') return tryRehearsing('process', () => hosted !== undefined)
    if (message.type === 'become') {
      const { birth, module } = message
      const log = birth.forwardsLog ? forwardRecord((record) => channel.post({ type: 'log', record })) : printRecord
      process.title = `bulkhead process ${birth.id}` // what `ps` shows
      watch.post('up')
      hosted = new HostedNode({
        birth,
        channel,
        vitals,
        scope,
        log,
        hasThreads: false,
        shares: () => false,
        onHandler: (id, name) => watch.post({ id, name }),
        onOrphanedError: (error) => channel.post({ type: 'failing', error: partsOf(error), culprit: vitals.culprit }),
      })
      channel.post({ type: 'up' })
      if (module !== undefined) hosted.loadEarly(module)
      return
    }
    if (hosted === undefined) return message.type === 'stop' ? leave() : undefined
    hosted.take(message)
    if (message.type === 'stop') leave()
  })
  channel.post({ type: 'started', thread: process.pid })
}

/** A thread that watches the main one. */
export interface Watch {
  post(news: 'up' | { readonly id: number; readonly name: string }): void
  onMessage(take: (ping: number) => void): void
}

export function startWatch(orders: Omit<Extract<Orders, { role: 'process_watch' }>['orders'], 'port'>): Watch {
  const { port1, port2 } = new MessageChannel()
  const all: Orders = { role: 'process_watch', orders: { ...orders, port: port2 } }
  const worker = new Worker(new URL(watchModule), {
    workerData: { [ordersField]: all },
    transferList: [port2],
    name: 'bulkhead watch',
    ...ownWorkerOptions(),
  })
  worker.unref()
  worker.on('error', (error: Error) => {
    process.stderr.write(`the watch of process ${process.pid} failed: ${error.stack ?? error.message}\n`)
    process.kill(-process.pid, 'SIGKILL')
  })
  return {
    post: (news) => port1.postMessage(news),
    onMessage: (take) => {
      port1.on('message', take)
      port1.unref()
    },
  }
}

/** Output is written before the call returns, so it survives every death. That waits for its reader, which is not the actor's fault. */
function setBlocking(stream: NodeJS.WriteStream, vitals: Vitals): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (value: boolean) => void } }
  handle?.setBlocking?.(true)
  const { _write: write, _writev: writev } = stream
  stream._write = (...args) => vitals.whileWaiting(() => write.apply(stream, args))
  if (writev) stream._writev = (...args) => vitals.whileWaiting(() => writev.apply(stream, args))
}

/** After what was written and closed in this turn is on its way. */
function leave(): void {
  setImmediate(() => setImmediate(() => process.exit(0)))
}
