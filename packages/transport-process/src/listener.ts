import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { freshAddress } from './address.ts'
import type { Address } from './address.ts'
import { AcceptFailed } from './errors.ts'
import { Guests } from './guests.ts'
import { acceptance, isSameToken, parseToken } from './token.ts'

export interface ListenOptions {
  /** Whether listening keeps the process alive. Default false. */
  readonly ref?: boolean
  /** How long a connected socket may take to show a token that is accepted, before it is closed. Default 2,000. */
  readonly patienceMs?: number
  /** How many sockets that are not accepted yet may be connected; one more turns the oldest out. Default 64. */
  readonly guestsMax?: number
}

export interface AcceptOptions {
  /** How long to wait for the dialler. Default 10,000. */
  readonly timeoutMs?: number
  /** Gives up at once when aborted. */
  readonly signal?: AbortSignal
}

/** A place where other OS processes of this machine can dial this one. One for each thread is enough. */
export interface Listener {
  /** What `dial` takes. It may begin with a zero byte: hand it on as data, never through an environment variable. */
  readonly address: string
  /**
   * The socket of whoever dials with this token, which is good for once. Bytes that came behind the token wait in the socket.
   * Rejects with `AcceptFailed`; throws a TypeError for what is no token.
   */
  accept(token: string, options?: AcceptOptions): Promise<Socket>
  /** Stops listening, and lets go of every socket that was not accepted. */
  close(): void
}

/** Listens at a fresh address that only its name makes known. Rejects if the operating system refuses. */
export async function listenFor(options: ListenOptions = {}): Promise<Listener> {
  return await listenAt(freshAddress(), options)
}

/** Listens at a given address. */
export async function listenAt(address: Address, options: ListenOptions = {}): Promise<Listener> {
  const server = createServer()
  const listener = new TokenListener(server, address, options)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return listener
}

interface Waiting {
  readonly token: Uint8Array
  readonly resolve: (socket: Socket) => void
  readonly giveUp: (why: string) => void
}

class TokenListener implements Listener {
  readonly address: string
  readonly #server: Server
  readonly #remove: () => void
  readonly #guests: Guests
  readonly #waiting = new Set<Waiting>()
  #isClosed = false

  constructor(server: Server, address: Address, options: ListenOptions) {
    const { ref = false, patienceMs = 2_000, guestsMax = 64 } = options
    this.address = address.path
    this.#remove = address.remove
    this.#server = server
    this.#guests = new Guests({ patienceMs, guestsMax, onToken: ({ token }) => token && this.#welcome(token) })
    server.on('connection', (socket) => this.#guests.admit(socket))
    // Running out of descriptors while accepting is no reason to fall: the dialler's time runs out instead.
    server.on('error', () => {})
    if (!ref) server.unref()
  }

  async accept(token: string, options: AcceptOptions = {}): Promise<Socket> {
    const { timeoutMs = 10_000, signal } = options
    const expected = parseToken(token)
    if (this.#isClosed) throw new AcceptFailed('The listener is closed.')
    if (signal?.aborted) throw new AcceptFailed('The wait was aborted.')
    return await new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(waiting)
        clearTimeout(expiry)
        signal?.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = {
        token: expected,
        resolve: (socket) => {
          settle()
          resolve(socket)
        },
        giveUp: (why) => {
          settle()
          reject(new AcceptFailed(why))
        },
      }
      const onAbort = () => waiting.giveUp('The wait was aborted.')
      const expiry = setTimeout(() => waiting.giveUp(`Nobody came within ${timeoutMs} ms.`), timeoutMs).unref()
      signal?.addEventListener('abort', onAbort)
      this.#waiting.add(waiting)
      this.#welcome(expected)
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#server.close()
    this.#remove()
    this.#guests.turnOut()
    for (const waiting of this.#waiting) waiting.giveUp('The listener is closed.')
  }

  /** Brings together a guest with this token and whoever waits for it, if both are here. */
  #welcome(token: Uint8Array): void {
    for (const waiting of this.#waiting) {
      if (!isSameToken(waiting.token, token)) continue
      const socket = this.#guests.claim(token)
      if (!socket) return
      socket.write(acceptance)
      waiting.resolve(socket)
      return
    }
  }
}
