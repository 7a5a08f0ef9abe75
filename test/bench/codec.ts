/**
 * CPU time per encode and decode: `node test/bench/codec.ts [runs]`. Prints the median of the runs, 9 by default, and the best.
 * The remote decoder is fed like a connection: it knows only the structures it was sent, and reads from a segment that holds many frames.
 */
import { createCodec } from '../../packages/core/src/messaging/codec.ts'
import type { Decoder } from '../../packages/core/src/messaging/codec.ts'

interface Case {
  readonly name: string
  readonly values: readonly unknown[]
  readonly rounds: number
}

const order = (index: number): object => ({
  id: index,
  kind: 'order',
  amount: 12.5,
  name: `customer ${index % 1024}`,
  ok: true,
})
/** Thirty shapes of five fields, so that no inline cache can know them all. */
const mixed = (index: number): object => ({
  [`id${index % 3}`]: index,
  [`kind${index % 30}`]: 'order',
  amount: 12.5,
  [`name${index % 7}`]: `customer ${index}`,
  ok: true,
})
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

const cases: readonly Case[] = [
  { name: 'number', values: times(1024, (index) => index * 3), rounds: 1000 },
  { name: 'string of 20', values: times(1024, (index) => `a string like ${100_000 + index}`), rounds: 1000 },
  { name: 'object, 5 fields', values: times(1024, order), rounds: 1000 },
  { name: 'objects, 30 shapes', values: times(1020, mixed), rounds: 1000 },
  {
    name: 'object in an object',
    values: times(1024, (index) => ({ from: 'shop', items: [order(index), order(index + 1)] })),
    rounds: 400,
  },
  { name: 'Error', values: times(64, (index) => new TypeError(`number ${index}`)), rounds: 400 },
  {
    name: 'Map of 3',
    values: times(
      1024,
      (index) =>
        new Map<string, unknown>([
          ['a', index],
          ['b', 'two'],
          ['c', true],
        ]),
    ),
    rounds: 400,
  },
  { name: 'Date', values: times(1024, (index) => new Date(1_700_000_000_000 + index)), rounds: 1000 },
  { name: '64 KiB binary', values: times(16, () => new Uint8Array(65_536).fill(7)), rounds: 200 },
  { name: '1,000 records', values: [times(1000, order)], rounds: 60 },
]

const runs = Number(process.argv[2] ?? 9)

function cpuNs(work: () => void, count: number): { median: number; best: number } {
  work()
  const results = times(runs, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1000) / count
  }).toSorted((one, other) => one - other)
  return { median: results[runs >> 1] as number, best: results[0] as number }
}

function show(figures: { median: number; best: number }): string {
  return `${figures.median.toFixed(0).padStart(8)} (${figures.best.toFixed(0)})`.padEnd(18)
}

/** Decodes all frames from one segment, as they would lie after an arrival. */
function decodeAll(decoder: Decoder, segment: Uint8Array, ends: readonly number[], rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    let start = 0
    for (const end of ends) {
      decoder.decode(segment, undefined, start, end)
      start = end
    }
  }
}

console.log(`Node.js ${process.version}: ns of CPU, median of ${runs} runs (best)`)
console.log(
  `${'value'.padEnd(22)}${'encode'.padStart(8).padEnd(18)}${'decode, local'.padStart(13).padEnd(18)}${'decode, remote'.padStart(14).padEnd(18)}bytes`,
)
for (const { name, values, rounds } of cases) {
  const { encoder, localDecoder, newDecoder } = createCodec()
  const count = values.length * rounds
  const encode = cpuNs(() => {
    for (let round = 0; round < rounds; round++) for (const value of values) encoder.encode(value)
  }, count)
  const frames = values.map((value) => encoder.encode(value).bytes)
  const segment = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0))
  let end = 0
  const ends = frames.map((frame) => {
    segment.set(frame, end)
    return (end += frame.length)
  })
  const remote = newDecoder()
  remote.define(encoder.define(0))
  const local = cpuNs(() => decodeAll(localDecoder, segment, ends, rounds), count)
  const foreign = cpuNs(() => decodeAll(remote, segment, ends, rounds), count)
  console.log(
    `${name.padEnd(22)}${show(encode)}${show(local)}${show(foreign)}${(segment.length / values.length).toFixed(0)}`,
  )
}
