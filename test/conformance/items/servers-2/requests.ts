import { multiCall, receiveResponse, RequestIds, waitResponse } from '@bulkhead/core'
import type { ActorRef, CallFailed, MultiCall, OneResponse, Outcome, Server } from '@bulkhead/core'
import { Clerk } from '../../fixtures/servers-2-clerk.ts'
import { inErlang } from '../../in-erlang.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { clerks, lodger, mailbox, told } from './clerks.ts'

type ProtocolOf<B> = B extends Server<infer _A, infer P> ? P : never

const DELETE = { delete: true }

const worded = (outcome: Outcome<unknown>, labels?: ReadonlyMap<unknown, string>): unknown => {
  if (outcome.kind === 'reply') return ['reply', outcome.reply]
  const { reason, target } = outcome.error as CallFailed
  return ['error', [inErlang(reason), labels?.get(target)]]
}

const labelled = (response: OneResponse<unknown, string>, labels?: ReadonlyMap<unknown, string>): unknown =>
  'label' in response ? [worded(response, labels), response.label] : response.kind

export const requests: readonly ItemTest[] = [
  item('SRV-028', async (stage) => {
    const { self } = stage
    const [a, b] = await clerks(stage, 2)
    const ask = (ref: typeof a) => ref!.sendRequest.do({ returns: 'keep' })
    const ids = new RequestIds<unknown, string>().add(ask(a), 'a').add(ask(b), 'b')
    const past = await waitResponse(ids, { abs: self.now() - 10 }, DELETE)
    const due = self.now() + 30
    const waited = await waitResponse(ids, { abs: due }, DELETE)
    const inTime = self.now() >= due
    await a!.call.do({ answer: 'first' })
    await b!.call.do({ answer: 'second' })
    const first = await waitResponse(ids, Infinity, DELETE)
    const second = await waitResponse(ids, { abs: self.now() - 10 }, DELETE)
    const left = ids.size
    ids.add(ask(a), 'c').add(ask(b), 'd')
    const received = await receiveResponse(ids, { abs: self.now() + 20 }, DELETE)
    for (const each of [a, b]) await each!.call.do({ answer: 'late' })
    return {
      past: labelled(past),
      waited: labelled(waited),
      not_before: inTime,
      kept: [labelled(first), labelled(second)],
      left,
      received: labelled(received),
      abandoned: labelled(await waitResponse(ids, 0, DELETE)),
      mailbox: await mailbox(stage),
    }
  }),

  item('SRV-029', async (stage) => {
    const { self, watch, take } = stage
    const [a, b, c, d, gone] = await clerks(stage, 5)
    await watch(gone!.pid)
    self.exit(gone!.pid, 'kill')
    await take(1)
    const labels = new Map<unknown, string>([
      [b!.pid, 'b'],
      [d!.pid, 'd'],
      [gone!.pid, 'gone'],
    ])
    const sizes: number[] = []
    const ids = new RequestIds<unknown, string>()
    const next = async (): Promise<OneResponse<unknown, string>> => receiveResponse(ids, Infinity, DELETE)
    const failed = async (label: string): Promise<unknown> => {
      const response = await next()
      if (!('label' in response) || response.label !== label) throw new Error(`${label} was to answer`)
      return worded(response, labels)
    }
    ids.add(a!.sendRequest.do({ returns: 'keep' }), 'a')
    ids.add(b!.sendRequest.do({ returns: ['exit', 'boom'] }), 'b')
    ids.add(c!.sendRequest.do({ returns: 'keep' }), 'c')
    const exited = await failed('b')
    sizes.push(ids.size)
    ids.add(d!.sendRequest.do({ returns: ['crash', 'odd'] }), 'd')
    const crashed = await failed('d')
    ids.add(gone!.sendRequest.do({ returns: 'keep' }), 'gone')
    const noproc = await failed('gone')
    await c!.call.do({ answer: 1 })
    const others = [labelled(await next())]
    sizes.push(ids.size)
    await a!.call.do({ answer: 2 })
    others.push(labelled(await next()))
    sizes.push(ids.size)
    return { exited, crashed, noproc, others, sizes }
  }),

  // References take the place of nodes and a name: one on a node that has ended, and one by a name that nobody has.
  item('SRV-030', async (stage) => {
    const { self, watch, take } = stage
    const [one, two, slow] = await clerks(stage, 3)
    const lost = await lodger(stage)
    await watch(lost.pid)
    lost.cast.do({ vanish: true })
    await take(1)
    const empty = self.named(Clerk, 'nobody_at_all')
    const refs = [one!, empty, lost, two!, slow!]
    const labels = new Map<ActorRef, string>(refs.map((ref, i) => [ref, ['one', 'empty', 'lost', 'two', 'slow'][i]!]))
    slow!.cast.do({ hold: true })
    await take(1)
    const ask = async (ms: number): Promise<MultiCall<ProtocolOf<typeof Clerk>, unknown>> => {
      const all = await multiCall(refs, (ref) => ref.call.do({ returns: ['reply', 'done'] }), ms)
      // Two of them can answer, however long that takes on this machine.
      return all.replies.length < 2 && ms < 10_000 ? ask(ms * 4) : all
    }
    const { replies, bad } = await ask(100)
    self.send(slow!.pid, 'go on')
    await slow!.call.do({})
    const after = await mailbox(stage)
    for (const ref of refs) ref.cast.do({ tell: 'heard' })
    const heard = await told(stage, 3)
    for (const ref of [one!, two!, slow!]) await ref.call.do({})
    return {
      replies: replies.map(({ ref, reply }) => [labels.get(ref), reply]),
      bad: bad.map(({ ref }) => labels.get(ref)),
      mailbox: after,
      cast: heard,
      more: await mailbox(stage),
    }
  }),
]
