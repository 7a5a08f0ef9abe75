import * as core from '@bulkhead/core'
import { receiveResponse, sys } from '@bulkhead/core'
import type { ActorRef, Down, InvalidOption } from '@bulkhead/core'
import { expect, vi } from 'vitest'
import { patienceMs } from '../../../laws/stage.ts'
import { Bare, Clerk } from '../../fixtures/servers-2-clerk.ts'
import type { Order, Returns, State } from '../../fixtures/servers-2-clerk.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { by, clerk, ended, failure, isBadReturn, mailbox, told, toldUntilMark } from './clerks.ts'
import type { ClerkRef } from './clerks.ts'

/** What a clerk hears when something is there already as it begins to wait, and some time after that. */
async function cancelled(stage: ConformanceStage, ref: ClerkRef, come: 'call' | 'cast' | 'info', ms: number) {
  ref.cast.do({ hold: true, returns: ['timeout', ms] })
  await stage.take(1)
  const order: Order = { tell: 'came', mark: 3 * ms }
  if (come === 'call') ref.sendRequest.do(order)
  else if (come === 'cast') ref.cast.do(order)
  else stage.self.send(ref.pid, { order })
  stage.self.send(ref.pid, 'go on')
  return toldUntilMark(stage)
}

/** The warnings that an actor has logged, as soon as there are any. */
const warned = ({ log }: ConformanceStage, { pid }: ActorRef): Promise<string[]> =>
  vi.waitFor(
    () => {
      const lines = log.filter((line) => line.level === 'warning' && line.pid === pid)
      if (lines.length === 0) throw new Error('no warning came')
      return lines.map(() => 'warned')
    },
    { timeout: patienceMs },
  )

