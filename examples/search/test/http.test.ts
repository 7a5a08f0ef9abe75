import { once } from 'node:events'
import { Agent, get, request, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Listener } from '../src/http/listener.ts'
import { routeOf } from '../src/http/route.ts'
import { createHttpServer, SEARCHES_MAX, type Search } from '../src/http/server.ts'

describe('a request is routed', () => {
  test.each([
    ['GET', '/search?q=Worker+threads', ['worker', 'threads']],
    ['HEAD', '/search?q=a', ['a']],
    ['GET', '/search?x=1&q=%C3%A4', ['ä']],
    ['GET', '/search?q=%zz', ['zz']],
    ['GET', '/search?q=__proto__', ['__proto__']],
  ])('%s %s', (method, address, words) =>
    expect(routeOf(method, address)).toEqual({ kind: 'search', query: { words } }),
  )

  test('to the page', () => expect(routeOf('GET', '/?x')).toEqual({ kind: 'page' }))

  test.each([
    ['GET', '/search', 400, 'query_missing'],
    ['GET', '/search?q=', 400, 'query_empty'],
    ['GET', '/search?q=a&q=b', 400, 'query_repeated'],
    ['GET', '/search?q=' + 'a+'.repeat(150), 400, 'query_too_long'],
    ['GET', '/search?q=a+b+c+d+e+f+g+h+i', 400, 'too_many_words'],
    ['GET', '/search?q=' + 'a'.repeat(65), 400, 'word_too_long'],
    ['GET', '/search?q=' + 'a'.repeat(2_000), 414, 'address_too_long'],
    ['GET', '/search/', 404, 'not_found'],
    ['GET', '/../etc/passwd', 404, 'not_found'],
    ['GET', '//search?q=a', 404, 'not_found'],
    ['GET', 'http://other.example/search?q=a', 404, 'not_found'],
    ['POST', '/nowhere', 404, 'not_found'],
    ['POST', '/search?q=a', 405, 'method_not_allowed'],
    ['DELETE', '/', 405, 'method_not_allowed'],
  ])('%s %.30s is refused with %i %s', (method, address, status, code) => {
    expect(routeOf(method, address)).toMatchObject({ kind: 'problem', problem: { status, code } })
  })
})

describe('the server', () => {
  let listener: Listener
  let stop: () => void
  let search: Search

  const start = (): void => {
    const server = createHttpServer((query) => search(query))
    listener.serveWith(server.serve)
    stop = () => {
      listener.release(server.serve)
      server.close()
    }
  }

  beforeEach(async () => {
    search = ({ words }) => Promise.resolve({ words })
    listener = await Listener.open()
    start()
  })
  afterEach(async () => {
    stop()
    await listener.close()
  })

  async function ask(path: string, headers: Record<string, string> = {}) {
    const [response] = (await once(get(listener.url + path, { agent: false, headers }), 'response')) as [
      IncomingMessage,
    ]
    const body = (await response.toArray()).join('')
    return { status: response.statusCode, headers: response.headers, body }
  }

  test('answers in JSON and gives a request its number back', async () => {
    const { status, headers, body } = await ask('/search?q=One+two', { 'x-request-id': '17' })
    expect([status, JSON.parse(body)]).toEqual([200, { words: ['one', 'two'] }])
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': '17',
      'x-content-type-options': 'nosniff',
    })
  })

  test('a number that could do harm in a header is not given back', async () => {
    expect((await ask('/search?q=a', { 'x-request-id': 'a b<' })).headers['x-request-id']).toBeUndefined()
  })

  test('says what is wrong with a bad query', async () => {
    const { status, body } = await ask('/search?q=')
    expect([status, JSON.parse(body)]).toEqual([
      400,
      { error: { code: 'query_empty', message: 'q holds no word: a word is made of letters, digits or underscores' } },
    ])
  })

  test('a service that is down is 503, with the advice to come back', async () => {
    search = () => Promise.resolve({ status: 503, code: 'unavailable', message: 'shard-1 is down' })
    const { status, headers } = await ask('/search?q=a')
    expect([status, headers['retry-after']]).toEqual([503, '1'])
  })

  test('an address larger than any header may be is 431', async () => {
    expect((await ask('/search?q=' + 'a'.repeat(9_000))).status).toBe(431)
  })

  test('the page allows its own script and no other', async () => {
    const { status, headers, body } = await ask('/')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; connect-src 'self'; script-src 'sha256-\S+'; style-src 'sha256-\S+'$/,
    )
    expect(body).toMatch(/^<!doctype html>/)
  })

  test('one search too many is turned away, and there is room again afterwards', async () => {
    const arrived = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<object>()
    let waiting = 0
    search = () => {
      if (++waiting === SEARCHES_MAX) arrived.resolve()
      return gate.promise
    }
    const all = Array.from({ length: SEARCHES_MAX }, () => ask('/search?q=a'))
    await arrived.promise
    expect((await ask('/search?q=a')).status).toBe(503)
    gate.resolve({})
    expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]))
    expect((await ask('/search?q=a')).status).toBe(200)
  })

  test('when the front goes, a request that it held breaks, and a new connection waits for the next front', async () => {
    const asked = Promise.withResolvers<void>()
    search = () => {
      asked.resolve()
      return new Promise<object>(() => {})
    }
    const held = ask('/search?q=a')
    await asked.promise
    stop()
    await expect(held).rejects.toMatchObject({ code: 'ECONNRESET' })

    search = () => Promise.resolve({ from: 'the next front' })
    const client = request(listener.url + '/search?q=b', { agent: new Agent() })
    client.end()
    const [socket] = (await once(client, 'socket')) as [Socket]
    await once(socket, 'connect')
    start()
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    expect(JSON.parse((await response.toArray()).join(''))).toEqual({ from: 'the next front' })
    socket.destroy()
  })

  test('a port that nobody opened is an error', () => {
    expect(() => Listener.at(1)).toThrow('nothing listens on port 1 in this program')
  })
})
