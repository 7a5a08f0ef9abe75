import { CallFailed, createNode, Down, P, reply } from 'bulkhead'
import type { ActorSelf, From, Isolation, Pid } from 'bulkhead'
import {
  gone,
  desk,
  failure,
  heard,
  mailbox,
  mailboxUntil,
  patienceMs,
  tried,
  trier,
} from '../../fixtures/servers-1-trial.ts'
import type { DeskRef, Places, Trial } from '../../fixtures/servers-1-trial.ts'
import { Desk } from '../../fixtures/servers-1-desk.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { Nodes } from '../../../support/nodes.ts'

const REASONS = ['normal', 'shutdown', { shutdown: 'why' }, 'boom'] as const

/** What a failed call says: to whom it was, as that was addressed, and what was asked. */
async function says(call: Promise<unknown>, server: DeskRef): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (failed: unknown) => failed,
  )
  if (!(error instanceof CallFailed) || error.reason !== 'timeout') throw error
  return [error.target === server.pid ? 'server' : error.target, error.call]
}

/** How long a call waits for which nothing was said, under a clock that is moved by hand. */
async function defaultTime(): Promise<unknown> {
  const nodes = new Nodes(createNode)
  const caller = await nodes.actor()
  const { pid } = await caller.start(Desk, [])
  const called = failure(caller.ref(Desk, pid as Pid).call.keep())
  let outcome: unknown
  void called.then((came) => {
    outcome = came
  })
  await nodes.pass(4_999)
  if (outcome !== undefined) return [outcome, 'too early']
  await nodes.pass(1)
  return [outcome, 5_000]
}

/** What a caller hears whose call was taken and whose server then ends. */
async function fails(self: ActorSelf, isolation: Isolation, end: (server: DeskRef) => unknown): Promise<unknown> {
  const server = await desk(self, isolation)
  const call = failure(server.call.delegate(self.pid))
  await self.receive((on) => on.with({ from: P.any }, () => undefined))
  end(server)
  return call
}

/** The same when the call still lies in the mailbox. */
async function failsInMailbox(self: ActorSelf, isolation: Isolation): Promise<unknown> {
  const server = await desk(self, isolation)
  server.cast.hold(self.pid)
  await heard(self, 'held')
  const call = failure(server.call.done())
  self.exit(server.pid, 'kill')
  return call
}

async function answered(self: ActorSelf, isolation: Isolation, answer: (server: DeskRef) => unknown): Promise<unknown> {
  const server = await desk(self, isolation)
  const call = failure(server.call.keep(self.pid))
  await heard(self, 'kept')
  await answer(server)
  return call
}

/** Who was asked hands the right to answer to another, which uses it. */
async function answeredByAnother(self: ActorSelf, { there }: Places): Promise<unknown> {
  const server = await desk(self, there)
  const helper = await self.spawn((other) =>
    other.receive((on) => on.with({ from: P.any }, ({ from }) => reply(from as From<unknown>, 'process'))),
  )
  return failure(server.call.delegate(helper))
}

async function lastReply(
  self: ActorSelf,
  { there }: Places,
  reason: unknown,
  terminateFails: boolean,
): Promise<unknown> {
  const server = await desk(self, there, self.pid, terminateFails)
  self.monitor(server.pid)
  let meanwhile: unknown = 'waiting'
  const call = failure(server.call.stopWith(reason, 'bye'))
  void call.then((outcome) => {
    meanwhile = outcome
  })
  const told = await self.receive((on) => on.with({ terminate: P.any }, ({ terminate }) => inErlang(terminate)))
  // What was sent to this actor before is here when that is answered.
  await self.info(server.pid)
  const before = meanwhile
  self.send(server.pid, 'go')
  const last = await call
  const down = await self.receive((on) => on.with(P.instanceOf(Down), (each) => each))
  return { terminate: ['terminate', told], meanwhile: before, reply: last, exit: inErlang(down.reason) }
}

/** Two servers of one node of their own; the first one takes it down. */
async function onNodeOfTheirOwn(self: ActorSelf): Promise<[culprit: DeskRef, neighbour: DeskRef]> {
  const isolation = { compartment: `of-${self.pid.replaceAll(/[<>]/g, '')}` }
  return [await desk(self, isolation), await desk(self, isolation)]
}

