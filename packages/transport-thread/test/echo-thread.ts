import { parentPort } from 'node:worker_threads'
import { openThreadConnection } from '@bulkhead/transport-thread'
import type { ThreadEnd } from '@bulkhead/transport-thread'

/** Sends every frame back. */
parentPort?.once('message', (end: ThreadEnd) => {
  const connection = openThreadConnection(end, { ref: true })
  connection.receive({
    frame: (segment, start, stop, beside) => void connection.send(segment.subarray(start, stop), undefined, beside),
    drained: () => {},
    closed: () => {},
  })
})
