import { expect } from 'vitest'
import type { Down, Pid } from '@bulkhead/core'
import { Money } from './fixtures/marked.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'

const cyclic = (): Record<string, unknown> => {
  const value: Record<string, unknown> = { name: 'cycle' }
  value['self'] = value
  return value
}

const values: readonly (readonly [string, () => unknown])[] = [
  ['plain data', () => ({ a: [1, -2.5, 'text', null, true, undefined], nested: { deep: [{}] } })],
  [
    'Map, Set, Date, BigInt, RegExp',
    () => [new Map<unknown, unknown>([[{ k: 1 }, new Set([1, 'a'])]]), new Date(12_345), 2n ** 80n, /a+b/gi],
  ],
  [
    'typed arrays and buffers',
    () => [
      Uint8Array.of(1, 2, 3),
      Float64Array.of(0.5, Number.NaN),
      new Uint8Array([9, 8]).buffer,
      new DataView(new ArrayBuffer(4)),
    ],
  ],
  ['cycles', cyclic],
  ['unusual numbers', () => [Number.NaN, Infinity, -Infinity, -0, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE]],
  ['unusual strings', () => ['', '\0', '\ud800', '🌍', 'x'.repeat(100_000)]],
  ['keys that JavaScript knows', () => ({ constructor: 1, toString: 2, hasOwnProperty: 3, then: 4 })],
]

export const valueLaws: readonly Law[] = [
  ...values.map(([title, make]) =>
    law(`${title} arrive as they were, there and back`, async ({ puppet }) => {
      const { ref } = await puppet()
      expect(await ref.call.echo(make())).toEqual(make())
    }),
  ),
  law('large binary data arrive whole, many at once, each in a buffer of its own', async ({ puppet }) => {
    const { ref } = await puppet()
    const lengths = [1_000, 9_000, 20_000, 70_000, 300_000, 1_100_000]
    const sent = [...lengths, ...lengths, ...lengths].map((length, at) => new Uint8Array(length).fill(at + 1))
    const calls = sent.map((bytes) => ref.call.echo(bytes))
    for (const bytes of sent) bytes.fill(0xff)
    const back = (await Promise.all(calls)) as Uint8Array[]
    expect(back.map(({ length, buffer }) => [length, buffer.byteLength])).toEqual(
      sent.map(({ length }) => [length, length]),
    )
    expect(back.map((bytes) => [...new Set(bytes)])).toEqual(sent.map((_, at) => [at + 1]))
  }),

  law('instances of a registered class stay instances', async ({ puppet }) => {
    const { ref } = await puppet()
    expect(await ref.call.isMoney(new Money(1_250))).toBe(12.5)
    const back = await ref.call.echo({ price: new Money(99) })
    expect((back as { price: Money }).price).toBeInstanceOf(Money)
  }),

  law('changes are invisible to the other side: arguments, replies, messages (PROC-018)', async ({ self, puppet }) => {
    const { pid, ref, heard } = await puppet()
    const given = { parts: ['original'] }
    const calling = ref.call.spoil(given)
    given.parts.push('mine')
    expect(await calling).toEqual({ parts: ['original', 'spoilt'] })
    expect(given.parts).toEqual(['original', 'mine'])
    const sent = { parts: ['original'] }
    self.send(pid, sent)
    sent.parts.push('mine')
    expect(await heard(1)).toEqual([{ message: { parts: ['original'] } }])
  }),

  law('two who hear of one end have a reason each (PROC-018)', async ({ self, puppet, take, watch }) => {
    const { pid } = await puppet()
    await watch(pid)
    await watch(pid)
    const reason = { parts: ['original'] }
    self.exit(pid, reason)
    reason.parts.push('mine')
    const [first, second] = (await take(2)) as (Down & { reason: { parts: string[] } })[]
    first!.reason.parts.push('spoilt')
    expect(second!.reason).toEqual({ parts: ['original'] })
  }),

  law('a received buffer holds its own bytes and no more', async ({ puppet }) => {
    const { ref } = await puppet()
    for (let i = 0; i < 20; i++) {
      const back = (await ref.call.echo({ secret: 'not in there', bytes: new Uint8Array(8).fill(i) })) as {
        bytes: Uint8Array
      }
      expect(back.bytes.buffer.byteLength).toBe(8)
      expect(new Set(back.bytes)).toEqual(new Set([i]))
    }
  }),

  law('pids are equal wherever they come from, and keep their meaning', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    const [own] = await one.do(['send', other.pid, { about: one.pid }])
    expect(own).toBe(true)
    const [{ message }] = (await other.heard(1)) as [{ message: { about: Pid } }]
    expect(message.about).toBe(one.pid)
    expect(new Map([[one.pid, 'found']]).get(message.about)).toBe('found')
    self.send(message.about, 'reached')
    expect(await one.heard(1)).toEqual([{ message: 'reached' }])
  }),

  law('what cannot be sent is an error at the sender that names the path', async ({ self, puppet }) => {
    const { pid, ref } = await puppet()
    expect(() => self.send(pid, { job: { onDone: () => 1 } })).toThrow('message.job.onDone is a function')
    expect(() => self.send(pid, [Symbol('s')])).toThrow('message[0]')
    expect(await ref.call.heard(0)).toEqual([])
  }),

  law(
    'a SharedArrayBuffer is shared within an OS process, and an error at the sender across its wall',
    async ({ self, puppet, shares }) => {
      const { pid, ref } = await puppet()
      const shared = new SharedArrayBuffer(8)
      if (shares) {
        await ref.call.write(shared, 4_711)
        expect(new Int32Array(shared)[0]).toBe(4_711)
      } else {
        expect(() => self.send(pid, { shared })).toThrow('message.shared')
        await expect(ref.call.write(shared, 1)).rejects.toMatchObject({ code: 'not_sendable' })
        expect(await ref.call.heard(0)).toEqual([])
      }
    },
  ),

  law('a transferred ArrayBuffer arrives; within an OS process it is moved', async ({ self, puppet, shares }) => {
    const { pid, heard } = await puppet()
    const bytes = new Uint8Array([1, 2, 3]).buffer
    self.send(pid, { bytes }, { transfer: [bytes] })
    const [{ message }] = (await heard(1)) as [{ message: { bytes: ArrayBuffer } }]
    expect([...new Uint8Array(message.bytes)]).toEqual([1, 2, 3])
    if (shares) expect(bytes.byteLength).toBe(0)
  }),
]
