import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  createCodec,
  NotSendable,
  printable,
  registerError,
  registerExtension,
  registerType,
  Undecodable,
} from '../src/messaging/codec.ts'
import { codecPair, difference } from './codec-samples.ts'

const noop = (): void => undefined

function problemOf(work: () => unknown): { code: string; message: string; path?: string } {
  try {
    work()
  } catch (error) {
    if (error instanceof NotSendable || error instanceof Undecodable) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('what cannot be sent is named with its path', () => {
  class Timer {
    readonly started = 1
    readonly callback = noop
  }
  const deepMap = new Map<unknown, unknown>([['k', { list: new Set([1, { f: noop }]) }]])
  const withCause = new Error('e', { cause: { retry: noop } })

  test.each<[string, () => unknown, string]>([
    ['a function', () => noop, 'message is a function'],
    ['a symbol', () => Symbol('s'), 'message is a symbol'],
    ['a field', () => ({ job: { onDone: noop } }), 'message.job.onDone is a function'],
    ['a field with a strange name', () => ({ 'a b': { '1': noop } }), 'message["a b"]["1"] is a function'],
    ['an item', () => ({ items: [1, 2, 3, noop] }), 'message.items[3] is a function'],
    ['a value of a Map', () => ({ map: new Map([['k', noop]]) }), 'message.map.get("k") is a function'],
    ['a value of a Map under an object', () => new Map([[{ a: 1 }, noop]]), 'message.get({ a: 1 }) is a function'],
    [
      'a key of a Map',
      () => ({
        map: new Map<unknown, number>([
          ['k', 1],
          [noop, 2],
        ]),
      }),
      'message.map.keys()[1] is a function',
    ],
    ['a member of a Set', () => new Set([1, Symbol('x')]), 'message.values()[1] is a symbol'],
    ['deep inside', () => ({ deepMap }), 'message.deepMap.get("k").list.values()[1].f is a function'],
    ['a field of an instance', () => ({ timer: new Timer() }), 'message.timer.callback is a function'],
    ['a field of an error', () => [Object.assign(new Error('e'), { retry: noop })], 'message[0].retry is a function'],
    ['inside a cause', () => withCause, 'message.cause.retry is a function'],
    ['inside an AggregateError', () => new AggregateError([noop]), 'message.errors[0] is a function'],
    [
      'in a wide object',
      () => ({ ...Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`k${index}`, 1])), f: noop }),
      'message.f is a function',
    ],
    ['a class', () => ({ Timer }), 'message.Timer is a function'],
    ['a ref-like function', () => ({ call: new Proxy(noop, {}) }), 'message.call is a function'],
    ['a Promise', () => ({ later: delay(0) }), 'message.later is a Promise'],
    ['a WeakMap', () => [new WeakMap()], 'message[0] is a WeakMap'],
    ['a WeakSet', () => [new WeakSet()], 'message[0] is a WeakSet'],
    ['a WeakRef', () => [new WeakRef({})], 'message[0] is a WeakRef'],
    ['a generator', () => ({ each: [1].values() }), 'message.each is an Array Iterator'],
    [
      'an async generator',
      () => ({
        each: (async function* () {
          yield 1
        })(),
      }),
      'message.each is an AsyncGenerator',
    ],
    ['a boxed symbol', () => Object(Symbol('s')) as object, 'message is a Symbol'],
    ['a socket', () => ({ connection: { socket: new Socket() } }), 'message.connection.socket is a Socket'],
    ['a stream', () => ({ input: Readable.from([]) }), 'message.input is a Readable'],
    ['an event target', () => new AbortController().signal, 'message is an AbortSignal'],
    [
      'a URL',
      () => ({ url: new URL('http://localhost') }),
      'message.url is a URL: send data made of it, or let its class travel with registerType',
    ],
    [
      'a getter that throws',
      () => ({
        a: {
          get b() {
            throw new TypeError('not now')
          },
        },
      }),
      'message.a.b cannot be read: TypeError: not now',
    ],
    [
      'a detached buffer',
      () => {
        const buffer = new ArrayBuffer(1)
        buffer.transfer()
        return [buffer]
      },
      'message[0] is a detached ArrayBuffer',
    ],
    [
      'a view of a detached buffer',
      () => {
        const buffer = new ArrayBuffer(1)
        const view = new Int8Array(buffer)
        buffer.transfer()
        return [view]
      },
      'message[0] is a view of a detached ArrayBuffer',
    ],
    [
      'an array of nothing',
      () => ({ all: Object.assign([], { length: 4_000_000_000 }) }),
      'message.all is an array with more than 100000 holes',
    ],
    [
      'an object that loses a field meanwhile',
      () => ({
        get a() {
          delete (this as { b?: number }).b
          return 1
        },
        b: 2,
      }),
      'message changed while it was being encoded',
    ],
  ])('%s', (_name, make, message) => {
    const problem = problemOf(() => createCodec().encoder.encode(make()))
    expect(problem).toBeInstanceOf(NotSendable)
    expect(problem.code).toBe('not_sendable')
    expect(problem.message).toBe(message)
    expect(message.startsWith(`${problem.path} `)).toBe(true)
  })

  test('the root has the name it was given', () => {
    expect(problemOf(() => createCodec().encoder.encode([noop], { root: 'reply' })).message).toBe(
      'reply[0] is a function',
    )
  })

  test('values nest a thousand levels deep and no deeper; a long path is cut short', () => {
    const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 0)
    const { both, encoder } = codecPair()
    expect(difference(nested(1_000), both(nested(1_000)).remote)).toBeUndefined()
    const { message } = problemOf(() => encoder.encode(nested(1_001)))
    expect(message).toMatch(/^message(\[0\]){10}\.…(\[0\]){2} is nested deeper than 1000 levels$/)
  })

  test.each([
    ['objects', (inner: unknown) => ({ inner })],
    ['maps', (inner: unknown) => new Map([[1, inner]])],
    ['sets', (inner: unknown) => new Set([inner])],
    ['errors', (inner: unknown) => new Error('e', { cause: inner })],
  ])('%s nest a thousand levels deep, on both sides', (_name, wrap) => {
    const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => wrap(inner), 0)
    const { both, encoder } = codecPair()
    expect(() => both(nested(1_000))).not.toThrow()
    expect(problemOf(() => encoder.encode(nested(1_001))).code).toBe('not_sendable')
  })

  test('a failed encoding leaves nothing behind: the next is right, and earlier bytes are untouched', () => {
    const { encoder, both } = codecPair()
    const before = encoder.encode({ id: 1, text: 'before' }).bytes
    const copy = Uint8Array.from(before)
    for (const size of [1, 100, 100_000])
      expect(() => encoder.encode({ id: 2, text: 'x'.repeat(size), noop })).toThrow(NotSendable)
    expect(both({ id: 3, text: 'after' }).remote).toEqual({ id: 3, text: 'after' })
    expect(before).toEqual(copy)
  })
})

