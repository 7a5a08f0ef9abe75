import type { Content } from './exchange.ts'
import type { Bytes, Numbers } from './payload-ways.ts'

/** An object of ten fields of all plain types, a list and an object within. */
export function tenFields(): Content<{ id: number }> {
  return {
    make: (id) => ({
      id,
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      balance: 1234.5,
      active: true,
      visits: 42,
      role: 'editor',
      nothing: null,
      tags: ['first', 'second', 'third'],
      address: { street: '12 St James’s Square', city: 'London' },
    }),
    mark: ({ id }) => id,
    expected: (id) => id,
  }
}

interface Batch {
  readonly records: { id: number }[]
}

/** A list of 500 objects of six fields. */
export function records(): Content<Batch> {
  const list = Array.from({ length: 500 }, (_, id) => ({
    id,
    name: `customer ${id}`,
    amount: id * 1.25,
    paid: id % 2 === 0,
    country: 'NL',
    note: 'to be delivered at the back door',
  }))
  const last = list.at(-1)!
  return {
    make: (index) => {
      last.id = index
      return { records: list }
    },
    mark: (batch) => batch.records.length * 1_000_000 + batch.records.at(-1)!.id,
    expected: (index) => 500 * 1_000_000 + index,
  }
}

/** So many bytes; the same ones again and again, of which the first and the last say which message it is. */
export function binary(length: number): Content<Bytes> {
  const bytes = new Uint8Array(length).fill(7)
  return {
    make: (index) => stamp(bytes, index),
    mark: (answer) => answer.length + 2 * answer[0]! + answer[answer.length - 1]!,
    expected: (index) => length + 3 * (index % 256),
  }
}

/** Writes the index into the first and the last byte. */
function stamp(bytes: Bytes, index: number): Bytes {
  bytes[0] = index
  bytes[bytes.length - 1] = index
  return bytes
}

/** So many bytes that are handed over: what comes back is sent on. */
export function handedOn(length: number): Content<Bytes> {
  let bytes = new Uint8Array(length).fill(7)
  const { mark, expected } = binary(length)
  return {
    make: (index) => stamp(bytes, index),
    mark: (answer) => {
      bytes = answer
      return mark(answer)
    },
    expected,
  }
}

/** So many bytes of shared memory, which the other writes into. */
export function shared(length: number): Content<Numbers> {
  const numbers = new Int32Array(new SharedArrayBuffer(length))
  return {
    make: (index) => {
      numbers[0] = index
      return numbers
    },
    mark: (answer) => numbers[0]! + answer.byteLength,
    expected: (index) => index + 1 + length,
  }
}
