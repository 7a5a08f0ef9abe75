import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNode, defineServer } from '../src/index.ts'
import type { Pid } from '../src/index.ts'
import type { Connection, Receiver } from '../src/messaging/connection.ts'
import { createCodec } from '../src/messaging/codec.ts'
import type { FrameKind } from '../src/messaging/frame.ts'
import { KINDS, writeHead } from '../src/messaging/frame.ts'
import { Nodes } from '../../../test/support/nodes.ts'

const Echo = defineServer(import.meta, 'Echo', { init: () => 0, calls: { echo: (_self, value: unknown) => value } })

/** A node that sends whatever the test likes, and the root that it is connected with. */
class HostilePeer {
  readonly nodes = new Nodes(createNode, { host: { connect: () => undefined } })
  readonly #encoder = createCodec().encoder
  readonly #sent: Uint8Array[] = []
  #receiver: Receiver | undefined
  #defined = 0
  #number = 0
  cut = false

  constructor() {
    const connection: Connection = {
      shares: true,
      pendingBytes: 0,
      send: (head, body = new Uint8Array()) => {
        this.#sent.push(Uint8Array.from([...head, ...body]))
        return true
      },
      flush: () => undefined,
      receive: (receiver) => {
        this.#receiver = receiver
      },
      close: () => undefined,
      cut: () => {
        this.cut = true
      },
    }
    this.nodes.root.connected(2, connection)
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    if (!this.cut) this.#receiver?.frame(bytes, 0, bytes.length, undefined)
  }

