import type { IsolationLimits, Pid } from 'bulkhead'
import { describe, expect, test } from 'vitest'
import { bystanders } from './bystanders.ts'
import { Forger } from './fixtures/forger.ts'
import type { Forged } from './fixtures/forger.ts'
import { Neighbour } from './fixtures/neighbour.ts'
import { trial } from './trial.ts'

const own = trial()

const others = bystanders(own, ['Forger'])

/** `<system.node.serial>` */
const partsOf = (pid: Pid) => ({
  pid,
  node: Number(pid.split('.')[1]),
  serial: Number.parseInt(pid.split('.')[2] as string, 10),
})

interface Scene {
  readonly pid: Pid
  /** The pid of a neighbour that the forger was never handed. */
  readonly victim: { readonly pid: Pid; readonly serial: number; readonly node: number }
  readonly forger: Awaited<ReturnType<typeof startForger>>
}

async function startForger(limits: IsolationLimits = {}) {
  return await own.system.start(Forger, [], {
    id: `forger-${++count}`,
    restart: 'temporary',
    isolation: {
      trust: 'untrusted',
      sandbox: { framesPerSecond: 5_000, bytesPerSecond: 2 ** 20, frameBytes: 2 ** 18 },
      limits,
    },
  })
}
let count = 0

/** A forger does what it does; it is ended for the rule that it broke, and nobody else has noticed anything. */
async function caught(rule: RegExp, forge: (scene: Scene) => Promise<unknown> | undefined): Promise<void> {
  const forger = await startForger()
  const pid = forger.pid as Pid
  await own.watch(pid)
  const victim = own.system.named(Neighbour, 'thread').pid as Pid
  expect(await forger.within(30_000).call.alive()).toBe(true)
  void forge({ pid, forger, victim: partsOf(victim) })?.catch(() => {})
  const { exit, down, exitNode } = await own.notices(pid)
  expect(exitNode).toMatchObject({ cause: 'protocol_violation', rule: expect.stringMatching(rule) as string })
  expect([exit, down]).toEqual(['protocol_violation', 'protocol_violation'])
  await others.haveNoticedNothing()
}

const name = (signal: object): Forged => ({ kind: 'name', body: { kind: 'name', name: signal } })
const end = (reason: unknown, evidence?: object): unknown => [reason, evidence, 0]

const spawnOf = {
  url: 'file:///tmp/evil.ts',
  key: 'file:///tmp/evil.ts#Evil',
  behaviour: 'Evil',
  path: '/evil',
  link: false,
  monitor: 0,
  restarts: 0,
  supervised: false,
  placement: { kind: 'thread', share: 'pooled', limits: {}, because: [], rejected: [] },
}