async function nodeThatEnds(self: ActorSelf): Promise<unknown> {
  const [culprit, neighbour] = await onNodeOfTheirOwn(self)
  const waiting = failure(neighbour.call.keep(self.pid))
  await heard(self, 'kept')
  const leaving = failure(culprit.call.exit(3))
  return { culprit: await leaving, neighbour: await waiting, ended_before: await failure(neighbour.call.done()) }
}

/** A cast is `ok` whatever is there: it returns at once and raises nothing. That it says more, by a boolean, is representation. */
const ok = (returned: boolean): string => (typeof returned === 'boolean' ? 'ok' : 'something')

const trials = {
  'SRV-011': async (self, { there }) => {
    const server = await desk(self, there)
    await self.register('srv_011', server.pid)
    const named = self.named(Desk, 'srv_011')
    return {
      reply: await server.call.echo('hello'),
      says_pid: await says(server.within(20).call.keep(), server),
      says_name: await says(named.within(20).call.keep(), server),
    }
  },

  'SRV-012': async (self, { there }) => {
    const server = await desk(self, there)
    const once = await desk(self, there)
    await self.register('srv-012-gone', once.pid)
    self.exit(once.pid, 'kill')
    await self.isAlive(once.pid)
    const nobody = (name: string) => failure(self.named(Desk, name).within(patienceMs).call.done())
    return {
      unregistered: await nobody('srv-012'),
      unknown_global: await nobody('srv-012-gone'),
      unknown_via: await nobody('never/was'),
      dead: await failure(
        self
          .ref(Desk, await gone(self, there))
          .within(patienceMs)
          .call.done(),
      ),
      self: await failure(self.ref(Desk, self.pid).within(patienceMs).call.done()),
      late: await failure(server.within(20).call.keep()),
      node: await nodeThatEnds(self),
    }
  },

  'SRV-013': async (self, { there }) => ({
    normal: await fails(self, there, ({ cast }) => cast.stop('normal')),
    shutdown: await fails(self, there, ({ cast }) => cast.stop('shutdown')),
    shutdown_term: await fails(self, there, ({ cast }) => cast.stop({ shutdown: 'why' })),
    boom: await fails(self, there, ({ pid }) => self.exit(pid, 'boom')),
    kill: await fails(self, there, ({ pid }) => self.exit(pid, 'kill')),
    crash: await fails(self, there, ({ cast }) => cast.crash('crashed')),
    kill_in_mailbox: await failsInMailbox(self, there),
  }),

  'SRV-014': async (self, { there }) => {
    const server = await desk(self, there)
    const call = await failure(server.within(20).call.slow())
    self.send(server.pid, 'go')
    return { call, finished: await server.call.done(), alive: await self.isAlive(server.pid) }
  },

  'SRV-015': async (self, { there }) => {
    const server = await desk(self, there)
    const returned = await failure(server.within(20).call.slow())
    self.send(server.pid, 'go')
    server.cast.say(self.pid, 'after_the_reply')
    const afterReturned = await mailboxUntil(self, 'after_the_reply')
    const later = await failure(server.within(20).call.keep())
    await server.call.answer('late')
    server.cast.say(self.pid, 'after_the_reply')
    return {
      returned: [returned, afterReturned],
      given_later: [later, await mailboxUntil(self, 'after_the_reply')],
    }
  },

  'SRV-016': async (self, places) => ({
    call: await answered(self, places.there, ({ call }) => call.answer('call')),
    cast: await answered(self, places.there, ({ cast }) => cast.answer('cast')),
    info: await answered(self, places.there, ({ pid }) => self.send(pid, { answer: 'info' })),
    continue: await answered(self, places.there, ({ cast }) => cast.continue('continue')),
    terminate: await answered(self, places.there, ({ cast }) => cast.stop('normal')),
    process: await answeredByAnother(self, places),
  }),

  'SRV-017': async (self, { there }) => {
    const server = await desk(self, there)
    const caller = await self.spawn((other) => other.ref(Desk, server.pid).call.keep(self.pid))
    await heard(self, 'kept')
    self.exit(caller, 'kill')
    await self.isAlive(caller)
    const toNobody = await server.call.answer('nobody')

    const kept = server.call.keep(self.pid)
    await heard(self, 'kept')
    const first = await server.call.answer('first')
    const got = await kept
    const again = await server.call.again('second')
    server.cast.say(self.pid, 'after_the_second')
    const after = await mailboxUntil(self, 'after_the_second')

    const keptAnew = failure(server.call.keep(self.pid))
    await heard(self, 'kept')
    const twice = await server.call.answerTwice('first', 'second')
    const atOnce = [twice, await keptAnew]
    // OTP may leave the second one in the mailbox if it came before the first was taken. Here nothing ever is.
    server.cast.say(self.pid, 'after_both')
    const stray = await mailboxUntil(self, 'after_both')
    if (stray.length > 0) throw new Error(`a second reply is in the mailbox: ${JSON.stringify(stray)}`)
    return {
      gone: toNobody,
      first: [first, got],
      second_after: [again, after],
      second_at_once: atOnce,
      lives: await server.call.echo('hello'),
    }
  },

  'SRV-018': async (self, places) => ({
    normal: await lastReply(self, places, 'normal', false),
    shutdown: await lastReply(self, places, 'shutdown', false),
    boom: await lastReply(self, places, 'boom', false),
    terminate_fails: await lastReply(self, places, 'boom', true),
  }),

  'SRV-019': async (self, { there }) => {
    const outcomes: unknown[] = []
    for (const reason of REASONS) outcomes.push(await failure((await desk(self, there)).call.stop(reason)))
    return outcomes
  },

  'SRV-020': async (self, { there }) => {
    const { pid, cast, call } = await desk(self, there)
    cast.note(1)
    self.send(pid, { note: 2 })
    const third = call.note(3)
    self.send(pid, { note: 4 })
    cast.note(5)
    cast.note(6)
    self.send(pid, { note: 7 })
    const eighth = call.note(8)
    const notes = await call.notes()
    await Promise.all([third, eighth])
    return notes
  },

  'SRV-021': async (self, { there }) => {
    const busy = await desk(self, there)
    busy.cast.hold(self.pid)
    await heard(self, 'held')
    const toBusy = ok(busy.cast.note(1))
    self.send(busy.pid, 'go')
    const [culprit, neighbour] = await onNodeOfTheirOwn(self)
    await failure(culprit.call.exit(3))
    const once = await desk(self, there)
    await self.register('srv-021-gone', once.pid)
    self.exit(once.pid, 'kill')
    await self.isAlive(once.pid)
    const outcomes = {
      busy: [toBusy, await busy.call.notes()],
      dead: ok(self.ref(Desk, once.pid).cast.note(1)),
      unregistered: ok(self.named(Desk, 'srv-021').cast.note(1)),
      unknown_global: ok(self.named(Desk, 'srv-021-gone').cast.note(1)),
      unknown_via: ok(self.named(Desk, 'never/was').cast.note(1)),
      dead_node: ok(neighbour.cast.note(1)),
    }
    // Nothing came of any of them, here neither.
    const left = await mailbox(self)
    if (left.length > 0) throw new Error(`a cast was answered: ${JSON.stringify(left)}`)
    return outcomes
  },
} as const satisfies Readonly<Record<string, Trial>>

const Calls = trier(import.meta, 'Calls', trials)
const run = (id: keyof typeof trials): ItemTest['run'] => tried(Calls, id)

export const calls: readonly ItemTest[] = [
  item('SRV-011', async (stage) => ({ ...((await run('SRV-011')(stage)) as object), default: await defaultTime() })),
  differing(
    'SRV-012',
    {
      unregistered: ['noproc', 'call'],
      unknown_global: ['noproc', 'call'],
      unknown_via: ['noproc', 'call'],
      dead: ['noproc', 'call'],
      self: ['calling_self', 'call'],
      late: ['timeout', 'call'],
      node: {
        culprit: [{ exited: { code: 3 } }, 'call'],
        neighbour: ['noconnection', 'call'],
        ended_before: ['noproc', 'call'],
      },
    },
    run('SRV-012'),
  ),
  item('SRV-013', run('SRV-013')),
  item('SRV-014', run('SRV-014')),
  item('SRV-015', run('SRV-015')),
  item('SRV-016', run('SRV-016')),
  item('SRV-017', run('SRV-017')),
  item('SRV-018', run('SRV-018')),
  item('SRV-019', run('SRV-019')),
  item('SRV-020', run('SRV-020')),
  item('SRV-021', run('SRV-021')),
]
