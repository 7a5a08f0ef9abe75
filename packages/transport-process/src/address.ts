import { crypto } from './crypto.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Where a listener can be found, and how to leave nothing behind. */
export interface Address {
  readonly path: string
  readonly remove: () => void
}

/**
 * A fresh address. On Linux an abstract Unix socket, which is no file and vanishes with its process. On Windows a named pipe
 * (not tried). Elsewhere a socket file in a folder that only this user may enter; if the process is killed, the folder stays.
 */
export function freshAddress(): Address {
  const name = `bulkhead-${crypto().randomBytes(16).toString('hex')}`
  if (process.platform === 'linux') return { path: `\0${name}`, remove: () => {} }
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\${name}`, remove: () => {} }
  return freshFileAddress()
}

/** A socket file in a folder of mode 0700. */
export function freshFileAddress(): Address {
  const { tmpdir } = process.getBuiltinModule('node:os')
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-'))
  return { path: join(folder, 's'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
