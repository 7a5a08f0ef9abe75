import { CallFailed, createNode, P } from 'bulkhead'
import type { ActorSelf, Isolation, Pid } from 'bulkhead'
import {
  desk,
  failure,
  gone,
  heard,
  mailboxUntil,
  onNodeOfTheirOwn,
  patienceMs,
  tried,
  trier,
} from '../../fixtures/servers-1-trial.ts'
import type { DeskRef, Trial } from '../../fixtures/servers-1-trial.ts'
import { Desk } from '../../fixtures/servers-1-desk.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { Nodes } from '../../../support/nodes.ts'

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

async function nodeThatEnds(self: ActorSelf): Promise<unknown> {
  const [culprit, neighbour] = await onNodeOfTheirOwn(self)
  const waiting = failure(neighbour.call.keep(self.pid))
  await heard(self, 'kept')
  const leaving = failure(culprit.call.exit(3))
  return { culprit: await leaving, neighbour: await waiting, ended_before: await failure(neighbour.call.done()) }
}

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
    const once = await gone(self, there, 'srv-012-gone')
    const nobody = (name: string) => failure(self.named(Desk, name).within(patienceMs).call.done())
    return {
      unregistered: await nobody('srv-012'),
      unknown_global: await nobody('srv-012-gone'),
      unknown_via: await nobody('never/was'),
      dead: await failure(self.ref(Desk, once).within(patienceMs).call.done()),
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
]
