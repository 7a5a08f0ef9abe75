import type * as Crypto from 'node:crypto'

/** Node.js's crypto, loaded at its first use: it takes longer than all of this package, and a node that no other OS process dials needs none. */
export function crypto(): typeof Crypto {
  return process.getBuiltinModule('node:crypto')
}
