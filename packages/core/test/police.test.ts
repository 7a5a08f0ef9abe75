import { aliasOf } from '../src/actor/alias.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNode, defineServer, later, makePid, Police, reply } from '../src/index.ts'
import type { ActorRef, ActorSelf, From, NodeId, Pid } from '../src/index.ts'
import { createCodec } from '../src/messaging/codec.ts'
import type { Connection } from '../src/messaging/connection.ts'
import { tellEnd } from '../src/messaging/told-end.ts'
import type { FrameKind } from '../src/messaging/frame.ts'
import { readHead, head, writeHead } from '../src/messaging/frame.ts'
import { memoryLink } from '@bulkhead/transport-memory'
import { Nodes } from '../../../test/support/nodes.ts'

const GUEST = 2
const actor = 1
const pid = (node: number, serial: number): Pid => makePid(`<test.${node}.`, serial)
const alias = (node: number, serial: number, ref: number): string => aliasOf(pid(node, serial), ref)

/** Who says something on one connection: numbers its frames, and defines the structures of its bodies. */
class Speaker {
  readonly #encoder = createCodec().encoder
  #defined = 0
  number = 0

  frame(kind: FrameKind, to: number, from: number, ref: number, body: Uint8Array = new Uint8Array()): Uint8Array {
    return Uint8Array.from([...writeHead(kind, this.number++, to, from, ref), ...body])
  }

  frames(kind: FrameKind, to: number, from: number, ref: number, value?: unknown): Uint8Array[] {
    if (value === undefined) return [this.frame(kind, to, from, ref)]
    const { bytes } = this.#encoder.encode(value, { root: 'signal' })
    const { definitions } = this.#encoder
    const defines =
      definitions > this.#defined ? [this.frame('define', 0, 0, 0, this.#encoder.define(this.#defined))] : []
    this.#defined = definitions
    return [...defines, this.frame(kind, to, from, ref, bytes)]
  }

  end(reason: unknown, evidence?: object): unknown {
    return tellEnd(this.#encoder, { reason, evidence: evidence as never, nameVersion: 0 })
  }
}

/** An untrusted node with one actor, which node 1 has started, and its police. */
class Precinct {
  readonly police: Police
  readonly #peers = new Map<NodeId, Speaker>()
  readonly #guest = new Map<NodeId, Speaker>()

  constructor(options: { readonly openMax?: number; readonly link?: boolean; readonly name?: string } = {}) {
    this.police = new Police({ system: 'test', id: GUEST, ...(options.openMax && { openMax: options.openMax }) })
    this.hears(1, 'spawn', 0, 7, 100, [request(options), new Uint8Array()])
    const broken =
      this.says(1, 'hello', 0, 0, 0, hello) ??
      this.says(1, 'spawn_reply', 7, actor, 100) ??
      this.says(1, 'started', 7, actor, 100, ['started'])
    if (broken !== undefined) throw new Error(broken)
  }

  speaker(peer: NodeId, of = this.#guest): Speaker {
    const speaker = of.get(peer) ?? new Speaker()
    of.set(peer, speaker)
    return speaker
  }