describe('bytes', () => {
  test('are exactly the frame, and nothing writes over them later', () => {
    const { encoder, local } = createdPair()
    const kept = Array.from({ length: 20_000 }, (_, index) => {
      const value = index % 50 === 0 ? { index, text: 'long '.repeat(index) } : { index, text: `text ${index}` }
      const { bytes } = encoder.encode(value)
      return { bytes, copy: Uint8Array.from(bytes), value }
    })
    for (const { bytes, copy, value } of kept) {
      expect(bytes.length).toBe(copy.length)
      if (bytes.some((byte, at) => byte !== copy[at])) throw new Error(`the bytes of ${value.index} changed`)
      if (difference(value, local.decode(bytes)) !== undefined) throw new Error(`${value.index} does not decode`)
    }
  })

  test('of six bytes are not a pool of thousands when a copy of the view is posted', () => {
    const { bytes } = createCodec().encoder.encode('five5')
    expect(bytes.length).toBe(6)
    expect(structuredClone(Uint8Array.from(bytes)).buffer.byteLength).toBe(6)
  })

  test('of a large message lie in a buffer of about their size', () => {
    const { bytes } = createCodec().encoder.encode(new Uint8Array(1_000_000))
    expect(bytes.length).toBe(1_000_005)
    expect(bytes.buffer.byteLength).toBeLessThan(1_001_000)
    expect(createCodec().encoder.encode('x'.repeat(1_000_000)).bytes.buffer.byteLength).toBeLessThan(1_300_000)
  })

  test('a decoder reads the part of a segment that it is told', () => {
    const { encoder, local } = createdPair()
    const frames = [{ a: 1 }, 'two', [3]].map((value) => encoder.encode(value).bytes)
    const segment = new Uint8Array(frames.flatMap((frame) => [0xc1, ...frame]))
    let start = 1
    const decoded = frames.map((frame) => {
      const value = local.decode(segment, undefined, start, start + frame.length)
      start += frame.length + 1
      return value
    })
    expect(decoded).toEqual([{ a: 1 }, 'two', [3]])
  })

  test('both ends count what passes', () => {
    const codec = createCodec()
    const { bytes } = codec.encoder.encode(1)
    for (const decoder of [codec.localDecoder, codec.newDecoder(), codec.newDecoder()]) decoder.decode(bytes)
    expect(() => codec.encoder.encode(noop)).toThrow(NotSendable)
    expect([codec.encoder.encodes, codec.decodes]).toEqual([2, 3])
  })

  function createdPair(): Pick<ReturnType<typeof codecPair>, 'encoder' | 'local'> {
    return codecPair()
  }
})

