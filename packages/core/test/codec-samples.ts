import * as fc from 'fast-check'
import { createCodec } from '../src/messaging/codec.ts'
import type { Decoder, EncodeOptions, Encoder } from '../src/messaging/codec.ts'

export interface Pair {
  readonly encoder: Encoder
  readonly local: Decoder
  /** A decoder on the other side of a connection: before each frame it is sent the definitions that it lacks. */
  readonly remote: Decoder
  /** Encodes, and decodes on both sides. */
  both(value: unknown, options?: EncodeOptions): { local: unknown; remote: unknown; bytes: Uint8Array }
}

export function codecPair(context?: unknown): Pair {
  const { encoder, localDecoder: local, newDecoder } = createCodec({ context })
  const remote = newDecoder()
  let sent = 0
  return {
    encoder,
    local,
    remote,
    both(value, options) {
      const { bytes, beside } = encoder.encode(value, options)
      if (sent < encoder.definitions) {
        remote.define(encoder.define(sent))
        sent = encoder.definitions
      }
      return { local: local.decode(bytes, beside), remote: remote.decode(bytes, beside), bytes }
    },
  }
}

/** Resolves when msgpackr reads large messages: the first of them has it loaded. */
export async function largeReader(): Promise<void> {
  codecPair().both(['f'.repeat(2_000)])
  await import('msgpackr')
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Where two values differ, or undefined: class, content, order, the identity of parts that occur more than once, and
 * cycles. Stricter than deepStrictEqual, which sees no identity.
 */
export function difference(
  one: unknown,
  other: unknown,
  at = 'value',
  seen = new Map<unknown, unknown>(),
): string | undefined {
  if (typeof one !== 'object' || one === null)
    return Object.is(one, other) ? undefined : `${at}: ${String(one)} against ${String(other)}`
  if (typeof other !== 'object' || other === null) return `${at}: an object against ${String(other)}`
  if (seen.has(one)) return seen.get(one) === other ? undefined : `${at}: another object than before`
  seen.set(one, other)
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other))
    return `${at}: ${one.constructor.name} against ${other.constructor.name}`
  const parts = contentOf(one)
  const others = contentOf(other)
  if (parts.length !== others.length) return `${at}: ${parts.length} parts against ${others.length}`
  for (const [index, [name, part]] of parts.entries()) {
    const [otherName, otherPart] = others[index] as readonly [string, unknown]
    if (name !== otherName) return `${at}: ${name} against ${otherName}`
    const found = difference(part, otherPart, `${at}/${name}`, seen)
    if (found !== undefined) return found
  }
  return undefined
}

type Parts = readonly (readonly [string, unknown])[]

function contentOf(value: object): Parts {
  const fields = ArrayBuffer.isView(value)
    ? []
    : Object.keys(value).map((key) => [`.${key}`, (value as Record<string, unknown>)[key]] as const)
  return [...innerParts(value), ...fields]
}

function innerParts(value: object): Parts {
  if (value instanceof Map)
    return [...value].flatMap(
      ([key, item], index) =>
        [
          [`key ${index}`, key],
          [`item ${index}`, item],
        ] as const,
    )
  if (value instanceof Set) return [...value].map((item, index) => [`member ${index}`, item] as const)
  if (value instanceof Date) return [['time', value.getTime()]]
  if (value instanceof RegExp)
    return [
      ['source', value.source],
      ['flags', value.flags],
    ]
  if (value instanceof ArrayBuffer) return [['bytes', [...new Uint8Array(value)].join()]]
  if (ArrayBuffer.isView(value))
    return [['bytes', [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)].join()]]
  if (value instanceof Error) return errorParts(value)
  const tag = Object.prototype.toString.call(value)
  return /Number|String|Boolean|BigInt/.test(tag) ? [['boxed', value.valueOf()]] : []
}

function errorParts(error: Error): Parts {
  const errors = error instanceof AggregateError ? ([['errors', error.errors]] as const) : []
  return [
    ['name', error.name],
    ['message', error.message],
    ['stack', error.stack],
    ['has a cause', Object.hasOwn(error, 'cause')],
    ['cause', error.cause],
    ...errors,
  ]
}

/**
 * Checks a property, and stops after ten seconds. A failure names the seed and the path that lead back to it: printing
 * a cyclic counterexample could take for ever.
 */
export function always<T>(property: fc.IProperty<T>, numRuns: number): void {
  const result = fc.check(property, { numRuns, interruptAfterTimeLimit: 10_000 })
  if (!result.failed) return
  const replay = JSON.stringify({ seed: result.seed, path: result.counterexamplePath })
  throw new Error(`failed after ${result.numRuns} runs, with ${replay}`, { cause: result.errorInstance })
}

// Arbitrary sendable values

