import { crypto } from './crypto.ts'

/** Bytes of a token on the wire. */
export const tokenBytes = 16

/** A fresh token: 128 random bits, as 32 hexadecimal digits. */
export function newToken(): string {
  return crypto().randomBytes(tokenBytes).toString('hex')
}

/** The bytes of a token. Throws a TypeError for anything that `newToken` cannot have made. */
export function parseToken(token: string): Uint8Array {
  if (!/^[0-9a-f]{32}$/.test(token)) throw new TypeError('A token is 32 hexadecimal digits.')
  return Buffer.from(token, 'hex')
}

/** Compares in a time that does not depend on where two tokens differ. */
export function isSameToken(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && crypto().timingSafeEqual(one, other)
}

/** What the accepting side writes first: from here on the socket belongs to both. */
export const acceptance: Uint8Array = Uint8Array.of(0x06)
