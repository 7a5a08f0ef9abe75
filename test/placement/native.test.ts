import { describe, expect, test } from 'vitest'
import type { Isolation, Pid } from 'bulkhead'
import type { FatalFault } from '../support/native-faults.ts'
import { Doomed } from './fixtures/doomed.ts'
import { trial } from './trial.ts'

const limitMs = 400
const made = trial()
let count = 0

async function doomed(isolation: Isolation) {
  const ref = await made.system.start(Doomed, [], { id: `doomed-${++count}`, restart: 'temporary', isolation })
  const pid = ref.pid as Pid
  await made.watch(pid)
  return { ref: ref.within(20_000), pid }
}

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => ({ value }),
    (error: { reason: unknown }) => error.reason,
  )

/** What the operating system says of each, and what everybody hears. */
const ends = {
  'null dereference': [{ signaled: { signal: 'SIGSEGV' } }, { cause: 'signaled', signal: 'SIGSEGV' }],
  'abort of C': [{ signaled: { signal: 'SIGABRT' } }, { cause: 'signaled', signal: 'SIGABRT' }],
  'process.abort': [{ signaled: { signal: 'SIGABRT' } }, { cause: 'signaled', signal: 'SIGABRT' }],
  SIGKILL: [{ signaled: { signal: 'SIGKILL' } }, { cause: 'signaled', signal: 'SIGKILL' }],
  'process.exit': [{ exited: { code: 7 } }, { cause: 'exited', code: 7 }],
  'process.exit in an exit handler': [{ exited: { code: 9 } }, { cause: 'exited', code: 9 }],
} as const satisfies Readonly<Record<FatalFault, unknown>>

const each = Object.entries(ends) as readonly [FatalFault, (typeof ends)[FatalFault]][]

describe('an OS process that ends inside a handler', () => {
  test.each(each)('%s: the exact reason, and the wait status as evidence', async (fault, [reason, evidence]) => {
    const { ref, pid } = await doomed({ native: true })
    const caller = await reasonOf(ref.call.meet(fault))
    const { exit, down, exitNode, downNode } = await made.notices(pid)
    expect([caller, exit, down]).toEqual([reason, reason, reason])
    expect(downNode).toMatchObject(evidence)
    expect(exitNode).toEqual(downNode)
    // and nothing that the operating system has not said
    expect(Object.keys(downNode ?? {}).filter((key) => key === 'code' || key === 'signal')).toHaveLength(1)
  })

  test.each(each)(
    '%s: an actor that shares the node hears noconnection, with the same evidence',
    async (fault, [reason, evidence]) => {
      const { ref, pid } = await doomed({ compartment: `of ${fault}`, limits: {} })
      const victim = await doomed('process')
      const neighbour = await doomed({ coordination: { with: victim.ref } })
      await reasonOf(victim.ref.call.meet(fault))
      const heard = await made.notices(neighbour.pid)
      expect([heard.exit, heard.down]).toEqual(['noconnection', 'noconnection'])
      expect(heard.downNode).toMatchObject(evidence)
      // What ran in a process that a signal ended died with it; one that leaves says in whose name.
      const own = await made.notices(victim.pid)
      expect(own.exit).toEqual('exited' in reason ? reason : 'noconnection')
      // Whoever lives elsewhere has not noticed.
      expect(await ref.call.whereabouts()).toMatchObject({ pid })
    },
  )

  test('SIGSTOP of itself is being stuck', async () => {
    const { ref, pid } = await doomed({ native: true, limits: { handlerMs: limitMs } })
    const stuck = { stuck: { handler: expect.any(String), forMs: expect.any(Number) } }
    expect(await reasonOf(ref.call.stop())).toEqual(stuck)
    const { exit, down, downNode } = await made.notices(pid)
    expect([exit, down]).toEqual([stuck, stuck])
    expect(downNode).toMatchObject({ cause: 'stuck' })
  })
})