const lengthyString = fc.string({ minLength: 60, maxLength: 300, unit: 'binary' }).map((text) => `\uFEFF${text}`)
/** Any UTF-16 code units, so that most hold lone surrogates. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units))
export const anyString = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), anyUnits, lengthyString)
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('id', 'name', 'from', 'text', 'amount') },
  { weight: 2, arbitrary: anyString },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      '__keys__',
      'length',
      'hasOwnProperty',
      '0',
      '-1',
      '',
    ),
  },
)

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    -0,
    0,
    63,
    64,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2 ** 31,
    2 ** 32,
    -32,
    -33,
    -128,
    -129,
    -32_768,
    -32_769,
    -(2 ** 31),
    NaN,
    Infinity,
  ),
)
const bigint = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 700n), max: 2n ** 700n }),
  fc.constantFrom(2n ** 63n, 2n ** 64n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 127n, -(2n ** 71n), 255n, -256n),
)
const regexp = fc
  .constantFrom(
    () => /a+b/,
    () => /[^/]\//giu,
    () => /(?<name>x)/dsvy,
  )
  .map((make) => make())
const binary = fc
  .tuple(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 12 }))
  .map(([bytes, kind]) => binaryOf(bytes, kind))
const withFloat16 = 'Float16Array' in globalThis
const viewClasses = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const

function binaryOf(bytes: Uint8Array<ArrayBuffer>, kind: number): object {
  const whole = bytes.slice(0, bytes.length - (bytes.length % 8)).buffer
  if (kind === 11) return whole
  if (kind === 12) return withFloat16 ? new Float16Array(whole) : new DataView(whole)
  return new (viewClasses[kind] as typeof Int8Array)(whole)
}

export class Overdrawn extends Error {
  readonly missing: unknown
  constructor(missing: unknown) {
    super('overdrawn')
    this.missing = missing
  }
}

const errorClasses = [Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError] as const

interface ErrorRecipe {
  readonly kind: number
  readonly message: string
  readonly cause: unknown
  readonly extra: unknown
  readonly withCause: boolean
}

function errorOf({ kind, message, cause, extra, withCause }: ErrorRecipe): Error {
  const options = withCause ? { cause } : undefined
  if (kind === 7) return new AggregateError([cause, extra], message, options)
  if (kind === 8) return new Overdrawn(extra)
  return Object.assign(new (errorClasses[kind] as ErrorConstructor)(message, options), { code: 'E_TEST', extra })
}

const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tie('leaf'),
    tie('array'),
    tie('object'),
    tie('map'),
    tie('set'),
    tie('error'),
  ),
  leaf: fc.oneof(
    fc.constantFrom(null, undefined, true, false),
    number,
    bigint,
    anyString,
    fc.date({ noInvalidDate: false }),
    regexp,
    binary,
    fc.oneof(number, anyString, fc.boolean(), bigint).map((primitive) => Object(primitive) as object),
  ),
  array: fc.array(tie('value'), { maxLength: 6 }),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => objectOf(entries)),
  map: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  set: fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
  error: fc
    .record({
      kind: fc.integer({ min: 0, max: 8 }),
      message: anyString,
      cause: tie('value'),
      extra: tie('value'),
      withCause: fc.boolean(),
    })
    .map((recipe) => errorOf(recipe)),
}))

function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [name, value] of entries)
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  return object
}

/** Ties parts of a value to other parts of it, so that some are shared and some contain themselves. */
function tied(value: unknown, ties: readonly (readonly [number, number])[]): unknown {
  const containers: object[] = []
  collect(value, containers)
  if (containers.length === 0) return value
  for (const [from, to] of ties) {
    const target = containers[to % containers.length] as object
    const holder = containers[from % containers.length] as object
    if (Array.isArray(holder)) holder.push(target)
    else if (holder instanceof Map) holder.set(`tie ${to}`, target)
    else if (holder instanceof Set) holder.add(target)
    else if (holder instanceof Error) holder.cause = target
    else if (Object.getPrototypeOf(holder) === Object.prototype) Object.assign(holder, { tie: target })
  }
  return value
}

function collect(value: unknown, containers: object[]): void {
  if (typeof value !== 'object' || value === null || containers.includes(value)) return
  containers.push(value)
  for (const [, part] of contentOf(value)) collect(part, containers)
}

/** Every kind of value, nested. */
export const anyTree: fc.Arbitrary<unknown> = tree.value

/** Every kind of value, nested, with parts shared and cyclic. */
export const anySendable: fc.Arbitrary<unknown> = fc
  .tuple(anyTree, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }))
  .map(([value, ties]) => tied(value, ties))

/** One value of each kind, for tests that go through frames byte by byte. */
export function oneOfEach(): unknown[] {
  const cyclic: Record<string, unknown> = { list: [1] }
  cyclic['self'] = [cyclic, cyclic['list']]
  const buffer = new ArrayBuffer(4)
  return [
    null,
    undefined,
    true,
    1,
    200,
    70_000,
    -5,
    -500,
    -70_000,
    1.5,
    -0,
    12n,
    2n ** 64n - 1n,
    2n ** 90n,
    '',
    'short',
    'é😀',
    'x'.repeat(300),
    '\ud800',
    [],
    [1, [2, []]],
    {},
    { id: 1, name: 'n' },
    objectOf([['__proto__', 1]]),
    new Map<unknown, unknown>([
      [{}, [1]],
      ['k', 2],
    ]),
    new Set([1, 'two', {}]),
    new Date(1e12 + 1),
    new Date(NaN),
    /a/g,
    new Uint8Array(3),
    new Float64Array(2),
    new DataView(new ArrayBuffer(3)),
    buffer,
    [buffer, new Int32Array(buffer)],
    new TypeError('bad', { cause: { why: 1 } }),
    new AggregateError([new Error('x')]),
    Object(1n),
    cyclic,
  ]
}
