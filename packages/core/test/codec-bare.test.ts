import { createContext, runInContext, runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { codecPair, difference } from './codec-samples.ts'

/** Bundles the codec for no platform in particular. */
async function bundle(): Promise<string> {
  const entry = new URL('../src/messaging/codec.ts', import.meta.url).pathname
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'codec',
    platform: 'neutral',
    target: 'es2024',
  })
  return outputFiles[0]?.text ?? ''
}

const program = `
  const { encoder, localDecoder, newDecoder } = codec.createCodec()
  const round = new Map([['k', new Set([new Date(5), /a/g])]])
  round.set('self', round)
  const value = {
    id: 1, text: 'é😀'.repeat(100), ascii: 'x'.repeat(5000), long: Array.from({ length: 200 }, (_, id) => ({ id, name: 'name ' + id })),
    round, error: new TypeError('bad', { cause: 1n << 80n }), bytes: new Uint8Array([1, 2]), floats: new Float64Array([1.5]), lone: '\\ud800', zero: -0,
  }
  const { bytes } = encoder.encode(value)
  const remote = newDecoder()
  remote.define(encoder.define(0))
  const results = [localDecoder.decode(bytes), remote.decode(bytes)].map((decoded) => [
    decoded.text === value.text && decoded.ascii === value.ascii && decoded.lone === value.lone,
    Object.is(decoded.zero, -0), decoded.long[199].name, decoded.round.get('self') === decoded.round, [...decoded.round.get('k')].map(String).join(),
    decoded.error instanceof TypeError && decoded.error.cause === 1n << 80n, decoded.bytes.join(), decoded.floats.join(),
  ])
  let refused = ''
  try { encoder.encode({ f() {} }) } catch (error) { refused = error.code + ': ' + error.message }
  let bad = ''
  try { remote.decode(new Uint8Array([0xd9, 70])) } catch (error) { bad = error.code }
  JSON.stringify({ results, refused, bad, globals: typeof Buffer + typeof TextEncoder + typeof TextDecoder + typeof process })
`

describe('without a platform', () => {
  test('the codec works in a context that has the language and nothing else', async () => {
    const context = createContext({})
    runInContext(await bundle(), context)
    const { results, refused, bad, globals } = JSON.parse(String(runInContext(program, context))) as Record<
      string,
      unknown
    >
    const expected = [true, true, 'name 199', true, `${String(new Date(5))},/a/g`, true, '1,2', '1.5']
    expect(globals).toBe('undefinedundefinedundefinedundefined')
    expect([refused, bad]).toEqual(['not_sendable: message.f is a function', 'undecodable'])
    expect(results).toEqual([expected, expected])
  })

  test('values of another realm arrive as values of this one', () => {
    const foreign = runInNewContext(
      '({ map: new Map([[1, new Set([2])]]), date: new Date(5), list: [1], error: new RangeError("far"), bytes: new Uint8Array([1]), buffer: new ArrayBuffer(2), pattern: /a/ })',
    ) as object
    const expected = {
      map: new Map([[1, new Set([2])]]),
      date: new Date(5),
      list: [1],
      error: new RangeError('far'),
      bytes: new Uint8Array([1]),
      buffer: new ArrayBuffer(2),
      pattern: /a/,
    }
    expected.error.stack = (foreign as { error: Error }).error.stack as string
    expect(difference(expected, codecPair().both(foreign).remote)).toBeUndefined()
  })
})