  /** Whether what node `peer` says comes through; every frame that does is numbered without a gap. */
  hears(peer: NodeId, kind: FrameKind, to: number, from: number, ref: number, value?: unknown): boolean {
    let came = false
    for (const bytes of this.speaker(peer, this.#peers).frames(kind, to, from, ref, value))
      came = this.police.incoming(peer, bytes, 0, bytes.length) !== undefined
    return came
  }

  /** The rule that a frame of the guest breaks. */
  says(peer: NodeId, kind: FrameKind, to: number, from: number, ref: number, value?: unknown): string | undefined {
    let broken: string | undefined
    for (const bytes of this.speaker(peer).frames(kind, to, from, ref, value))
      broken ??= this.police.outgoing(peer, bytes, 0, bytes.length)
    return broken
  }

  end(reason: unknown, evidence?: object): unknown {
    return this.speaker(1).end(reason, evidence)
  }
}

const hello = { kind: 'hello', node: GUEST, system: 'test', fenced: [] }
const name = (signal: object) => ({ kind: 'name', name: signal })

const request = ({ link = false, name: named }: { readonly link?: boolean; readonly name?: string }) => ({
  url: 'file:///guest.ts',
  key: 'file:///guest.ts#Guest',
  behaviour: 'Guest',
  path: '/guest',
  ...(named !== undefined && { name: named }),
  link,
  monitor: 0,
  restarts: 0,
  supervised: false,
  placement: { kind: 'process', share: 'dedicated', limits: {}, because: [], rejected: [] },
})

/** The bytes of a `From`, as a node encodes it: the right to answer a call of an actor of node 1. */
const rightOf = (serial: number, ref: number): Uint8Array => {
  const text = new TextEncoder().encode(pid(1, serial))
  return Uint8Array.of(0xd6, 0x69, 0x80, 0, 0, 0x21, 0x92, 0xa0 | text.length, ...text, 0xcd, ref >> 8, ref & 255)
}

describe('what an untrusted node may not say', () => {
  /** Leaves a number out. */
  const skip = (precinct: Precinct): void => void precinct.speaker(1).number++
  const raw = (p: Precinct, kind: FrameKind, to: number, from: number, ref: number, body: Uint8Array) => {
    const bytes = p.speaker(1).frame(kind, to, from, ref, body)
    return p.police.outgoing(1, bytes, 0, bytes.length)
  }

  const forgeries: readonly (readonly [string, RegExp, (precinct: Precinct) => string | undefined])[] = [
    ['mail from a foreign serial', /no actor of its own/, (p) => (p.hears(1, 'message', actor, 7, 0, 'hi'), p.says(1, 'message', 7, 5, 0, 'x'))],
    ['mail to a pid that it was never handed', /never handed/, (p) => p.says(1, 'message', 9, actor, 0, 'x')],
    ['a call to one', /never handed/, (p) => p.says(1, 'call', 9, actor, 1, ['f'])],
    ['a cast to one', /never handed/, (p) => p.says(1, 'cast', 9, actor, 0, ['f'])],
    ['a monitor of one', /never handed/, (p) => p.says(1, 'monitor', 9, actor, 1)],
    ['the question whether one lives', /never handed/, (p) => p.says(1, 'alive', 9, actor, 1)],
    ['a frame to a node of which it never heard', /never heard/, (p) => p.says(3, 'hello', 0, 0, 0, hello)],
    ['a start', /not granted/, (p) => p.says(1, 'spawn', 0, actor, 5, [request({}), new Uint8Array()])],
    ['an exit signal', /not granted/, (p) => p.says(1, 'exit', 7, actor, 0, p.end('kill'))],
    ['a link', /not granted/, (p) => p.says(1, 'link', 7, actor, 0)],
    ['news that a node is cut off', /not granted/, (p) => p.says(1, 'fenced', 0, 0, 0, { kind: 'fenced', node: 1, verdict: { evidence: { node: 1, domain: 'x', cause: 'stuck' } } })],
    ['a reply that nobody waits for', /nobody waits/, (p) => p.says(1, 'reply', 7, actor, 3, 'x')],
    ['a reply twice', /nobody waits/, (p) => (p.hears(1, 'call', actor, 7, 3, ['f']), p.says(1, 'reply', 7, actor, 3, 'x') ?? p.says(1, 'reply', 7, actor, 3, 'x'))],
    ['a reply to the call of somebody else', /nobody waits/, (p) => (p.hears(1, 'call', actor, 7, 3, ['f']), p.says(1, 'reply', 8, actor, 3, 'x'))],
    ['a refusal in place of a reply that was given', /nobody waits/, (p) => (p.hears(1, 'call', actor, 7, 3, ['f']), p.says(1, 'reply', 7, actor, 3, 'x') ?? p.says(1, 'refusal', 7, actor, 3, 'x'))],
    ['that a call failed which nobody made', /nobody waits/, (p) => p.says(1, 'call_failed', 7, actor, 3, 'noproc')],
    ['a reply to the ref of a monitor', /nobody waits/, (p) => (p.hears(1, 'monitor', actor, 7, 3), p.says(1, 'reply', 7, actor, 3, 'x'))],
    ['DOWN that nobody monitors', /nobody waits/, (p) => p.says(1, 'down', 7, actor, 3, p.end('normal'))],
    ['DOWN twice', /nobody waits/, (p) => (p.hears(1, 'monitor', actor, 7, 3), p.says(1, 'down', 7, actor, 3, p.end('x')) ?? p.says(1, 'down', 7, actor, 3, p.end('x')))],
    ['DOWN of another actor', /nobody waits/, (p) => (p.hears(1, 'monitor', actor, 7, 3), p.says(1, 'down', 7, 4, 3, p.end('x')))],
    ['an EXIT to whom nothing links', /not linked/, (p) => p.says(1, 'link_exit', 7, actor, 0, p.end('x'))],
    ['an EXIT twice', /not linked/, (p) => (p.hears(1, 'link', actor, 7, 0), p.says(1, 'link_exit', 7, actor, 0, p.end('x')) ?? p.says(1, 'link_exit', 7, actor, 0, p.end('x')))],
    ['evidence that it made up', /not told of/, (p) => (p.hears(1, 'link', actor, 7, 0), p.says(1, 'link_exit', 7, actor, 0, p.end('x', { node: 1, domain: 'test.1', cause: 'stuck' })))],
    ['evidence of another shape', /not told of/, (p) => (p.hears(1, 'link', actor, 7, 0), p.says(1, 'link_exit', 7, actor, 0, p.end('x', { domain: { toString: 1 } })))],
    ['an unlink of whom nothing links', /not linked/, (p) => p.says(1, 'unlink', 7, actor, 4)],
    ['an acknowledgement that nobody waits for', /nobody waits/, (p) => p.says(1, 'unlink_ack', 7, actor, 4)],
    ['an answer to a question that nobody asked', /nobody waits/, (p) => p.says(1, 'alive_reply', 7, actor, 4, true)],
    ['the reply to a start that nobody asked for', /nobody asked/, (p) => p.says(1, 'spawn_reply', 7, 2, 101)],
    ['a second actor from one start', /nobody asked/, (p) => p.says(1, 'spawn_reply', 7, 2, 100)],
    ['a pid that it gave before', /again/, (p) => (p.hears(1, 'spawn', 0, 7, 101, [request({}), new Uint8Array()]), p.says(1, 'spawn_reply', 7, actor, 101))],
    ['the outcome of a start twice', /nobody asked/, (p) => p.says(1, 'started', 7, actor, 100, ['started'])],
    ['a name that it was not granted', /not granted/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'register', id: 1, name: 'db', pid: pid(2, actor) }))],
    ['its own name for somebody else', /not granted/, (p) => (p.hears(1, 'name', 0, 0, 0, name({ op: 'register', id: 4, name: 'x', pid: pid(2, actor) })), p.says(1, 'name', 0, 0, 0, name({ op: 'register', id: 1, name: 'x', pid: pid(1, 7) })))],
    ['that a name is free', /not granted/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'unregister', id: 1, name: 'db', pid: pid(2, actor) }))],
    ['names, in the place of the root', /not granted/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'update', version: 9, name: 'db', pid: pid(2, actor) }))],
    ['a table of names', /not granted/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'table', version: 9, names: [['db', pid(2, actor)]] }))],
    ['that another actor has ended', /no actor of its own/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'died', pid: pid(1, 7) }))],
    ['an answer about names that nobody asked for', /nobody asked/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'answer', id: 1, alive: true }))],
    ['that a name is granted', /nobody asked/, (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'granted', id: 1, version: 1 }))],
    ['hello again', /again/, (p) => p.says(1, 'hello', 0, 0, 0, hello)],
    ['hello in the name of another node', /in the name of node 1/, (p) => (p.hears(3, 'message', actor, 4, 0, 'x'), p.says(3, 'hello', 0, 0, 0, { ...hello, node: 1 }))],
    ['hello that cuts off others', /cuts off others/, (p) => (p.hears(3, 'message', actor, 4, 0, 'x'), p.says(3, 'hello', 0, 0, 0, { ...hello, fenced: [[1, { evidence: { node: 1, domain: 'x', cause: 'stuck' } }]] }))],
    ['anything before hello', /before it said who it is/, (p) => (p.hears(3, 'message', actor, 4, 0, 'x'), p.says(3, 'message', 4, actor, 0, 'x'))],
    ['a number that was left out', /frame \d+ where \d+ was due/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), skip(p), p.says(1, 'message', 7, actor, 0, 'x'))],
    ['mail to a pid that others only repeat after it', /never handed/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.says(1, 'message', 7, actor, 0, [pid(1, 9)]), p.hears(1, 'message', actor, 7, 0, [pid(1, 9)]), p.says(1, 'message', 9, actor, 0, 'x'))],
    ['a right to answer that it was never given', /never given/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), raw(p, 'message', 7, actor, 0, rightOf(9, 300)))],
    ['pids by the thousand that it made up', /more than 1024 pids/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.says(1, 'message', 7, actor, 0, Array.from({ length: 1_025 }, (_, i) => pid(1, 100 + i))))],
    ['what another actor is to do, as its debugger', /not granted/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.says(1, 'system', 7, actor, 3, ['suspend']))],
    ['the question what waits in the mailbox of another', /not granted/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.says(1, 'info', 7, actor, 3, ['messages']))],
    ['an answer about itself that nobody asked for', /nobody waits/, (p) => p.says(1, 'info_reply', 7, actor, 3, {})],
    ['an answer about itself that is none', /without its parts/, (p) => (p.hears(1, 'info', actor, 7, 3, ['links']), p.says(1, 'info_reply', 7, actor, 3, 5))],
    ['mail to an alias that it guessed', /an alias of .* that it was never handed/, (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.says(1, 'message', 7, actor, 12, 'x'))],
    ['mail to an alias with the ref of another', /an alias of .* that it was never handed/, (p) => (p.hears(1, 'message', actor, 7, 0, alias(1, 9, 12)), p.says(1, 'message', 9, actor, 13, 'x'))],
    ['mail past the alias that it was handed', /whose pid it was never handed/, (p) => (p.hears(1, 'message', actor, 7, 0, alias(1, 9, 12)), p.says(1, 'message', 9, actor, 0, 'x'))],
    ['mail to an alias that others only repeat after it', /an alias of .* that it was never handed/, (p) => (p.hears(1, 'message', actor, 9, 0, 'x'), p.says(1, 'message', 9, actor, 0, alias(1, 9, 12)), p.hears(1, 'message', actor, 9, 0, alias(1, 9, 12)), p.says(1, 'message', 9, actor, 12, 'x'))],
    ['bytes without a head', /without a head/, (p) => p.police.outgoing(1, Uint8Array.of(255, 1, 2), 0, 3)],
    ['a body that is none', /a body that is none/, (p) => (p.hears(1, 'monitor', actor, 7, 3), raw(p, 'down', 7, actor, 3, Uint8Array.of(0xc1)))],
    ['structures that are none', /a body that is none/, (p) => raw(p, 'define', 0, 0, 0, Uint8Array.of(0x91, 0xc1))],
  ] // prettier-ignore

  test.each(forgeries)('%s', (_, rule, forge) => {
    const precinct = new Precinct()
    expect(forge(precinct)).toMatch(rule)
  })

  test('random frames are allowed or break a rule, and nothing worse', () => {
    const kinds = [
      'message',
      'call',
      'reply',
      'down',
      'link_exit',
      'started',
      'name',
      'hello',
      'define',
      'spawn_reply',
      'unlink_ack',
    ] as const
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(8), fc.nat(3), fc.nat(101), fc.anything({ maxDepth: 3 })), {
          maxLength: 8,
        }),
        (frames) => {
          const precinct = new Precinct()
          for (const [kind, to, from, ref, value] of frames) {
            try {
              precinct.says(1, kind, to, from, ref, value)
            } catch (error) {
              expect(String(error)).toContain('NotSendable') // by the test's own encoder
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('what it may say', () => {
  const rawMail = (p: Precinct, body: Uint8Array) => {
    const bytes = p.speaker(1).frame('message', 9, actor, 0, body)
    return p.police.outgoing(1, bytes, 0, bytes.length)
  }
  const handRight = (p: Precinct): void => {
    const body = rightOf(9, 300)
    const bytes = p
      .speaker(1, new Map([[1, Object.assign(new Speaker(), { number: 50 })]]))
      .frame('message', actor, 7, 0, body)
    expect(p.police.incoming(1, bytes, 0, bytes.length)).toBeDefined()
  }

  const allowed: readonly (readonly [string, (precinct: Precinct) => string | undefined])[] = [
    ['mail to whom it heard from', (p) => (p.hears(1, 'message', actor, 9, 0, 'hi'), p.says(1, 'message', 9, actor, 0, 'x'))],
    ['mail to a pid that stood in a message', (p) => (p.hears(1, 'message', actor, 7, 0, { deep: [{ who: pid(1, 33) }] }), p.says(1, 'cast', 33, actor, 0, ['f']))],
    ['… of another node, once it said who it is', (p) => (p.hears(1, 'message', actor, 7, 0, [pid(4, 5)]), p.says(4, 'hello', 0, 0, 0, hello) ?? p.says(4, 'call', 5, actor, 1, ['f']))],
    ['… in the arguments of its start', (p) => (p.hears(1, 'spawn', 0, 7, 101, [request({}), createCodec().encoder.encode([pid(1, 44)]).bytes]), p.says(1, 'message', 44, actor, 0, 'x'))],
    ['… and in a reply', (p) => (p.hears(1, 'reply', actor, 7, 1, pid(1, 55)), p.says(1, 'monitor', 55, actor, 6))],
    ['a reply', (p) => (p.hears(1, 'call', actor, 7, 3, ['f']), p.says(1, 'reply', 7, actor, 3, 'x'))],
    ['a reply to a caller that has given up, whose timeout may have crossed it', (p) => (p.hears(1, 'call', actor, 7, 3, ['f']), p.hears(1, 'demonitor', actor, 7, 3), p.says(1, 'reply', 7, actor, 3, 'x'))],
    ['a reply to a call for which it was given the right', (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), handRight(p), p.says(1, 'reply', 9, actor, 300, 'x'))],
    ['a pid that it made up before, once that one has spoken itself', (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.says(1, 'message', 7, actor, 0, [pid(1, 9)]), p.hears(1, 'message', actor, 9, 0, 'it is me'), p.says(1, 'message', 9, actor, 0, 'x'))],
    ['the right to answer that it was given, handed on', (p) => (p.hears(1, 'call', actor, 9, 300, ['f']), p.says(1, 'cast', 9, actor, 0, ['g']) ?? rawMail(p, rightOf(9, 300)))],
    ['pids of a node that has ended', (p) => (p.hears(1, 'message', actor, 7, 0, 'x'), p.police.forget(5), p.says(1, 'message', 7, actor, 0, Array.from({ length: 2_000 }, (_, i) => pid(5, i))))],
    ['that a call failed', (p) => (p.hears(1, 'call', 5, 7, 3, ['f']), p.says(1, 'call_failed', 7, 0, 3, 'noproc'))],
    ['DOWN to a caller', (p) => (p.hears(1, 'call', actor, 7, 3, ['f']), p.says(1, 'down', 7, actor, 3, p.end('boom')))],
    ['DOWN to who monitors it, also when a demonitor crosses it', (p) => (p.hears(1, 'monitor', actor, 7, 3), p.hears(1, 'demonitor', actor, 7, 3), p.says(1, 'down', 7, actor, 3, p.end('boom')))],
    ['DOWN of an actor that never was', (p) => (p.hears(1, 'monitor', 40, 7, 3), p.says(1, 'down', 7, 40, 3, p.end('noproc')))],
    ['EXIT to who is linked, also when its unlink crosses it', (p) => (p.hears(1, 'link', actor, 7, 0), p.hears(1, 'unlink', actor, 7, 9), p.says(1, 'link_exit', 7, actor, 0, p.end('boom')) ?? p.says(1, 'unlink_ack', 7, actor, 9))],
    ['EXIT to a partner that has ended meanwhile', (p) => (p.hears(1, 'link', actor, 7, 0), p.hears(1, 'link_exit', actor, 7, 0, p.end('x')), p.says(1, 'link_exit', 7, actor, 0, p.end('boom')))],
    ['evidence that it was told', (p) => (p.hears(1, 'link', actor, 7, 0), p.police.learnEvidence({ node: 3, domain: 'test.3', cause: 'stuck' }), p.says(1, 'link_exit', 7, actor, 0, p.end('noconnection', { node: 3, domain: 'test.3', cause: 'stuck' })))],
    ['EXIT twice to who has linked itself twice to one that is gone', (p) => (p.hears(1, 'link', 40, 7, 0), p.hears(1, 'unlink', 40, 7, 9), p.hears(1, 'link', 40, 7, 0), p.says(1, 'link_exit', 7, 40, 0, p.end('noproc')) ?? p.says(1, 'link_exit', 7, 40, 0, p.end('noproc')))],
    ['an unlink of who is linked', (p) => (p.hears(1, 'link', actor, 7, 0), p.says(1, 'unlink', 7, actor, 9))],
    ['that it lives', (p) => (p.hears(1, 'alive', actor, 7, 3), p.says(1, 'alive_reply', 7, actor, 3, true))],
    ['what is known about it, to who asked', (p) => (p.hears(1, 'info', actor, 7, 3, ['links']), p.says(1, 'info_reply', 7, actor, 3, { links: [] }))],
    ['the reply to a system request, or DOWN instead', (p) => (p.hears(1, 'system', actor, 7, 3, ['get_state']), p.says(1, 'reply', 7, actor, 3, 'x') ?? (p.hears(1, 'system', actor, 7, 4, ['get_state']), p.says(1, 'down', 7, actor, 4, p.end('boom'))))],
    ['mail to an alias that it was handed, on a node that it heard of by that', (p) => (p.hears(1, 'message', actor, 7, 0, [alias(4, 9, 12)]), p.says(4, 'hello', 0, 0, 0, hello) ?? p.says(4, 'message', 9, actor, 12, 'x'))],
    ['that a start failed', (p) => (p.hears(1, 'spawn', 0, 7, 101, [request({}), new Uint8Array()]), p.says(1, 'started', 7, 0, 101, ['failed', p.end('not_loadable')]))],
    ['the name that others gave it', (p) => (p.hears(1, 'name', 0, 0, 0, name({ op: 'register', id: 4, name: 'x', pid: pid(2, actor) })), p.says(1, 'name', 0, 0, 0, name({ op: 'register', id: 1, name: 'x', pid: pid(2, actor) })) ?? p.says(1, 'name', 0, 0, 0, name({ op: 'granted', id: 4, version: 1 })))],
    ['that it has ended, to the names', (p) => p.says(1, 'name', 0, 0, 0, name({ op: 'died', pid: pid(2, actor) }))],
    ['whether a holder of a name lives', (p) => (p.hears(1, 'name', 0, 0, 0, name({ op: 'ask', id: 4, pid: pid(2, actor) })), p.says(1, 'name', 0, 0, 0, name({ op: 'answer', id: 4, alive: true })))],
  ] // prettier-ignore

  test.each(allowed)('%s', (_, say) => {
    expect(say(new Precinct())).toBeUndefined()
  })

  test('the name with which it was started, once, and the EXIT of the link with which it was started', () => {
    const precinct = new Precinct({ link: true, name: 'guest' })
    const register = name({ op: 'register', id: 1, name: 'guest', pid: pid(2, actor) })
    expect(precinct.says(1, 'name', 0, 0, 0, register)).toBeUndefined()
    expect(precinct.says(1, 'name', 0, 0, 0, register)).toMatch(/not granted/)
    const linked = new Precinct({ link: true })
    expect(linked.says(1, 'link_exit', 7, actor, 0, linked.end('boom'))).toBeUndefined()
  })
})

describe('what it hears', () => {
  test('is what concerns it: not who is called what, which nodes were cut off, or answers to starts', () => {
    const precinct = new Precinct()
    expect(precinct.hears(1, 'hello', 0, 0, 0, { ...hello, node: 1 })).toBe(false)
    expect(precinct.hears(1, 'name', 0, 0, 0, name({ op: 'table', version: 3, names: [['db', pid(1, 4)]] }))).toBe(
      false,
    )
    expect(precinct.hears(1, 'name', 0, 0, 0, name({ op: 'update', version: 4, name: 'db', pid: pid(1, 4) }))).toBe(
      false,
    )
    expect(precinct.hears(1, 'name', 0, 0, 0, name({ op: 'update', version: 5, name: 'x', pid: pid(2, actor) }))).toBe(
      true,
    )
    expect(precinct.hears(1, 'name', 0, 0, 0, name({ op: 'update', version: 6, name: 'x', pid: undefined }))).toBe(true)
    expect(precinct.hears(1, 'name', 0, 0, 0, name({ op: 'update', version: 7, name: 'x', pid: undefined }))).toBe(
      false,
    )
    expect(precinct.hears(1, 'spawn_reply', 0, 4, 1)).toBe(false)
    expect(precinct.says(1, 'message', 4, actor, 0, 'x')).toMatch(/never handed/)
  })

  test('is numbered without a gap, whatever was left out', () => {
    const police = new Police({ system: 'test', id: GUEST })
    const speaker = new Speaker()
    const numbers = [
      ...speaker.frames('hello', 0, 0, 0, { ...hello, node: 1 }),
      ...speaker.frames('message', actor, 7, 0, 'one'),
      ...speaker.frames('message', actor, 7, 0, 'two'),
    ].flatMap((bytes) => {
      const passed = police.incoming(1, bytes, 0, bytes.length)
      if (passed === undefined) return []
      expect(readHead(passed.head, 0, passed.head.length)).toBe(true)
      return [head.frameNumber]
    })
    expect(numbers).toEqual([0, 1, 2]) // the structure of hello, and the messages
  })
})

test('what it was handed, and what is open, is bounded: the oldest is forgotten', () => {
  const precinct = new Precinct({ openMax: 10 })
  for (let serial = 20; serial < 40; serial++) precinct.hears(1, 'call', actor, serial, serial, ['f'])
  expect(precinct.says(1, 'message', 39, actor, 0, 'x')).toBeUndefined()
  expect(precinct.says(1, 'message', 21, actor, 0, 'x')).toMatch(/never handed/)
  expect(precinct.says(1, 'reply', 39, actor, 39, 'x')).toBeUndefined()
  expect(precinct.says(1, 'reply', 21, actor, 21, 'x')).toMatch(/nobody waits/)
})

describe('honest traffic breaks no rule', () => {
  const Guest = defineServer(import.meta, 'Guest', {
    init: () => ({ waiting: [] as From<string>[], refs: [] as number[] }),
    calls: {
      echo: (_self, value: unknown) => value,
      later: (self) => later<string>((from) => self.state.waiting.push(from)),
      ask: (_self, other: ActorRef) =>
        (other as unknown as { call: { echo(v: string): Promise<string> } }).call.echo('from the guest'),
      crash: () => {
        throw new Error('boom')
      },
    },
    casts: {
      tell: (self, to: Pid) => void self.send(to, 'told'),
      watch: (self, to: Pid) => void self.state.refs.push(self.monitor(to)),
      unwatch: (self) => self.state.refs.splice(0).forEach((ref) => self.demonitor(ref)),
      alive: (self, to: Pid) => void self.isAlive(to),
      part: (self, from: Pid) => void self.unlink(from),
      release: (self) => self.state.waiting.splice(0).forEach((from) => reply(from, 'late')),
      answer: (_self, from: From<string>) => reply(from, 'in your place'),
    },
    info: () => {},
  })

  const Echo = defineServer(import.meta, 'Echo', {
    init: () => [] as From<string>[],
    calls: {
      echo: (_self, value: string) => value,
      handOn: (_self, guest: ActorRef) =>
        later<string>((from) => (guest as unknown as { cast: { answer(f: From<string>): void } }).cast.answer(from)),
    },
  })

  /** Two nodes, and the police on the one connection between them. */
  function policed() {
    const police = new Police({ system: 'test', id: GUEST })
    const broken: string[] = []
    let isConnected = false
    const connect = (): void => {
      if (isConnected) return
      isConnected = true
      queueMicrotask(() => {
        const [trusted, toTrusted] = pair()
        const [guest, toGuest] = pair()
        pass(
          toTrusted,
          (segment, start, end) => {
            const frame = police.incoming(1, segment, start, end)
            if (frame !== undefined) toGuest.send(frame.head, segment.subarray(frame.bodyStart, end))
          },
          () => toGuest.close(),
        )
        pass(
          toGuest,
          (segment, start, end) => {
            const rule = police.outgoing(1, segment, start, end)
            if (rule !== undefined) broken.push(rule)
            toTrusted.send(segment.subarray(start, end))
          },
          () => toTrusted.close(),
        )
        nodes.node(1).connected(GUEST, trusted)
        nodes.node(GUEST).connected(1, guest)
      })
    }
    const nodes: Nodes = new Nodes(createNode, { ids: [1, 2], host: { connect } })
    const pair = () => memoryLink({ schedule: (deliver) => nodes.loop.later(deliver), shares: false })
    return { nodes, broken }
  }

  function pass(
    from: Connection,
    frame: (segment: Uint8Array, start: number, end: number) => void,
    closed: () => void,
  ): void {
    from.receive({ frame, drained: () => {}, closed })
  }

  const steps = ['echo', 'later', 'ask', 'crash', 'tell', 'watch', 'unwatch', 'alive', 'part', 'release', 'handOn', 'link', 'unlink', 'monitor', 'demonitor', 'isAlive', 'exit', 'settle', 'pass', 'restart', 'replace'] as const // prettier-ignore

  test('whatever actors do to one that does not go beyond what it was asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 25 }), async (list) => {
        const { nodes, broken } = policed()
        const start = () => nodes.main.start(Guest, [], { isolation: 'thread' })
        let guest = await start()
        let other = await nodes.actor()
        const echo = await nodes.main.start(Echo, [], { isolation: 'inline' })
        const refs: number[] = []
        const swallow = (promise: Promise<unknown>): void => void promise.catch(() => undefined)
        const acts: Record<(typeof steps)[number], (self: ActorSelf) => unknown> = {
          echo: () => swallow(guest.call.echo({ who: other.pid })),
          later: () => swallow(guest.within(50).call.later()),
          ask: () => swallow(guest.within(50).call.ask(echo)),
          crash: () => swallow(guest.call.crash()),
          tell: (self) => guest.cast.tell(self.pid),
          watch: (self) => guest.cast.watch(self.pid),
          unwatch: () => guest.cast.unwatch(),
          alive: (self) => guest.cast.alive(self.pid),
          part: (self) => guest.cast.part(self.pid),
          release: () => guest.cast.release(),
          handOn: () => swallow(echo.within(50).call.handOn(guest)),
          link: (self) => self.link(guest),
          unlink: (self) => self.unlink(guest),
          monitor: (self) => refs.push(self.monitor(guest)),
          demonitor: (self) => refs.splice(0).forEach((ref) => self.demonitor(ref)),
          isAlive: (self) => swallow(self.isAlive(guest)),
          exit: (self) => self.exit(guest, 'enough'),
          settle: () => nodes.settled(),
          pass: () => nodes.pass(60),
          restart: async () => {
            guest = await start()
          },
          replace: async () => {
            refs.length = 0
            other = await nodes.actor()
            other.trapExit = true
          },
        }
        other.trapExit = true
        for (const step of list) await acts[step](other)
        await nodes.settled()
        expect(broken).toEqual([])
        expect(nodes.ended).toEqual([])
      }),
      { numRuns: 400 },
    )
  })
})