describe('errors', () => {
  class Overdue extends Error {
    readonly days: number
    constructor(days: number) {
      super(`${days} days`)
      this.days = days
    }
    get isLong(): boolean {
      return this.days > 7
    }
  }

  test('keep class, message, stack, cause, code and own fields', () => {
    const error = Object.assign(new RangeError('too far', { cause: new SyntaxError('inner') }), {
      code: 'E_FAR',
      at: { x: 1 },
    })
    const decoded = codecPair().both(error).remote as typeof error
    expect(difference(error, decoded)).toBeUndefined()
    expect(decoded).toBeInstanceOf(RangeError)
    expect([decoded.code, decoded.stack]).toEqual(['E_FAR', error.stack])
    expect(decoded.cause).toBeInstanceOf(SyntaxError)
    expect(Object.keys(decoded)).toEqual(['code', 'at'])
  })

  test('a registered class is that class on the other side, and its constructor does not run', () => {
    registerError(Overdue)
    const decoded = codecPair().both({ error: new Overdue(9) }).remote as { error: Overdue }
    expect(decoded.error).toBeInstanceOf(Overdue)
    expect([decoded.error.isLong, decoded.error.message]).toEqual([true, '9 days'])
  })

  test('an unknown class arrives as the nearest known one, with its name, message and fields', () => {
    class Unpaid extends TypeError {
      readonly cents = 5
    }
    const decoded = codecPair().both(new Unpaid('pay')).remote as Unpaid
    expect(Object.getPrototypeOf(decoded)).toBe(TypeError.prototype)
    expect([decoded.name, decoded.message, decoded.cents]).toEqual(['Unpaid', 'pay', 5])
    expect(Object.keys(decoded)).toEqual(['cents'])
  })

  test('a name that the error has itself is kept', () => {
    const named = Object.defineProperty(new Error('m'), 'name', { value: 'Quiet', configurable: true, writable: true })
    const loud = Object.assign(new Error('m'), { name: 'Loud' })
    const [quietly, loudly] = codecPair().both([named, loud]).remote as [Error, Error]
    expect([quietly.name, Object.keys(quietly)]).toEqual(['Quiet', []])
    expect([loudly.name, Object.keys(loudly)]).toEqual(['Loud', ['name']])
  })

  test('an AggregateError keeps its parts, a DOMException its name', () => {
    const [aggregate, exception] = codecPair().both([
      new AggregateError([new TypeError('t')], 'all'),
      new DOMException('gone', 'AbortError'),
    ]).remote as [AggregateError, DOMException]
    expect(aggregate.errors[0]).toBeInstanceOf(TypeError)
    expect(exception).toBeInstanceOf(DOMException)
    expect([exception.name, exception.message, exception.code]).toEqual(['AbortError', 'gone', 20])
  })

  test('a cause that is undefined is still a cause', () => {
    const [withCause, without] = codecPair().both([new Error('a', { cause: undefined }), new Error('b')]).remote as [
      Error,
      Error,
    ]
    expect([Object.hasOwn(withCause, 'cause'), Object.hasOwn(without, 'cause')]).toEqual([true, false])
  })

  test('an error may be its own cause', () => {
    const error = new Error('round')
    error.cause = { error }
    const decoded = codecPair().both(error).remote as Error
    expect((decoded.cause as { error: Error }).error).toBe(decoded)
  })

  test('decoding captures no stack and leaves the limit as it was', () => {
    const { both } = codecPair()
    const limit = Error.stackTraceLimit
    both(new Error('e'))
    expect(Error.stackTraceLimit).toBe(limit)
  })
})

