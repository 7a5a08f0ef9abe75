import { expect } from 'vitest'
import { checkResponse, multiCall, receiveResponse, RequestIds, waitResponse } from '@bulkhead/core'
import { Clerk } from './fixtures/clerk.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'
import { patienceMs } from './stage.ts'

export const requestLaws: readonly Law[] = [
  law(
    'sendRequest does not wait; the response is the reply, the refusal, or why there is none (SRV-022, SRV-025)',
    async ({ self, start }) => {
      const clerk = await start(Clerk, [])
      const [added, refused, ended] = [
        clerk.sendRequest.add('x'),
        clerk.sendRequest.refuse(),
        clerk.sendRequest.end({ why: 1 }),
      ]
      expect(await receiveResponse(ended, patienceMs)).toMatchObject({
        kind: 'error',
        error: { code: 'exited', reason: { why: 1 } },
      })
      expect(await receiveResponse(refused, patienceMs)).toMatchObject({ kind: 'error', error: { message: 'refused' } })
      expect(await waitResponse(added, patienceMs)).toEqual({ kind: 'reply', reply: 1 })
      const nobody = self.named(Clerk, 'nobody-at-all').sendRequest.add(1)
      expect(await waitResponse(nobody)).toMatchObject({ error: { code: 'noproc', target: 'nobody-at-all' } })
    },
  ),

  law(
    'after its time waitResponse can wait again; receiveResponse has abandoned, and what comes later is dropped (SRV-023)',
    async ({ self, start }) => {
      const clerk = await start(Clerk, [])
      const kept = clerk.sendRequest.keep()
      expect(await waitResponse(kept, 0)).toEqual({ kind: 'timeout' })
      await clerk.call.answerKept('first')
      expect(await waitResponse(kept, patienceMs)).toEqual({ kind: 'reply', reply: 'first' })
      const abandoned = clerk.sendRequest.keep()
      expect(await receiveResponse(abandoned, { abs: self.now() + 20 })).toEqual({ kind: 'timeout' })
      await clerk.call.answerKept('second')
      expect(await waitResponse(abandoned, 0)).toEqual({ kind: 'timeout' })
    },
  ),

  law('a response is a message: checkResponse finds to which request it belongs (SRV-024)', async ({ start, take }) => {
    const clerk = await start(Clerk, [])
    const [one, other] = [clerk.sendRequest.add('a'), clerk.sendRequest.add('b')]
    const [first, second] = await take(2)
    expect(checkResponse(first, other)).toEqual({ kind: 'no_reply' })
    expect(checkResponse({ no: 'response' }, one)).toEqual({ kind: 'no_reply' })
    expect(checkResponse(first, one)).toEqual({ kind: 'reply', reply: 1 })
    expect(checkResponse(second, other)).toEqual({ kind: 'reply', reply: 2 })
  }),

  law(
    'of several requests the responses come as they were given, each with its label; an end fails its own only (SRV-026, SRV-029)',
    async ({ start }) => {
      const [slow, fast, ends] = [await start(Clerk, []), await start(Clerk, []), await start(Clerk, [])]
      const kept = slow.sendRequest.keep()
      const ids = new RequestIds<unknown, string>().add(kept, 'slow')
      expect(() => ids.add(kept, 'again')).toThrow('already')
      ids.add(ends.sendRequest.end('boom'), 'ends')
      expect(ids.size).toBe(2)
      expect(await receiveResponse(ids, patienceMs, { delete: true })).toMatchObject({
        kind: 'error',
        label: 'ends',
        error: { reason: 'boom' },
      })
      ids.add(fast.sendRequest.add(1), 'fast')
      expect(await receiveResponse(ids, patienceMs, { delete: true })).toMatchObject({
        kind: 'reply',
        label: 'fast',
        reply: 1,
      })
      await slow.call.answerKept('late')
      expect(await waitResponse(ids, patienceMs)).toMatchObject({ kind: 'reply', label: 'slow', reply: 'late' })
      expect(ids.list()).toEqual([{ id: kept, label: 'slow' }])
    },
  ),

  law('no requests: no_request at once, however long one would wait (SRV-027)', async () => {
    const none = new RequestIds()
    expect(await waitResponse(none)).toEqual({ kind: 'no_request' })
    expect(await receiveResponse(none, 60_000)).toEqual({ kind: 'no_request' })
    expect(checkResponse('any', none)).toEqual({ kind: 'no_request' })
  }),

  law(
    'when the time is over waitResponse leaves all of them answerable, and receiveResponse none (SRV-028)',
    async ({ self, start }) => {
      const clerk = await start(Clerk, [])
      const ids = new RequestIds<unknown, number>().add(clerk.sendRequest.keep(), 1).add(clerk.sendRequest.keep(), 2)
      expect(await waitResponse(ids, { abs: self.now() })).toEqual({ kind: 'timeout' })
      await clerk.call.answerKept('kept')
      for (const label of [1, 2])
        expect(await waitResponse(ids, patienceMs, { delete: true })).toMatchObject({ kind: 'reply', label })
      ids.add(clerk.sendRequest.keep(), 3).add(clerk.sendRequest.keep(), 4)
      expect(await receiveResponse(ids, 20)).toEqual({ kind: 'timeout' })
      await clerk.call.answerKept('too late')
      expect(await waitResponse(ids, 0)).toEqual({ kind: 'timeout' })
    },
  ),

  law('multiCall calls many and tells who did not reply; nothing is left over (SRV-030)', async ({ self, start }) => {
    const [one, two, ends, late] = [
      await start(Clerk, []),
      await start(Clerk, []),
      await start(Clerk, []),
      await start(Clerk, []),
    ]
    await two.call.add(0)
    ends.cast.busy()
    late.cast.busy()
    const refs = [one, ends, two, late, self.named(Clerk, 'nobody-at-all')]
    const calling = multiCall(refs, (ref) => ref.call.add('all'), 2_000)
    self.exit(ends.pid, 'boom')
    const { replies, bad } = await calling
    expect(replies.map(({ reply }) => reply)).toEqual([1, 2])
    expect(bad.map(({ error }) => (error as { code: string }).code)).toEqual(['exited', 'timeout', 'noproc'])
    self.send(late.pid, 'go on')
    expect(await late.call.entries()).toEqual(['all'])
    await expect(self.receive((on) => on.with({ kind: 'reply' }, () => 1).after(0, () => 'nothing'))).resolves.toBe(
      'nothing',
    )
  }),
]