describe('a forgery ends who made it, with protocol_violation, and nothing else notices', { timeout: 120_000 }, () => {
  const frames: readonly (readonly [string, RegExp, (scene: Scene) => readonly Forged[]])[] = [
    ['a foreign sender', /no actor of its own/, ({ victim }) => [{ kind: 'message', to: 0, from: victim.serial + 40, body: 'x' }]],
    ['mail to a pid that it was never handed', /never heard|never handed/, ({ victim }) => [{ kind: 'message', peer: victim.node, to: victim.serial, body: 'x' }]],
    ['mail to an actor of the root that it was never handed', /never handed/, () => [{ kind: 'cast', to: 5, body: ['take', 'x'] }]],
    ['joining a group, by its keeper’s pid', /never handed/, () => [{ kind: 'call', to: 3, ref: 9, body: ['join', 'admins'] }]],
    ['a system request, to a pid that it was handed', /system frame, which it was not granted/, () => [{ kind: 'system', to: 1, ref: 9, body: ['get_state'] }]],
    ['a look into the mailbox of one', /info frame, which it was not granted/, () => [{ kind: 'info', to: 1, ref: 9, body: ['messages'] }]],
    ['a frame of no kind', /without a head/, () => [{ kind: 'group', body: 'admins' }]],
    ['a start of a module in a trusted node', /spawn frame, which it was not granted/, () => [{ kind: 'spawn', ref: 9, body: [spawnOf, new Uint8Array([0x90])] }]],
    ['a kill of the root’s supervisor', /exit frame, which it was not granted/, () => [{ kind: 'exit', to: 1, body: end('kill') }]],
    ['an exit of the root’s own actor', /exit frame, which it was not granted/, () => [{ kind: 'exit', to: 0, body: end('shutdown') }]],
    ['a storm of links', /link frame, which it was not granted/, () => Array.from({ length: 1_000 }, () => ({ kind: 'link', to: 1 }))],
    ['an EXIT along a link that was never made', /not linked/, () => [{ kind: 'link_exit', to: 0, body: end('boom') }]],
    ['evidence that it made up', /not told of/, () => [{ kind: 'link_exit', to: 1, body: end('noconnection', { node: 1, domain: 'x', cause: 'stuck' }) }]],
    ['a DOWN that nobody waits for', /nobody waits/, () => [{ kind: 'down', to: 0, ref: 77, body: end('boom') }]],
    ['the theft of a name', /not granted/, ({ pid }) => [name({ op: 'register', id: 9, name: 'thread', pid })]],
    ['a name for somebody else', /not granted/, ({ victim }) => [name({ op: 'register', id: 9, name: 'mine', pid: victim.pid })]],
    ['that a name is free', /not granted/, ({ victim }) => [name({ op: 'unregister', id: 9, name: 'thread', pid: victim.pid })]],
    ['that the holder of a name has ended', /no actor of its own/, ({ victim }) => [name({ op: 'died', pid: victim.pid })]],
    ['news of names, in the place of the root', /not granted/, ({ pid }) => [name({ op: 'update', version: 1e6, name: 'thread', pid })]],
    ['that the root is cut off', /not granted/, () => [{ kind: 'fenced', from: 0, body: { kind: 'fenced', node: 1, verdict: { evidence: { node: 1, domain: 'x', cause: 'stuck' } } } }]],
    ['that it is another node', /hello again/, () => [{ kind: 'hello', from: 0, body: { kind: 'hello', node: 1, system: 'x', fenced: [] } }]],
    ['a number that leaves one out', /where \d+ was due/, () => [{ kind: 'alive', to: 1, ref: 9, skip: 1 }]],
    ['a number that comes again', /where \d+ was due/, () => [{ kind: 'alive', to: 1, ref: 9, skip: -1 }]],
    ['msgpack that is none', /a body that is none/, () => [{ kind: 'name', from: 0, bytes: Uint8Array.of(0xc1, 0xff, 0x81) }]],
    ['structures that are none', /a body that is none/, () => [{ kind: 'define', from: 0, bytes: Uint8Array.of(0x93, 0xcd) }]],
    ['a reply to somebody else’s call', /nobody waits/, () => [{ kind: 'reply', to: 1, ref: 12, body: 'forged' }]],
    ['an answer to a start that nobody asked for', /nobody asked/, () => [{ kind: 'spawn_reply', to: 1, from: 2, ref: 4_711 }]],
  ] // prettier-ignore

  test.each(frames)('%s', async (_, rule, forged) => {
    await caught(rule, (scene) => scene.forger.within(30_000).call.forge(forged(scene)))
  })

  test('a reply that it has given already', async () => {
    await caught(/a reply to .* that nobody waits for/, ({ forger }) => forger.within(30_000).call.replay())
  })

  test('a right to answer that it was never given', async () => {
    await caught(/the right to answer a call .* that it was never given/, ({ forger }) => forger.call.claimRight())
  })

  test('an oversized frame', async () => {
    await caught(/a frame of more than 262144 bytes \(isolation\.sandbox\.frameBytes\)/, ({ forger }) =>
      forger.call.forge([{ kind: 'message', bytes: new Uint8Array(2 ** 18 + 1) }]),
    )
  })

  test('a length that promises gigabytes', async () => {
    await caught(/a frame of more than 262144 bytes \(isolation\.sandbox\.frameBytes\)/, ({ forger }) =>
      forger.call.raw(Uint8Array.of(0xff, 0xff, 0xff, 0x7f)),
    )
  })

  test('too many frames', async () => {
    await caught(/more than 5000 frames per second \(isolation\.sandbox\.framesPerSecond\)/, ({ forger }) =>
      forger.call.flood(60_000, { kind: 'message', to: 0 }),
    )
  })

  test('too many bytes', async () => {
    await caught(/more than 1048576 bytes per second \(isolation\.sandbox\.bytesPerSecond\)/, ({ forger }) =>
      forger.call.flood(4_000, { kind: 'message', to: 0, bytes: new Uint8Array(4_000) }),
    )
  })

  test.each([
    ['a node, allocated', { type: 'allocate', request: 1, decision: { kind: 'process' }, path: '/x' }],
    ['the end of another node', { type: 'end_node', node: 2, why: { cause: 'killed' } }],
    ['what its crashes taught', { type: 'learn', request: 1, path: '/thread', decision: {}, evidence: {} }],
    ['an address where it listens', { type: 'listening', address: '\0evil' }],
    ['no word at all', 'no JSON'],
    ['a piece of no kind', undefined],
  ])('said to the warden: %s', async (_, word) => {
    await caught(word === undefined ? /no frame/ : /a word that no sandbox may say/, ({ forger }) =>
      word === undefined ? forger.call.raw(Uint8Array.of(6, 0, 0, 0, 9, 0, 0, 0, 0, 1)) : forger.call.say(word),
    )
  })
})

test('answers in advance do not make a stuck sandbox look alive', { timeout: 120_000 }, async () => {
  const forger = await startForger({ handlerMs: 500 })
  await own.watch(forger.pid as Pid)
  forger.call.answerInAdvance().catch(() => {})
  expect((await own.notices(forger.pid as Pid)).exitNode).toMatchObject({ cause: 'stuck' })
  await others.haveNoticedNothing()
})
