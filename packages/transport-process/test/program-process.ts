import { createInterface } from 'node:readline'
import { runProgram } from '@bulkhead/transport-compliance'
import { controlSocket, dial, openSocketConnection, watchSocket } from '@bulkhead/transport-process'

/** What the host of far sides is told, one line of JSON each, over its descriptor 4. `dial` is left out for the inherited socket. */
export type Order =
  | {
      readonly kind: 'open'
      readonly id: number
      readonly program: string
      readonly dial?: readonly [address: string, token: string]
    }
  | { readonly kind: 'word'; readonly id: number; readonly word: string }
  | { readonly kind: 'die'; readonly death: string }

const watch = watchSocket()
const listeners = new Map<number, (word: string) => void>()

createInterface({ input: watch }).on('line', (line) => {
  const order = JSON.parse(line) as Order
  if (order.kind === 'die') die(order.death)
  else if (order.kind === 'word') listeners.get(order.id)?.(order.word)
  else void run(order.id, order.program, order.dial)
})

async function run(
  id: number,
  program: string,
  dialled: readonly [address: string, token: string] | undefined,
): Promise<void> {
  const socket = dialled ? await dial(...dialled) : controlSocket()
  runProgram(program, {
    connection: openSocketConnection(socket),
    report: (report) => void watch.write(`${JSON.stringify({ id, report })}\n`),
    onWord: (listener) => void listeners.set(id, listener),
  })
}

function die(death: string): void {
  if (death === 'exit') process.exit(3)
  if (death === 'throw') throw new Error('thrown on purpose')
  if (death === 'abort') process.abort()
  if (death === 'out of memory') for (let list: unknown; ;) list = { list, and: [1.5] }
}