  /** A frame with a right number, and a body of bytes. */
  frame(kind: FrameKind, to: number, from: number, ref: number, body: Uint8Array = new Uint8Array()): void {
    this.raw(Uint8Array.from([...writeHead(kind, this.#number++, to, from, ref), ...body]))
  }

  /** The same with a value as its body, whose structures were defined. */
  send(kind: FrameKind, to: number, from: number, ref: number, value: unknown): void {
    const { bytes } = this.#encoder.encode(value)
    if (this.#encoder.definitions > this.#defined) {
      const definition = this.#encoder.define(this.#defined)
      this.#defined = this.#encoder.definitions
      this.frame('define', 0, 0, 0, definition)
    }
    this.frame(kind, to, from, ref, bytes)
  }

  hello(): void {
    this.send('hello', 0, 0, 0, { kind: 'hello', node: 2, system: 'test', fenced: [] })
  }

  /** Whether the root still does its work, and what it did about the peer. */
  async aftermath(): Promise<{ works: boolean; causes: string[] }> {
    const { nodes } = this
    await nodes.settled()
    const echo = await nodes.main.start(Echo, [])
    const works = (await echo.call.echo('still here')) === 'still here'
    return { works, causes: nodes.ended.map(({ why }) => why.cause) }
  }
}

const serial = fc.oneof(fc.nat(4), fc.constant(Number.MAX_SAFE_INTEGER))
const values = fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withSet: true })

describe('whatever bytes a peer sends, the node goes on', () => {
  test('random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 5 }), async (frames) => {
        const peer = new HostilePeer()
        for (const bytes of frames) peer.raw(bytes)
        expect((await peer.aftermath()).works).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('right heads with random bodies', async () => {
    const frames = fc.array(
      fc.tuple(fc.constantFrom(...KINDS), serial, serial, serial, fc.uint8Array({ maxLength: 60 })),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(frames, async (list) => {
        const peer = new HostilePeer()
        peer.hello()
        for (const frame of list) peer.frame(...frame)
        expect((await peer.aftermath()).works).toBe(true)
      }),
      { numRuns: 250 },
    )
  })

  test('right heads with bodies that decode to anything', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(...KINDS), serial, serial, serial, values), {
      minLength: 1,
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(frames, async (list) => {
        const peer = new HostilePeer()
        peer.hello()
        for (const frame of list) peer.send(...frame)
        expect((await peer.aftermath()).works).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  const kindsWithBody = [
    'exit',
    'link_exit',
    'down',
    'call_failed',
    'started',
    'alive_reply',
    'spawn',
    'hello',
    'fenced',
    'name',
  ] as const
  const shapes: readonly unknown[] = [
    undefined, null, 5, 'text', [], [[]], [1, 2, 3], [undefined, undefined, undefined], ['x', { node: 2 }, 'y'], {}, { kind: 'hello' },
    { kind: 'hello', node: 2, system: 'test' }, { kind: 'hello', node: 2, system: 'test', fenced: [5] }, { kind: 'hello', node: 2, system: 'test', fenced: [[3]] },
    { kind: 'fenced' }, { kind: 'fenced', node: 3 }, { kind: 'fenced', node: 3, verdict: {} }, { kind: 'fenced', node: 'x', verdict: { evidence: 5 } },
    { kind: 'name' }, { kind: 'name', name: {} }, { kind: 'name', name: { op: 'table' } }, { kind: 'name', name: { op: 'table', version: 1, names: [5] } },
    { kind: 'name', name: { op: 'update' } }, { kind: 'name', name: { op: 'register' } }, { kind: 'name', name: { op: 'register', id: 1, name: 5, pid: 5 } },
    { kind: 'name', name: { op: 'ask', id: 1, pid: 5 } }, { kind: 'name', name: { op: 'died', pid: {} } }, { kind: 'name', name: { op: 'unregister' } },
    { kind: 'name', name: { op: 'answer' } }, { kind: 'name', name: { op: 'granted' } }, { kind: 'name', name: { op: 'refused' } },
    [{ key: 'k' }, new Uint8Array()], [{ url: 'u', key: 'k', behaviour: 'b' }, 5], [{}, new Uint8Array([1])], ['failed'], ['failed', 5], ['failed', [1, 2]],
    [5, undefined, 1], ['x', 5, 1], ['x', undefined, 'no version'],
  ] // prettier-ignore

  test.each(kindsWithBody)('%s with bodies of other shapes', async (kind) => {
    for (const shape of shapes) {
      const peer = new HostilePeer()
      peer.hello()
      peer.send(kind, 0, 1, 1, shape)
      expect(await peer.aftermath()).toMatchObject({ works: true })
    }
  })
})

describe('a peer that breaks the protocol is ended, and believed no more', () => {
  const violations: readonly (readonly [string, (peer: HostilePeer) => void])[] = [
    ['bytes without a head', (peer) => peer.raw(Uint8Array.of(255, 1, 2))],
    [
      'a frame that was left out',
      (peer) => {
        peer.hello()
        peer.raw(writeHead('link', 7, 0, 1, 0).slice())
      },
    ],
    [
      'a frame sent twice',
      (peer) => {
        peer.hello()
        peer.raw(writeHead('link', 0, 0, 1, 0).slice())
      },
    ],
    ['a control frame that does not decode', (peer) => peer.frame('exit', 0, 1, 0, Uint8Array.of(0xc1))],
    ['a definition that is none', (peer) => peer.frame('define', 0, 0, 0, Uint8Array.of(0xc1))],
    ['an exit without its parts', (peer) => peer.send('exit', 0, 1, 0, 5)],
    [
      'another node than it should be',
      (peer) => peer.send('hello', 0, 0, 0, { kind: 'hello', node: 3, system: 'test', fenced: [] }),
    ],
    ['another system', (peer) => peer.send('hello', 0, 0, 0, { kind: 'hello', node: 2, system: 'other', fenced: [] })],
  ]

  test.each(violations)('%s', async (_, violate) => {
    const peer = new HostilePeer()
    violate(peer)
    expect(peer.cut).toBe(true)
    expect(await peer.aftermath()).toEqual({ works: true, causes: ['protocol_violation'] })
  })
})

test('a message that does not decode is a dead letter, and no reason to end anybody', async () => {
  const peer = new HostilePeer()
  peer.hello()
  const victim = await peer.nodes.actor()
  const to = Number(/(\d+)>$/.exec(victim.pid)?.[1])
  const waiting = victim.receive((on) => on.with({ fine: true }, () => 'fine'))
  peer.frame('message', to, 1, 0, Uint8Array.of(0xc1))
  peer.send('message', to, 1, 0, { fine: true })
  expect(await waiting).toBe('fine')
  expect(peer.nodes.deadLetters).toEqual([{ to: victim.pid, from: '<test.2.1>' as Pid, why: 'undecodable' }])
  expect(await peer.aftermath()).toEqual({ works: true, causes: [] })
})
