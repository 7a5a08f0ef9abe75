import type { Socket } from 'node:net'
import { isSameToken, tokenBytes } from './token.ts'

/** A socket that has connected, and perhaps shown its token. */
export interface Guest {
  readonly socket: Socket
  readonly expiry: NodeJS.Timeout
  token: Uint8Array | undefined
}

export interface GuestOptions {
  /** How long a guest may stay without being claimed. */
  readonly patienceMs: number
  /** How many guests may be there at once; one more turns the oldest out. */
  readonly guestsMax: number
  /** A guest has shown its token. */
  readonly onToken: (guest: Guest) => void
}

/** Sockets that have connected and belong to nobody yet: anybody on the machine may connect, so they are few and do not stay long. */
export class Guests {
  readonly #options: GuestOptions
  readonly #guests = new Set<Guest>()

  constructor(options: GuestOptions) {
    this.#options = options
  }

  admit(socket: Socket): void {
    const [oldest] = this.#guests
    if (oldest && this.#guests.size >= this.#options.guestsMax) oldest.socket.destroy()
    const expiry = setTimeout(() => socket.destroy(), this.#options.patienceMs).unref()
    const guest: Guest = { socket, expiry, token: undefined }
    this.#guests.add(guest)
    socket.unref()
    socket.on('error', () => {})
    socket.once('close', () => this.#forget(guest))
    const look = () => {
      const token = socket.read(tokenBytes) as Uint8Array | null
      if (token === null) return
      socket.off('readable', look)
      if (token.length < tokenBytes) socket.destroy()
      else this.#options.onToken(Object.assign(guest, { token }))
    }
    socket.on('readable', look)
  }

  /** Takes the guest who has shown this token, if there is one, out of here. */
  claim(token: Uint8Array): Socket | undefined {
    for (const guest of this.#guests) {
      if (!guest.token || !isSameToken(guest.token, token)) continue
      this.#forget(guest)
      return guest.socket
    }
    return undefined
  }

  turnOut(): void {
    for (const { socket } of this.#guests) socket.destroy()
  }

  #forget(guest: Guest): void {
    clearTimeout(guest.expiry)
    this.#guests.delete(guest)
  }
}
