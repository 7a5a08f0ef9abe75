import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { describe, onTestFinished, test } from 'vitest'
import { AcceptFailed, DialFailed, dial, listenFor, newToken } from '@bulkhead/transport-process'
import type { Listener, ListenOptions } from '@bulkhead/transport-process'
import { freshFileAddress } from '../src/address.ts'
import { listenAt } from '../src/listener.ts'

async function listening(options?: ListenOptions): Promise<Listener> {
  const listener = await listenFor({ ref: true, ...options })
  onTestFinished(() => listener.close())
  return listener
}

/** A socket that has connected, and may not have shown a token. */
async function connected(address: string): Promise<Socket> {
  const socket = connect({ path: address })
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'connect')
  return socket
}

/** The next `length` bytes of a socket. */
async function read(socket: Socket, length: number): Promise<string> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null
    if (bytes) return bytes.toString()
    await once(socket, 'readable')
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

const ref = { ref: true }

describe('a listener', () => {
  test('gives the socket of each dialler to whoever waits for its token', async () => {
    const listener = await listening()
    const tokens = [newToken(), newToken(), newToken()]
    const accepted = tokens.map((token) => listener.accept(token))
    const dialled = await Promise.all(tokens.toReversed().map((token) => dial(listener.address, token, ref)))
    for (const [at, socket] of dialled.toReversed().entries()) socket.write(`${at}`)
    const heard = await Promise.all(accepted.map(async (socket) => await read(await socket, 1)))
    assert.deepEqual(heard, ['0', '1', '2'])
    for (const socket of dialled) socket.destroy()
  })

  test('accepts a dialler who came before anybody waited for it', async () => {
    const listener = await listening()
    const token = newToken()
    const socket = await connected(listener.address)
    socket.write(Buffer.from(token, 'hex'))
    await turns(20)
    const accepted = await listener.accept(token)
    accepted.destroy()
  })

  test('keeps the bytes that come together with the token', async () => {
    const listener = await listening()
    const token = newToken()
    const accepted = listener.accept(token)
    const socket = await connected(listener.address)
    socket.write(Buffer.concat([Buffer.from(token, 'hex'), Buffer.from('hello, and more')]))
    assert.equal(await read(await accepted, 15), 'hello, and more')
    socket.destroy()
  })

  test('takes a token that comes byte by byte', async () => {
    const listener = await listening()
    const token = newToken()
    const accepted = listener.accept(token)
    const socket = await connected(listener.address)
    for (const byte of Buffer.from(token, 'hex')) {
      socket.write(Uint8Array.of(byte))
      await turns(1)
    }
    ;(await accepted).destroy()
  })

  test('takes a token once', async () => {
    const listener = await listening({ patienceMs: 50 })
    const token = newToken()
    const accepted = listener.accept(token)
    const first = await dial(listener.address, token, ref)
    await accepted
    await assert.rejects(dial(listener.address, token, ref), DialFailed)
    first.destroy()
  })

  test(
    'closes a socket that shows a wrong token, a part of one, or none, and goes on',
    { timeout: 10_000 },
    async () => {
      const listener = await listening({ patienceMs: 50 })
      const expected = newToken()
      const accepted = listener.accept(expected)
      const shown = [newToken(), newToken().slice(0, 20), '']
      const sockets = await Promise.all(shown.map(() => connected(listener.address)))
      for (const [at, token] of shown.entries()) sockets[at]!.write(Buffer.from(token, 'hex'))
      await Promise.all(sockets.map((socket) => once(socket, 'close')))
      const socket = await dial(listener.address, expected, ref)
      ;(await accepted).destroy()
      socket.destroy()
    },
  )

  test('survives sockets that leave at once, with and without a part of a token', async () => {
    const listener = await listening()
    for (let i = 0; i < 20; i += 1) {
      const socket = await connected(listener.address)
      if (i % 2 === 0) socket.write(Buffer.alloc(i))
      if (i % 3 === 0) socket.destroy()
      else socket.end()
    }
    const token = newToken()
    const [socket, accepted] = await Promise.all([dial(listener.address, token, ref), listener.accept(token)])
    socket.destroy()
    accepted.destroy()
  })

  test('turns the oldest out when too many wait at its door', async () => {
    const listener = await listening({ guestsMax: 3 })
    const sockets: Socket[] = []
    for (let i = 0; i < 3; i += 1) sockets.push(await connected(listener.address))
    const firstLeaves = once(sockets[0]!, 'close')
    sockets.push(await connected(listener.address))
    await firstLeaves
    assert.deepEqual(
      sockets.map((socket) => socket.destroyed),
      [true, false, false, false],
    )
    for (const socket of sockets) socket.destroy()
  })

  test('rejects the wait for a dialler who does not come, is aborted, or whose listener is closed', async () => {
    const listener = await listening()
    await assert.rejects(listener.accept(newToken(), { timeoutMs: 10 }), AcceptFailed)
    const abort = new AbortController()
    const aborted = listener.accept(newToken(), { signal: abort.signal })
    abort.abort()
    await assert.rejects(aborted, AcceptFailed)
    const left = listener.accept(newToken())
    listener.close()
    await assert.rejects(left, AcceptFailed)
    await assert.rejects(listener.accept(newToken()), AcceptFailed)
  })

  test('refuses what is no token', async () => {
    const listener = await listening()
    for (const token of ['', 'abc', newToken().slice(1), `${newToken()}0`, 'x'.repeat(32)]) {
      await assert.rejects(listener.accept(token), TypeError)
      await assert.rejects(dial(listener.address, token), TypeError)
    }
  })
})

describe('dial', () => {
  test('rejects where nobody listens, and when nobody accepts in time', async () => {
    const listener = await listening()
    await assert.rejects(dial(listener.address, newToken(), { ...ref, timeoutMs: 20 }), DialFailed)
    listener.close()
    await assert.rejects(dial(listener.address, newToken(), ref), DialFailed)
  })
})

describe('an address', () => {
  test.runIf(process.platform === 'linux')('is an abstract socket, which is no file', async () => {
    const listener = await listening()
    assert.match(listener.address, /^\0bulkhead-[0-9a-f]{32}$/)
  })

  test('that is a file lies in a folder that only its user may enter, and is gone when the listener is closed', async () => {
    const listener = await listenAt(freshFileAddress(), { ref: true })
    const folder = dirname(listener.address)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    const token = newToken()
    const [socket, accepted] = await Promise.all([dial(listener.address, token, ref), listener.accept(token)])
    listener.close()
    assert.equal(existsSync(folder), false)
    socket.destroy()
    accepted.destroy()
  })
})