describe('registered types', () => {
  class Money {
    readonly cents: number
    constructor(cents: number) {
      this.cents = cents
    }
  }
  class Euros extends Money {}
  const money = {
    class: Money,
    name: 'test.Money',
    encode: ({ cents }: Money) => ({ cents }),
    decode: (data: unknown) => new Money((data as Money).cents),
  }

  test('keep their class, also inside other values and more than once', () => {
    registerType(money)
    const one = new Money(5)
    const decoded = codecPair().both([one, { one }, new Map([[one, new Euros(7)]])]).remote as [
      Money,
      { one: Money },
      Map<Money, Money>,
    ]
    expect(decoded[0]).toEqual(new Money(5))
    expect(decoded[1].one).toBe(decoded[0])
    expect([...decoded[2].keys()][0]).toBe(decoded[0])
    expect([...decoded[2].values()][0]).toStrictEqual(new Money(7))
  })

  test('that the receiver does not know are undecodable', () => {
    class Local {
      readonly here = true
    }
    const types = (globalThis as unknown as Record<symbol, { types: Map<string, unknown> }>)[
      Symbol.for('bulkhead.types')
    ]?.types
    registerType({ class: Local, name: 'test.Local', encode: () => 1, decode: () => new Local() })
    const { encoder, local } = codecPair()
    const { bytes } = encoder.encode(new Local())
    types?.delete('test.Local')
    expect(problemOf(() => local.decode(bytes)).message).toBe('no type is registered as test.Local here')
  })

  test('whose decode fails are undecodable, with the cause', () => {
    class Picky {
      readonly choice = 1
    }
    registerType({
      class: Picky,
      name: 'test.Picky',
      encode: () => 1,
      decode: () => {
        throw new RangeError('no')
      },
    })
    const { encoder, local } = codecPair()
    const error = problemOf(() => local.decode(encoder.encode([new Picky()]).bytes))
    expect(error).toMatchObject({ code: 'undecodable', cause: new RangeError('no') })
  })

  test('must not lead back to themselves', () => {
    class Loop {
      readonly inner: unknown[] = []
    }
    registerType({ class: Loop, name: 'test.Loop', encode: ({ inner }) => inner, decode: () => new Loop() })
    const loop = new Loop()
    loop.inner.push({ loop })
    expect(problemOf(() => createCodec().encoder.encode({ loop })).message).toBe(
      'message.loop[0].loop leads back to a value of a registered class that contains it',
    )
  })

  test('may encode and decode other messages meanwhile', () => {
    class Nested {
      readonly inner = 1
    }
    const inner = codecPair()
    const outer = codecPair()
    const send = (): unknown => {
      outer.encoder.encode({ filler: 'f'.repeat(20_000) })
      return inner.local.decode(outer.encoder.encode(1).bytes)
    }
    registerType({
      class: Nested,
      name: 'test.Nested',
      encode: send,
      decode: () => {
        outer.local.decode(outer.encoder.encode([1, 'z']).bytes)
        return new Nested()
      },
    })
    const value = {
      before: 'b',
      nested: new Nested(),
      get now() {
        return send()
      },
      after: ['a', new Nested()],
    }
    const { bytes } = outer.encoder.encode(value)
    expect(difference({ ...value }, outer.local.decode(bytes))).toBeUndefined()
  })

  test('are not classes that travel by themselves', () => {
    expect(() => registerType({ class: Date, name: 'Date', encode: Number, decode: () => new Date() })).toThrow(
      /type\.class is function Date: it travels by itself/,
    )
  })

  const whole = { class: Map, name: 'test.Whole', encode: () => 1, decode: () => 1 }

  test.each([
    ['type', undefined],
    ['type.class', {}],
    ['type.class', { ...whole, class: 'Whole' }],
    ['type.name', { ...whole, name: undefined }],
    ['type.encode', { ...whole, encode: undefined }],
    ['type.decode', { ...whole, decode: 'JSON' }],
    ['type.decoder', { ...whole, decoder: () => 1 }],
  ])('%s of %o is refused', (field, type) => {
    expect(() => registerType(type as never)).toThrow(expect.objectContaining({ code: 'invalid_option', field }))
  })

  test.each([
    ['errorClass', undefined, undefined],
    ['errorClass', Map, undefined],
    ['errorClass', new Error('one'), undefined],
    ['name', class extends Error {}, ''],
  ])('%s of an error class that is none is refused', (field, errorClass, name) => {
    expect(() => registerError(errorClass as never, name)).toThrow(
      expect.objectContaining({ code: 'invalid_option', field }),
    )
  })
})

