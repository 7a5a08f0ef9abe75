import type { Down, Isolation } from '@bulkhead/core'
import type { Strings } from '../../../laws/law.ts'
import type { Step } from '../../../laws/fixtures/puppet.ts'
import { Body } from '../../fixtures/processes-1-bodies.ts'
import { Selfish } from '../../fixtures/processes-1-takers.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { alive, gone, labelled, sorted, told, withReply } from './telling.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

export const sending: readonly ItemTest[] = [
  item('PROC-010', async (stage) => {
    const sender = await stage.puppet({ trapExit: true })
    // A send that raises would reject this.
    await sender.do(['send', await gone(stage), 'message'])
    return { sent: 'returned', sender: await alive(stage.self, sender), heard: await sender.heard(0) }
  }),

  // As to {Name, Node}, whatever the address: nobody is there, which the result says, and that is no error of the sender.
  differing(
    'PROC-011',
    { name: ['returned', false], reference: ['returned', false], pid: 'returned', sender: 'alive', heard: [] },
    async (stage) => {
      const { self, puppet } = stage
      const sender = await puppet({ trapExit: true })
      // A send that raises would reject these.
      const [name, reference] = await sender.do(
        ['send', 'nobody', 'message'],
        ['send', self.named(Selfish, 'nobody'), 'message'],
      )
      await sender.do(['send', await gone(stage), 'message'])
      return {
        name: ['returned', name],
        reference: ['returned', reference],
        pid: 'returned',
        sender: await alive(self, sender),
        heard: await sender.heard(0),
      }
    },
  ),

  item('PROC-012', async ({ self, start, stranger, there, take }) => {
    const b = await stranger({ trapExit: true })
    const a = await start(Body, ['mixes', self.pid, b.pid])
    const labels = labelled({ a, b })
    const forth = (await b.heard(5)).map((each) => told(each, labels))
    b.ref.cast.do([
      ['send', a.pid, 'last'],
      ['exit', 'boom'],
    ])
    const [[last, ...ties]] = (await take(1)) as [unknown[]]
    const request = self.tryStart(Body, ['sends and ends', self.pid, 'first', 'second'], {
      isolation: there,
      monitor: true,
    })
    const { log } = await withReply(self, request, 3)
    const [[reply], first, second, down] = log as [unknown[], string, string, Down]
    const spawned = [reply, first, second, ['DOWN', down.reason]]
    return { forth, back: [last, ...sorted(ties.map((each) => inErlang(each, labels)))], spawned }
  }),

  item('PROC-013', async ({ puppet, stranger }) => {
    const [a, b, c] = [await puppet(), await stranger(), await puppet()]
    await Promise.all([
      a.do(...upTo(20).map((n): Step => ['send', c.pid, ['a', n]]), ['send', b.pid, 'to b']),
      b.do(...upTo(20).map((n): Step => ['send', c.pid, ['b', n]])),
    ])
    const heard = (await c.heard(40)).map((each) => told(each) as [string, number])
    // Each sender's own order, and nothing about one sender's messages among the other's.
    const of = (sender: string): number[] => heard.filter(([who]) => who === sender).map(([, n]) => n)
    return { a: of('a'), b: of('b'), 'by way of b': (await b.heardFrom(a)).map((each) => told(each)) }
  }),

  item('PROC-014', async ({ puppet, stranger }) => {
    const [a, b] = [await puppet({ trapExit: true }), await stranger({ trapExit: true, name: 'ordered' })]
    const [alias] = await b.do(['alias'])
    const addresses = [b.pid, 'ordered', alias, b.ref]
    await a.do(...upTo(40).map((n): Step => ['send', addresses[n % 4], n]))
    const messages = (await b.heardFrom(a)).map((each) => told(each))
    await a.do(['monitor', 'ordered'], ['exit', b.pid, 'kill'])
    const [down] = (await a.heard(1)).map((each) => told(each) as unknown[])
    return { messages, down: down!.at(-1) }
  }),

  item('PROC-015', async ({ puppet, stranger }) => {
    const [watcher, child] = [await puppet({ trapExit: true }), await stranger()]
    await watcher.tie('link', child.pid)
    await watcher.tie('monitor', child.pid)
    child.ref.cast.do([...upTo(50).map((n): Step => ['send', watcher.pid, n]), ['exit', 'boom']])
    const heard = (await watcher.heard(52)).map((each) => told(each, labelled({ child })))
    return { messages: heard.slice(0, 50), notices: sorted(heard.slice(50)) }
  }),

  item('PROC-016', async ({ puppet, stranger, watch, take }) => {
    const [sender, trapper, plain] = [await puppet(), await stranger({ trapExit: true }), await stranger()]
    const witness = await stranger()
    await sender.do(['send', trapper.pid, 'before'], ['exit', trapper.pid, 'between'], ['send', trapper.pid, 'after'])
    const heard = (await trapper.heardFrom(sender)).map((each) => told(each, labelled({ sender })))
    await watch(plain.pid)
    // The call would have `plain` send on to the witness; it fails after everything else from `plain`.
    await sender.do(['exit', plain.pid, 'end'])
    await sender.ref.call.call(plain.ref, 'do', [[['send', witness.pid, 'handled']]])
    const [{ reason }] = (await take(1)) as [Down]
    const handled = await witness.heard(0)
    return { trapper: heard, plain: reason, handled: handled.length === 0 ? 'nothing' : 'handled' }
  }),

  item('PROC-017', async ({ self, start, take }) => {
    const { cast } = await start(Selfish, [self.pid])
    cast.go(false)
    const [[meanwhile, heard]] = (await take(1)) as [[string, unknown[]]]
    cast.go(true)
    const [[, timerFirst]] = (await take(1)) as [[string, unknown[]]]
    return { meanwhile, heard, 'timer set first': timerFirst }
  }),

  item('PROC-018', async (stage) => ({
    near: await sentAndSpoilt(stage, await stage.puppet({ trapExit: true }), stage.here),
    far: await sentAndSpoilt(stage, await stage.stranger({ trapExit: true }), stage.there),
  })),
]

/** What a receiver hears of values that were changed as soon as they were sent, in each way; and what its own changes do to what it was sent. */
async function sentAndSpoilt(
  { self, start, take }: ConformanceStage,
  receiver: Strings,
  isolation: Isolation,
): Promise<unknown> {
  await start(Body, ['mutates', self.pid, receiver.pid, isolation])
  const [{ kept, back }] = (await take(1)) as [{ kept: Parts; back: Parts }]
  const heard = await receiver.heard(6)
  const [message, cast, call, ...late] = heard as unknown as [{ message: Parts }, { note: Parts }, { note: Parts }]
  const lateParts = (late as { exit?: Parts; message?: Parts | { argument: Parts } }[]).map((each) => {
    if (each.exit !== undefined) return ['exit', each.exit.parts]
    return 'argument' in each.message! ? ['argument', each.message.argument.parts] : ['timer', each.message!.parts]
  })
  return {
    ...Object.fromEntries(lateParts),
    message: message.message.parts,
    cast: cast.note.parts,
    call: call.note.parts,
    kept: kept.parts,
    back: back.parts,
    heard: heard.length,
  }
}

interface Parts {
  readonly parts: unknown[]
}
