import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'

const require = createRequire(import.meta.url)

interface C {
  strlen(text: null): bigint
  abort(): void
}

/** The C library, loaded when it is needed: most who import this only name a fault. */
let loaded: C | undefined
function c(): C {
  if (loaded !== undefined) return loaded
  const koffi = require('koffi') as typeof Koffi
  const library = koffi.load(process.platform === 'darwin' ? 'libSystem.dylib' : 'libc.so.6')
  loaded = {
    strlen: library.func('size_t strlen(void *text)') as C['strlen'],
    abort: library.func('void abort()') as C['abort'],
  }
  return loaded
}

/** Loads what the faults need. */
export function prepareFaults(): void {
  c()
}

/** Ways in which an OS process ends itself at once: by real faults of native code, by signals, by leaving. */
export const fatalFaults = {
  /** `strlen` dereferences null. */
  'null dereference': () => void c().strlen(null),
  'abort of C': () => c().abort(),
  'process.abort': () => process.abort(),
  SIGKILL: () => void process.kill(process.pid, 'SIGKILL'),
  'process.exit': () => process.exit(7),
  /** An exit handler that leaves with a status of its own. */
  'process.exit in an exit handler': () => {
    process.on('exit', () => process.exit(9))
    process.exit(7)
  },
} as const satisfies Readonly<Record<string, () => void>>

export type FatalFault = keyof typeof fatalFaults
