import { defineServer, P } from '@bulkhead/core'
import type { NodeId, Server } from '@bulkhead/core'
import { dial, listenFor, newToken, openSocketConnection } from '@bulkhead/transport-process'
import { openThreadConnection, threadLink } from '@bulkhead/transport-thread'
import type { Connection } from '@bulkhead/core/transport'
import type { ControlChannel } from '../control-channel.ts'
import type { FromNode, NodeBirth, ToNode } from '../control.ts'
import { TracingScope } from '../nodejs/actor-scope.ts'
import { debugLog } from '../nodejs/debug-log.ts'
import { HostedNode } from './hosted-node.ts'
import { Vitals } from './vitals.ts'

const log = debugLog('bulkhead:spare')

/** How often an actor plays: the first time V8 compiles what runs, the second time the ways that only a second one goes. More changed nothing. */
const STARTS = 2

/** Milliseconds for what takes one as a rule. */
const LONG_MS = 5_000
const fail = (): never => {
  throw new Error('an end was not told')
}

const emptyModule: string = 'data:text/javascript,'

interface Lines {
  calls: { line: (value: string) => string }
  casts: { line: (value: object) => void }
}

/** Who plays: a name that no program gives, since a bundle is one module. */
const Player: Server<[object], Lines> = defineServer(import.meta, 'bulkhead rehearsal', {
  init: (_self, given: object) => given,
  calls: { line: (_self, value: string) => value },
  casts: { line: (_self, _value: object) => {} },
})

/**
 * Does once what a node does first, between two nodes that nobody else knows: a connection, a start, a call, an end. A spare does so while it
 * waits, since half of what its first actor would wait for (4 of 7.5 ms of CPU) is V8 that meets this code for the first time. Nothing remains.
 */
export async function rehearse(kind: 'thread' | 'process', isNeeded = (): boolean => false): Promise<void> {
  const scopes = [new TracingScope(), new TracingScope()] as const
  const far = nodeOf(2, scopes[1], () => {})
  const near: HostedNode = nodeOf(1, scopes[0], (message) => {
    if (message.type !== 'allocate') return
    const { request, decision } = message
    near.take({ type: 'allocated', request, allocation: { node: 2, decision } })
  })
  try {
    const [one, other] = kind === 'thread' ? threadConnections() : await socketConnections()
    near.node.connected(2, one)
    far.node.connected(1, other)
    if (!isNeeded()) await import(emptyModule) // the loader, too
    for (let start = 0; start < STARTS && !isNeeded(); start += 1) await play(near)
  } finally {
    for (const each of [near, far]) each.stop()
    for (const each of scopes) each.end()
  }
}

/** The same for a spare, which can do without; `isNeeded`: whether it has become a node meanwhile. It may be told so right behind this. */
export function tryRehearsing(kind: 'thread' | 'process', isNeeded: () => boolean): void {
  setImmediate(() => {
    if (isNeeded()) return
    rehearse(kind, isNeeded).catch((error: Error) => log('a %s has not rehearsed: %s', kind, error.message))
  })
}

async function play({ node: { main } }: HostedNode): Promise<void> {
  const player = await main.startLink(Player, [{ given: 1 }], { isolation: { cpu: 'heavy' } })
  player.cast.line({ text: 'a line', count: 1 })
  await player.call.line('another')
  main.monitor(player)
  main.exit(player, 'shutdown')
  for (let heard = 0; heard < 2; heard += 1) await main.receive((on) => on.with(P.any, () => {}).after(LONG_MS, fail)) // Exit and Down
}

function nodeOf(id: NodeId, scope: TracingScope, said: (message: FromNode) => void): HostedNode {
  const birth: NodeBirth = {
    system: 'rehearsal',
    id,
    killMs: 1_000,
    overrides: {},
    forwardsLog: false,
    isInspectable: true,
    chaos: false,
  }
  return new HostedNode({
    birth,
    channel: { post: said, onMessage: () => {}, onClose: () => {}, close: () => {} } satisfies ControlChannel<
      FromNode,
      ToNode
    >,
    vitals: new Vitals(),
    scope,
    log: () => {},
    hasThreads: true,
    shares: () => false,
    listeners: [],
  })
}

function threadConnections(): readonly [Connection, Connection] {
  const { near, far } = threadLink({ ringBytes: 4096 })
  return [openThreadConnection(near), openThreadConnection(far)]
}

async function socketConnections(): Promise<readonly [Connection, Connection]> {
  const listener = await listenFor()
  try {
    const token = newToken()
    const [near, far] = await Promise.all([dial(listener.address, token), listener.accept(token)])
    return [openSocketConnection(near), openSocketConnection(far)]
  } finally {
    listener.close()
  }
}
