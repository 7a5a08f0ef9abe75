import { describe, expect, test } from 'vitest'
import type { ActorRef, Pid } from 'bulkhead'
import { Courier } from './fixtures/courier.ts'
import { eventually } from './program.ts'
import { trial } from './trial.ts'

const made = trial({ threads: 2 })
const places = ['inline', 'thread', 'process'] as const
let count = 0

const courier = async (isolation: Parameters<typeof made.faulty>[0]) =>
  await made.system.start(Courier, [], { id: `courier-${++count}`, isolation })
const pidOf = (ref: ActorRef<unknown>): Pid => ref.pid as Pid
const tooMuch = 257 * 1024 * 1024

describe('a message that no carrier would take is an error at its sender, and harms nobody', () => {
  test.each(places.flatMap((from) => places.map((to) => [from, to] as const)))('%s to %s', async (from, to) => {
    const [sender, receiver] = [await courier(from), await courier(to)]
    expect(await sender.within(60_000).call.sendBytes(pidOf(receiver), tooMuch)).toMatch(
      /message takes \d+ bytes, and a message may take 268435456/,
    )
    expect(await sender.call.sendBytes(pidOf(receiver), 10)).toBe('sent')
    await eventually(async () => (await receiver.call.got()) === 1, 20_000, 'the small one arrives')
  })
})

describe('memory is shared within the root’s OS process; across its wall that is an error, from the first message on', () => {
  test.each([
    ['inline', 'thread', /^sent$/],
    ['thread', 'inline', /^sent$/],
    ['inline', 'process', /message\.pixels is a SharedArrayBuffer/],
    ['thread', 'process', /message\.pixels is a SharedArrayBuffer/],
    ['process', 'thread', /message\.pixels is a SharedArrayBuffer/],
    ['process', 'inline', /message\.pixels is a SharedArrayBuffer/],
  ] as const)('%s to %s', async (from, to, expected) => {
    const dedicated = (place: (typeof places)[number]) =>
      place === 'process'
        ? ({ faults: 'contained' } as const)
        : place === 'thread'
          ? ({ cpu: 'heavy' } as const)
          : place
    const [sender, receiver] = [await courier(dedicated(from)), await courier(dedicated(to))]
    expect(await sender.call.sendShared(pidOf(receiver))).toMatch(expected)
  })
})
