import { expect } from 'vitest'
import type { CallFailed } from '@bulkhead/core'
import { Reluctant } from './fixtures/brief.ts'
import { Puppet } from './fixtures/puppet.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'
import { patienceMs } from './stage.ts'

/** Soon, on a machine that is busy with other things: whoever is behind the slow one would wait for ever, since that takes nothing until it is killed. */
const promptMs = 10_000

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: CallFailed) => error.reason,
  )

export const mailboxLaws: readonly Law[] = [
  ...(['refuse', 'drop_newest'] as const).map((overflow) =>
    law(
      `a full mailbox that is to ${overflow} keeps the oldest and drops what arrives`,
      async ({ self, start, take }) => {
        const { pid } = await start(Reluctant, [self.pid], { mailbox: { count: 3, overflow } })
        for (let i = 0; i < 10; i++) self.send(pid, i)
        self.exit(pid, 'go')
        expect(await take(1)).toEqual([[0, 1, 2]])
      },
    ),
  ),

  law('a full mailbox drops the oldest when it is to', async ({ self, start, take }) => {
    const { pid } = await start(Reluctant, [self.pid], { mailbox: { count: 3, overflow: 'drop_oldest' } })
    for (let i = 0; i < 10; i++) self.send(pid, i)
    self.exit(pid, 'go')
    expect(await take(1)).toEqual([[7, 8, 9]])
  }),

  law('bytes bound a mailbox as well', async ({ self, start, take }) => {
    const { pid } = await start(Reluctant, [self.pid], { mailbox: { bytes: 1_000 } })
    for (const text of ['a'.repeat(600), 'b'.repeat(600), 'c'.repeat(300)]) self.send(pid, text)
    self.exit(pid, 'go')
    expect(await take(1)).toEqual([['a'.repeat(600), 'c'.repeat(300)]])
  }),

  law('bytes bound it whatever the bytes are of, and however they travel', async ({ self, start, take }) => {
    const { pid } = await start(Reluctant, [self.pid], { mailbox: { bytes: 1_000_000 } })
    for (let i = 0; i < 5; i++) self.send(pid, new Uint8Array(400_000).fill(i))
    for (let i = 5; i < 10; i++) {
      const moved = new Uint8Array(90_000).fill(i).buffer
      self.send(pid, moved, { transfer: [moved] })
    }
    self.exit(pid, 'go')
    const [taken] = (await take(1)) as [(Uint8Array | ArrayBuffer)[]]
    expect(taken.map((each) => [each.byteLength, new Uint8Array(each as ArrayBuffer)[0]])).toEqual([
      [400_000, 0],
      [400_000, 1],
      [90_000, 5],
      [90_000, 6],
    ])
  }),

  law(
    'a full mailbox ends its actor when it is to; everybody hears how many waited',
    async ({ self, start, take, watch }) => {
      const { pid } = await start(Reluctant, [self.pid], { mailbox: { count: 3, overflow: 'exit' } })
      await watch(pid)
      for (let i = 0; i < 10; i++) self.send(pid, i)
      expect(await take(1)).toMatchObject([{ reason: { mailbox_full: 3 } }])
    },
  ),

  law('a call that finds no room is overloaded, at once', async ({ puppet }) => {
    const { ref } = await puppet({ mailbox: { count: 2 } })
    ref.cast.block(60_000)
    const calls = [1, 2, 3, 4].map((n) => reasonOf(ref.call.echo(n)))
    expect(await Promise.race(calls)).toBe('overloaded')
    expect(await Promise.all(calls.slice(2))).toEqual(['overloaded', 'overloaded'])
  }),

  law('bounds do not concern exit signals, DOWN, timeouts and replies', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet({ trapExit: true, mailbox: { count: 1 } }), await stranger()]
    const [monitor, timer] = (await one.do(
      ['monitor', other.pid],
      ['startTimer', 1, 'tick'],
      ['isAlive', other.pid],
    )) as [number, number]
    self.exit(one.pid, 'trapped')
    self.exit(other.pid, 'boom')
    const found = await one.heard(3)
    expect(found).toHaveLength(3)
    expect(found).toContainEqual({ exit: 'trapped', from: self.pid })
    expect(found).toContainEqual({ down: 'boom', ref: monitor, target: other.pid })
    expect(found).toContainEqual({ timeout: 'tick', ref: timer })
  }),

  law(
    'above the high-water mark a send is false, nothing is lost, and drained waits until it is below',
    async ({ self, start, take }) => {
      const { pid } = await start(Reluctant, [self.pid])
      const load = 'x'.repeat(256 * 1024)
      let sent = 0
      let flowing = true
      while (flowing && sent < 2_000) {
        flowing = self.send(pid, { n: sent, load })
        sent++
      }
      expect(flowing).toBe(false)
      self.exit(pid, 'go')
      await self.drained(pid)
      const [taken] = (await take(1)) as [{ n: number }[]]
      expect(taken.map(({ n }) => n)).toEqual(Array.from({ length: sent }, (_, i) => i))
    },
  ),

  law(
    'a slow actor with a full mailbox of 64 MiB delays no neighbour behind the same connection, and a third actor’s exit signal still reaches it',
    async ({ self, start, puppet, stranger, take, watch }) => {
      const load = 'x'.repeat(64 * 1024)
      const { pid } = await start(Reluctant, [self.pid], { mailbox: { bytes: 1_024 * load.length } })
      const [neighbour, third] = [await puppet(), await stranger()]
      const ref = await watch(pid)
      for (let i = 0; i < 1_100; i++) self.send(pid, load)
      const slow = self.ref(Puppet, pid).within(patienceMs)
      // Calls that find no room are answered at once: the mailbox is full, and nobody has taken anything from it.
      expect(await reasonOf(slow.call.echo(load))).toBe('overloaded')
      for (let i = 0; i < 20; i++) expect(await neighbour.ref.within(promptMs).call.echo(i)).toBe(i)
      expect(await reasonOf(slow.call.echo(load))).toBe('overloaded')
      await third.do(['exit', pid, 'kill'])
      expect(await take(1)).toMatchObject([{ ref, reason: 'killed' }])
    },
  ),

  law('to nobody: no error, nothing else happens (PROC-010, SRV-021)', async ({ self, puppet }) => {
    const { pid, ref } = await puppet()
    self.exit(pid, 'kill')
    expect(await self.isAlive(pid)).toBe(false)
    self.send(pid, 'lost')
    ref.cast.note('lost')
    expect(self.send('nobody-at-all', 'lost')).toBe(false)
  }),
]
