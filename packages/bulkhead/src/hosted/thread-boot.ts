import { portChannel } from '../control-channel.ts'
import type { FromNode, ThreadOrders, ToNode } from '../control.ts'
import { ownThread } from '../linux/proc.ts'
import { forwardRecord } from '../nodejs/forward-record.ts'
import { printRecord } from '../nodejs/log-line.ts'
import { TracingScope } from '../nodejs/actor-scope.ts'
import { captureOutput } from '../output/capture-output.ts'
import { OutputWriter } from '../output/output-ring.ts'
import { HostedNode } from './hosted-node.ts'
import { LoopResponder } from './loop-responder.ts'
import { tryRehearsing } from './rehearsal.ts'
import { SharedNodes } from './shared-nodes.ts'
import { Vitals } from './vitals.ts'

/** What a thread runs that waits to become a node. */
export function bootThread({ port, vitals: memory, output, sharedNodes }: ThreadOrders): void {
  const channel = portChannel<FromNode, ToNode>(port)
  const vitals = new Vitals(memory)
  const neighbours = new SharedNodes(sharedNodes)
  const responder = new LoopResponder(vitals)
  const scope = new TracingScope()
  let hosted: HostedNode | undefined

  const writer = new OutputWriter(output, {
    doorbell: () => channel.post({ type: 'output' }),
    wait: (until) => vitals.whileWaiting(until),
  })
  captureOutput(writer, () => {
    const serial = scope.current()
    return serial === undefined ? undefined : hosted?.node.pathOf(serial)
  })
  process.on('exit', () => (vitals.leaver = scope.current()))
  channel.onMessage((message) => {
    if (message.type === 'rehearse') return tryRehearsing('thread', () => hosted !== undefined)
    if (message.type === 'become') {
      const { birth, module } = message
      const log = birth.forwardsLog ? forwardRecord((record) => channel.post({ type: 'log', record })) : printRecord
      const shares = (node: number): boolean => neighbours.has(node)
      hosted = new HostedNode({ birth, channel, vitals, scope, log, hasThreads: true, shares })
      channel.post({ type: 'up' })
      if (module !== undefined) hosted.loadEarly(module)
      return
    }
    if (hosted === undefined) return message.type === 'ping' ? responder.answer(message.ping) : leave()
    hosted.take(message)
    if (message.type === 'stop') leave()
  })
  channel.post({ type: 'started', thread: ownThread() })
}

/** After what was posted and closed in this turn is on its way. */
function leave(): void {
  setImmediate(() => setImmediate(() => process.exit(0)))
}