export const callbacks: readonly ItemTest[] = [
  // Something is queued before each callback returns; then it goes on twice.
  item('SRV-031', async (stage) => {
    const order: Order = {
      send: 'queued',
      returns: ['continue', { tell: 'first', returns: ['continue', { tell: 'second' }] }],
    }
    await clerk(stage, { first: order })
    const init = await told(stage, 3)
    const ref = await clerk(stage)
    await ref.call.do(order)
    const call = await told(stage, 3)
    const answered: Order = { tell: 'first', answer: 'later', returns: ['continue', { tell: 'second' }] }
    const reply = await ref.call.do({ send: 'queued', returns: ['keep_and_continue', answered] })
    if (reply !== 'later') throw new Error(`the reply was ${String(reply)}`)
    const later = await told(stage, 3)
    ref.cast.do(order)
    const cast = await told(stage, 3)
    stage.self.send(ref.pid, { order })
    return { init, call, later, cast, info: await told(stage, 3) }
  }),

  item('SRV-032', async (stage) => {
    const { self, here, take } = stage
    const startLink = (next: Order) =>
      self.startLink(Clerk, [self.pid, { first: { returns: ['continue', next] } }], { isolation: here })
    const holds = await startLink({ hold: true, tell: 'done' })
    self.send(holds.pid!, 'go on')
    const held = await told(stage, 2)
    const { pid } = await startLink({ returns: ['exit', 'boom'] })
    return { held, crashed: inErlang(await take(2), new Map([[pid, 'clerk']])) }
  }),

  item('SRV-033', async (stage) => {
    const idle: Returns = ['timeout', 20]
    await clerk(stage, { first: { returns: idle } })
    const init = await told(stage, 1)
    const ref = await clerk(stage)
    await ref.call.do({ returns: idle })
    const call = await told(stage, 1)
    const kept = ref.sendRequest.do({ returns: ['keep_with_timeout', 20] })
    const later = await told(stage, 1)
    await ref.call.do({ answer: 'late' })
    await receiveResponse(kept)
    ref.cast.do({ returns: idle })
    const cast = await told(stage, 1)
    stage.self.send(ref.pid, { order: { returns: idle } })
    const info = await told(stage, 1)
    await ref.call.do({ returns: ['continue', { returns: idle }] })
    const further = await told(stage, 1)
    // Once only: the next that comes is the mark.
    await ref.call.do({ returns: idle })
    const [once] = (await told(stage, 1)) as unknown[]
    ref.cast.do({ mark: 60 })
    const [then] = (await told(stage, 1)) as unknown[]
    const without: unknown[] = []
    for (const come of ['call', 'cast', 'info'] as const) without.push(await cancelled(stage, ref, come, 20))
    return { init, call, later, cast, info, continue: further, once: [once, then], cancelled: without }
  }),

  item('SRV-034', async (stage) => {
    const ref = await clerk(stage)
    const queued = await cancelled(stage, ref, 'info', 0)
    await ref.call.do({ returns: ['timeout', 0] })
    return { queued, empty: await told(stage, 1) }
  }),

  item('SRV-035', async (stage) => {
    const { self, take } = stage
    const ref = await clerk(stage)
    for (let ms = 150; ; ms *= 2) {
      await ref.call.do({ returns: ['timeout', ms] })
      await self.sleep(ms * 0.4)
      const asked = self.now()
      await sys.getState(ref)
      // On a machine that stood still the time was over before the request came: then it needs more of it.
      if ((await mailbox(stage)) !== 'quiet') continue
      const heard = inErlang(await take(1))
      // A timer of Node.js can be a millisecond early.
      return { heard, full_time: self.now() - asked >= ms - 2 }
    }
  }),

  differing(
    'SRV-036',
    {
      info: ['state', ['warned']],
      call: ['undefined_call', 'lives'],
      cast: [['warned'], 'lives'],
      continue: ['undef', 'handle_continue'],
      terminate: 'ok',
    },
    async (stage) => {
      const { self, start, take, here } = stage
      const [ref, toCall, toCast] = [await start(Bare, [false]), await start(Bare, [false]), await start(Bare, [false])]
      self.send(ref.pid, 'hello')
      const state = await sys.getState(ref)
      const info = [state, await warned(stage, ref)]
      const lives = async (asked: ActorRef) => ((await sys.getState(asked)) === 'state' ? 'lives' : 'lost its state')
      const loose = (asked: ActorRef) => asked as ActorRef<{ calls: { x(): void }; casts: { x(): void } }>
      const call = [await failure(loose(toCall).call.x()), await lives(toCall)]
      loose(toCast).cast.x()
      const cast = [await warned(stage, toCast), await lives(toCast)]
      await self.startMonitor(Bare, [true], { isolation: here })
      const { code } = ((await take(1))[0] as Down).reason as { readonly code: string }
      await sys.stop(ref)
      return {
        info,
        call,
        cast,
        continue: code === 'undefined_continue' ? ['undef', 'handle_continue'] : code,
        terminate: 'ok',
      }
    },
  ),

  // A plain value that is thrown is a failure; our answers may be thrown.
  differing(
    'SRV-037',
    {
      reply: ['crash', [['nocatch', 'given'], 'stack']],
      continue: [['continue', 'continued']],
      stop: ['last', ['terminate', 'normal']],
      returned: ['bad_return_value', 'odd'],
      thrown: [['nocatch', 'odd'], 'stack'],
    },
    async (stage) => {
      const end = async (order: Order): Promise<unknown> => {
        const heard = await ended(stage, await clerk(stage), by.cast(order))
        const [last, reason] = [heard.told, heard.reason].map((each) =>
          isBadReturn(each) ? ['bad_return_value', 'odd'] : inErlang(each),
        )
        expect(last).toEqual(reason)
        return reason
      }
      const crashing = await clerk(stage)
      const given = await failure(crashing.call.do({ returns: ['throw', ['reply', 'given']] }))
      await stage.take(1)
      const ref = await clerk(stage)
      await ref.call.do({ returns: ['throw', ['continue', { tell: 'continued' }]] })
      const further = await told(stage, 1)
      const stopped = await ref.call.do({ returns: ['throw', ['stop', 'normal', 'last']] })
      const [last] = (await told(stage, 1)) as unknown[]
      return {
        reply: ['crash', inErlang(given)],
        continue: further,
        stop: [stopped, last],
        returned: await end({ returns: 'odd' }),
        thrown: await end({ returns: ['throw_value', 'odd'] }),
      }
    },
  ),

  // There is no hibernation: no answer and no option asks for it. What a server does after a silence holds.
  differing(
    'SRV-038',
    { answers: [], option: ['invalid_option', 'hibernateAfter'], after_silence: ['ok', []] },
    async (stage) => {
      const ref = await clerk(stage)
      const refused = stage.self.startLink(Clerk, [stage.self.pid], { hibernateAfter: 20 } as object)
      const { code, field } = (await refused.catch((error: unknown) => error)) as InvalidOption
      await stage.self.sleep(30)
      const { entries } = (await sys.getState(ref)) as State
      return {
        answers: Object.keys(core).filter((name) => /hibernat/i.test(name)),
        option: [code, field],
        after_silence: [await ref.call.do({}), entries],
      }
    },
  ),
]
