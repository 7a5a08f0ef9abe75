import { controlSocket } from '@bulkhead/transport-process'
import type { NodeId } from '@bulkhead/core'
import type { ControlChannel } from '../control-channel.ts'
import type { FromNode, SandboxOrders, ToNode } from '../control.ts'
import { partsOf } from '../error-parts.ts'
import { TracingScope } from '../nodejs/actor-scope.ts'
import { forwardRecord } from '../nodejs/forward-record.ts'
import { printRecord } from '../nodejs/log-line.ts'
import { explainDenial } from '../sandbox/denial.ts'
import { Uplink } from '../sandbox/uplink.ts'
import { isForWarden } from '../sandbox/words.ts'
import type { ToSandbox } from '../sandbox/words.ts'
import { HostedNode } from './hosted-node.ts'
import { Vitals } from './vitals.ts'

/** Milliseconds that the last frames get to leave. */
const leaveMs = 500

/** What no actor in a sandbox needs, and some could do harm with where the operating system holds less than it could. */
const taken = [
  'kill',
  '_kill',
  '_debugProcess',
  '_debugEnd',
  '_startProfilerIdleNotifier',
  '_stopProfilerIdleNotifier',
  'binding',
  '_linkedBinding',
  'dlopen',
  'chdir',
  'initgroups',
  'setuid',
  'setgid',
  'seteuid',
  'setegid',
  'setgroups',
  'execve',
]

/** What a sandboxed OS process runs. No code of an actor's has run before this has returned. */
export function bootSandbox({ frameBytes, grant }: SandboxOrders): void {
  process.cwd() // the folder is taken away behind it, and what Node.js knows of it stays
  for (const name of taken) delete (process as unknown as Record<string, unknown>)[name]
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}) // only the root decides
  const leave = process.exit.bind(process)
  const vitals = new Vitals()
  const scope = new TracingScope()
  let hosted: HostedNode | undefined
  const uplink = new Uplink(controlSocket(), grant, {
    word: (word) => take(word as ToSandbox),
    connected: (peer, connection) => hosted?.node.connected(peer, connection),
    closed: () => leave(0), // the warden is gone, and the system with it
  })

  const connect = (peer: NodeId): void => {
    const connection = uplink.connect(peer)
    if (connection !== undefined) queueMicrotask(() => hosted?.node.connected(peer, connection))
  }
  const channel: ControlChannel<FromNode, ToNode> = {
    post: (message) => {
      if (message.type === 'connect') connect(message.peer)
      else if (isForWarden(message)) uplink.say(message)
    },
    onMessage: () => {},
    onClose: () => {},
    close: () => {},
  }
  const take = (word: ToSandbox): void => {
    switch (word.type) {
      case 'granted':
        return uplink.granted(word)
      case 'become': {
        const { birth } = word
        const log = birth.forwardsLog ? forwardRecord((record) => channel.post({ type: 'log', record })) : printRecord
        process.title = `bulkhead sandbox ${birth.id}` // what `ps` shows
        hosted = new HostedNode({
          birth,
          channel,
          vitals,
          scope,
          log,
          hasThreads: false,
          shares: () => false,
          onHandler: () => {},
          onOrphanedError: (error) => {
            explainDenial(error)
            channel.post({ type: 'failing', error: partsOf(error), culprit: undefined })
          },
          untrusted: {
            messageBytesMax: frameBytes - headRoom,
            messageBytesOption: `isolation.sandbox.frameBytes, ${frameBytes}`,
            explain: explainDenial,
          },
        })
        return channel.post({ type: 'up' })
      }
      case 'ping':
        return uplink.say({ type: 'pong', ping: word.ping })
      case 'stop':
        hosted?.take(word)
        void uplink.flushed(leaveMs).then(() => leave(0))
        return
      case 'down':
      case 'snapshot':
        hosted?.take(word)
    }
  }
  uplink.say({ type: 'started' })
}

/** Bytes of a frame beside its message. */
const headRoom = 64
