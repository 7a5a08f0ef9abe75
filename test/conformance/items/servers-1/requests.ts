import { checkResponse, InvalidOption, P, receiveResponse, RequestIds, waitResponse } from 'bulkhead'
import type { ActorSelf, RequestId } from 'bulkhead'
import { desk, gone, heard, mailboxUntil, patienceMs, response, tried, trier } from '../../fixtures/servers-1-trial.ts'
import type { Places, Trial } from '../../fixtures/servers-1-trial.ts'
import { Desk } from '../../fixtures/servers-1-desk.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

type Ids = RequestIds<unknown, string>

/** The next response to one of several, with its label and how many there are then. */
async function next(ids: Ids, take: typeof waitResponse, forget: boolean): Promise<unknown> {
  const told = await take(ids, patienceMs, { delete: forget })
  return 'label' in told ? [response(told, told.id), told.label, ids.size] : told.kind
}

/** Of responses that are both there the one that came first is told first. */
async function queuedResponses(self: ActorSelf, { here, there }: Places): Promise<unknown> {
  const [left, right] = [await desk(self, there), await desk(self, here)]
  const ids: Ids = new RequestIds<unknown, string>()
    .add(left.sendRequest.keep(), 'left')
    .add(right.sendRequest.keep(), 'right')
  await right.call.answer(1)
  right.cast.say(self.pid, 'right_said')
  await heard(self, 'right_said')
  await left.call.answer(2)
  left.cast.say(self.pid, 'left_said')
  await heard(self, 'left_said')
  return [await next(ids, receiveResponse, true), await next(ids, receiveResponse, true)]
}

function badargOf(add: () => unknown): string {
  try {
    add()
    return 'added'
  } catch (error) {
    if (error instanceof InvalidOption) return 'badarg'
    throw error
  }
}

const trials = {
  'SRV-022': async (self, { there }) => {
    const server = await desk(self, there)
    server.cast.hold(self.pid)
    await heard(self, 'held')
    const [one, other] = [server.sendRequest.echo('one'), server.sendRequest.echo('other')]
    const busy = [response(await waitResponse(one, 0)), response(await receiveResponse(other, 20))]
    const third = server.sendRequest.echo('third')
    self.send(server.pid, 'go')
    const replies = [response(await waitResponse(one, patienceMs)), response(await receiveResponse(third, patienceMs))]
    const [ends, crashes] = [
      (await desk(self, there)).sendRequest.stop('boom'),
      (await desk(self, there)).sendRequest.crash('crashed'),
    ]
    const errors = [
      response(await waitResponse(ends, patienceMs), ends),
      response(await receiveResponse(crashes, patienceMs), crashes),
    ]
    return { busy, replies, errors }
  },

  'SRV-023': async (self, { there }) => {
    const server = await desk(self, there)
    const waited = server.sendRequest.keep()
    const wait = [response(await waitResponse(waited, 20)), response(await waitResponse(waited, 0))]
    await server.call.answer('late')
    wait.push(response(await waitResponse(waited, patienceMs)))
    const received = server.sendRequest.keep()
    const receive = response(await receiveResponse(received, 20))
    await server.call.answer('late')
    server.cast.say(self.pid, 'after_the_reply')
    return { wait, receive: [receive, await mailboxUntil(self, 'after_the_reply')] }
  },

  'SRV-024': async (self, { there }) => {
    const server = await desk(self, there)
    const take = (): Promise<unknown> => self.receive((on) => on.with(P._, (message) => ({ message })))
    const one = server.sendRequest.echo('one')
    const first = ((await take()) as { message: unknown }).message
    const other = (await desk(self, there)).sendRequest.stop('boom')
    const second = ((await take()) as { message: unknown }).message
    const checked = (message: unknown, id: RequestId<unknown>): unknown => response(checkResponse(message, id), id)
    return [
      checked('unrelated', one),
      checked(first, other),
      checked(second, one),
      checked(first, one),
      checked(second, other),
    ]
  },

  // There is one namespace: one name was never given, the other's holder has ended.
  'SRV-025': async (self, { there }) => {
    await gone(self, there, 'srv-025-gone')
    const responses = async (name: string): Promise<unknown[]> => {
      const ids = [self.named(Desk, name).sendRequest.done(), self.named(Desk, name).sendRequest.done()] as const
      return [
        response(await waitResponse(ids[0], patienceMs), ids[0]),
        response(await receiveResponse(ids[1], patienceMs), ids[1]),
      ]
    }
    return { local: await responses('srv-025'), global: await responses('srv-025-gone') }
  },

  'SRV-026': async (self, places) => {
    const [slow, fast] = [await desk(self, places.there), await desk(self, places.here)]
    const keep = slow.sendRequest.keep()
    const ids: Ids = new RequestIds<unknown, string>().add(keep, 'slow')
    const twice = badargOf(() => ids.add(keep, 'again'))
    ids.add(fast.sendRequest.echo('quick'), 'fast')
    const size = ids.size
    const first = await next(ids, waitResponse, false)
    // The response was taken; the request stays in the collection that was not told to forget it.
    ids.add(fast.sendRequest.echo('quicker'), 'faster')
    const second = await next(ids, waitResponse, true)
    await slow.call.answer('done')
    const third = await next(ids, receiveResponse, true)
    return { twice, size, responses: [first, second, third], queued: await queuedResponses(self, places) }
  },

  'SRV-027': async () => {
    const none: Ids = new RequestIds()
    return {
      wait: [
        (await waitResponse(none, Infinity, { delete: true })).kind,
        (await waitResponse(none, Infinity, { delete: false })).kind,
      ],
      receive: [
        (await receiveResponse(none, Infinity, { delete: true })).kind,
        (await receiveResponse(none, 60_000, { delete: true })).kind,
        (await receiveResponse(none, 0, { delete: true })).kind,
      ],
      check: checkResponse('any', none, { delete: true }).kind,
    }
  },
} as const satisfies Readonly<Record<string, Trial>>

const Requests = trier(import.meta, 'Requests', trials)

export const requests: readonly ItemTest[] = Object.keys(trials).map((id) => item(id, tried(Requests, id)))