describe('extensions of core', () => {
  class Handle {
    readonly serial: number
    readonly holder: unknown
    constructor(serial: number, holder: unknown) {
      this.serial = serial
      this.holder = holder
    }
  }
  registerExtension<Handle, unknown>(0x3f, {
    class: Handle,
    write: ({ serial }, context) => [serial, context],
    read: (data, context) => {
      const [serial, from] = data as [number, unknown]
      return new Handle(serial, `${String(from)} to ${String(context)}`)
    },
  })

  test('see the context of the encoding and of the decoding codec', () => {
    const { encoder } = createCodec({ context: 'one' })
    const decoder = createCodec({ context: 'two' }).newDecoder()
    const { bytes } = encoder.encode([new Handle(7, undefined)])
    expect(decoder.decode(bytes)).toEqual([new Handle(7, 'one to two')])
  })

  test('have codes from 0x20 to 0x3f, each its own', () => {
    class Other extends Handle {}
    const extension = { class: Other, write: () => 1, read: () => new Other(1, 1) }
    for (const code of [0, 0x1f, 0x40, 0.5, 0x3f]) expect(() => registerExtension(code, extension)).toThrow(RangeError)
  })
})

describe('shared and moved memory', () => {
  const shares = { shares: true }

  test('SharedArrayBuffers and views of them are the same memory on the other side', () => {
    const shared = new SharedArrayBuffer(8)
    const value = { shared, view: new Int32Array(shared, 4, 1), again: [shared] }
    const { encoder, remote } = codecPair()
    const { bytes, beside } = encoder.encode(value, shares)
    remote.define(encoder.define(0))
    const decoded = remote.decode(bytes, beside) as typeof value
    expect(beside).toEqual([shared])
    expect([decoded.shared, decoded.again[0], decoded.view.buffer]).toEqual([shared, shared, shared])
    expect([decoded.shared === shared, decoded.view.buffer === shared, decoded.view.byteOffset]).toEqual([
      true,
      true,
      4,
    ])
  })

  test('across a process wall sharing is an error at the sender, which says what to do', () => {
    const { message } = problemOf(() =>
      createCodec().encoder.encode({ state: [new Uint8Array(new SharedArrayBuffer(1))] }),
    )
    expect(message).toBe(
      'message.state[0] is a SharedArrayBuffer, which cannot leave its OS process: place both actors in threads of one process, or send a copy',
    )
  })

  test('a transferred buffer is moved: detached here, whole there, and so are views of it', () => {
    const buffer = new Uint8Array([1, 2, 3, 4]).buffer
    const { encoder, local } = codecPair()
    const { bytes, beside } = encoder.encode(
      { buffer, view: new Uint8Array(buffer, 1, 2) },
      { shares: true, transfer: [buffer, buffer] },
    )
    expect([buffer.detached, bytes.length < 50, beside?.length]).toEqual([true, true, 1])
    const decoded = local.decode(bytes, beside) as { buffer: ArrayBuffer; view: Uint8Array }
    expect(new Uint8Array(decoded.buffer)).toEqual(new Uint8Array([1, 2, 3, 4]))
    expect(decoded.view.buffer).toBe(decoded.buffer)
  })

  test('a buffer that cannot be moved to the receiver is copied, and detached all the same', () => {
    const buffer = new Uint8Array([1, 2]).buffer
    const { encoder, local } = codecPair()
    const { bytes, beside } = encoder.encode([buffer], { transfer: [buffer] })
    expect([buffer.detached, beside]).toEqual([true, undefined])
    expect(difference([new Uint8Array([1, 2]).buffer], local.decode(bytes))).toBeUndefined()
  })

  test('a buffer that was moved before is an error with its path, and nothing else is moved', () => {
    const [gone, whole] = [new ArrayBuffer(1), new ArrayBuffer(2)]
    gone.transfer()
    const options = { shares: true, transfer: [whole, gone] }
    const { message } = problemOf(() => createCodec().encoder.encode({ whole, parts: [gone] }, options))
    expect([message, whole.detached]).toEqual(['message.parts[0] is a detached ArrayBuffer', false])
  })

  test('nothing is moved when encoding fails', () => {
    const buffer = new ArrayBuffer(4)
    expect(() => createCodec().encoder.encode([buffer, noop], { shares: true, transfer: [buffer] })).toThrow(
      NotSendable,
    )
    expect(buffer.detached).toBe(false)
  })

  test('one message that shares says nothing about the next', () => {
    const { encoder } = createCodec()
    encoder.encode([new SharedArrayBuffer(1)], shares)
    expect(() => encoder.encode([new SharedArrayBuffer(1)])).toThrow(NotSendable)
  })
})

