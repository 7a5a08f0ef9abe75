import { Down, P, reply } from 'bulkhead'
import type { ActorSelf, From, Isolation } from 'bulkhead'
import { desk, failure, heard, mailboxUntil, tried, trier } from '../../fixtures/servers-1-trial.ts'
import type { DeskRef, Places, Trial } from '../../fixtures/servers-1-trial.ts'
import { Desk } from '../../fixtures/servers-1-desk.ts'
import { inErlang } from '../../in-erlang.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

const REASONS = ['normal', 'shutdown', { shutdown: 'why' }, 'boom'] as const

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

const trials = {
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
} as const satisfies Readonly<Record<string, Trial>>

const Replies = trier(import.meta, 'Replies', trials)

export const replies: readonly ItemTest[] = Object.keys(trials).map((id) => item(id, tried(Replies, id)))
