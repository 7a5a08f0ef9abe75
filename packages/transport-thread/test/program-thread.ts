import { parentPort } from 'node:worker_threads'
import { runProgram } from '@bulkhead/transport-compliance'
import { openThreadConnection } from '@bulkhead/transport-thread'
import type { ThreadEnd } from '@bulkhead/transport-thread'

/** What the host of far sides is told. */
export type Order =
  | { readonly kind: 'open'; readonly id: number; readonly program: string; readonly end: ThreadEnd }
  | { readonly kind: 'word'; readonly id: number; readonly word: string }
  | { readonly kind: 'die'; readonly death: string }

const port = parentPort!
const listeners = new Map<number, (word: string) => void>()

port.on('message', (order: Order) => {
  if (order.kind === 'die') die(order.death)
  else if (order.kind === 'word') listeners.get(order.id)?.(order.word)
  else
    runProgram(order.program, {
      connection: openThreadConnection(order.end),
      report: (report) => port.postMessage({ id: order.id, report }),
      onWord: (listener) => listeners.set(order.id, listener),
    })
})

function die(death: string): void {
  if (death === 'exit') process.exit(3)
  if (death === 'throw') throw new Error('thrown on purpose')
  if (death === 'return') port.close()
  // A list of small objects: with larger pieces V8's limit lets the heap grow on, or aborts the whole OS process, more often.
  if (death === 'out of memory') for (let list: unknown; ;) list = { list, and: [1.5] }
}