describe('a printed form', () => {
  const unreadable = {
    get a() {
      throw new Error('no')
    },
  }
  const unprintable = new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new Error('no')
      },
    },
  )
  class Job {
    readonly id = 1
  }

  test.each<[string, () => unknown]>([
    ['text', () => 'text'],
    ['-0', () => -0],
    ['5n', () => 5n],
    ['undefined', () => undefined],
    ['Symbol(s)', () => Symbol('s')],
    ['[function noop]', () => noop],
    ['TypeError: bad', () => new TypeError('bad')],
    ['Error: e { retry: [function noop], code: "E" }', () => Object.assign(new Error('e'), { retry: noop, code: 'E' })],
    ['{ a: [1, "x", { b: null }], f: [function noop] }', () => ({ a: [1, 'x', { b: null }], f: noop })],
    ['Map {"k" => [function noop]}', () => new Map([['k', noop]])],
    ['Set {1}', () => new Set([1])],
    ['WeakMap {}', () => new WeakMap()],
    ['Job { id: 1 }', () => new Job()],
    ['{ [unreadable] }', () => unreadable],
    ['a value that cannot be printed', () => unprintable],
  ])('%s', (text, make) => {
    expect(printable(make())).toBe(text)
  })

  test('ends, however large or cyclic the value', () => {
    const cyclic: unknown[] = []
    cyclic.push(
      cyclic,
      Array.from({ length: 1_000 }, () => ({ text: 'x'.repeat(1_000) })),
    )
    expect(printable(cyclic)).toHaveLength(1_000)
    expect(printable(cyclic)).toMatch(/^\[\[circular\], \[\{ text: "xxx.*…$/)
  })
})
