import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { DialFailed } from './errors.ts'
import { acceptance, parseToken } from './token.ts'

export interface DialOptions {
  /** How long to wait until the other side has accepted. Default 10,000. */
  readonly timeoutMs?: number
  /** Whether the attempt keeps the process alive. Default false. */
  readonly ref?: boolean
}

/**
 * Connects to a listener of another OS process and shows the token it waits for. Resolves when that side has accepted; what it has
 * sent since waits in the socket. Rejects with `DialFailed`; throws a TypeError for what is no token.
 */
export async function dial(address: string, token: string, options: DialOptions = {}): Promise<Socket> {
  const { timeoutMs = 10_000, ref = false } = options
  const shown = parseToken(token)
  const socket = connect({ path: address })
  if (!ref) socket.unref()
  return await new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) => {
      clearTimeout(expiry)
      socket.destroy()
      reject(new DialFailed(message, { cause }))
    }
    const expiry = setTimeout(() => fail(`Not accepted within ${timeoutMs} ms.`), timeoutMs).unref()
    const onClose = () => fail('The other side did not accept the token.')
    const look = () => {
      const answer = socket.read(acceptance.length) as Uint8Array | null
      if (answer === null) return
      if (answer[0] !== acceptance[0]) return fail('The other side speaks another language.')
      clearTimeout(expiry)
      socket.off('readable', look)
      socket.off('close', onClose)
      resolve(socket)
    }
    socket.on('error', (error) => fail('The other side could not be reached.', error))
    socket.on('close', onClose)
    socket.on('readable', look)
    socket.write(shown)
  })
}
