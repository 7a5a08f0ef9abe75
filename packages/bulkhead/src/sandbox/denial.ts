interface Denied {
  readonly code?: unknown
  readonly permission?: unknown
  readonly resource?: unknown
  readonly syscall?: unknown
  readonly address?: unknown
  readonly hostname?: unknown
  readonly port?: unknown
}

/** How far down the causes of an error are looked at. */
const causesMax = 8

/** What Node.js does not let an untrusted actor do, by the name of the permission, and what to do instead. Nothing but reading can be granted. */
const refusals: Readonly<Record<string, (resource: string | undefined) => string>> = {
  FileSystemRead: (file = 'that file') => `may not read ${file}: name that in isolation.sandbox.read`,
  FileSystemWrite: (file = 'that file') => withoutGrant(`may not write ${file}`),
  ChildProcess: () => withoutGrant('may not start a process'),
  WorkerThreads: () => withoutGrant('may not start a thread'),
  Addon: () => withoutGrant('may not load native code'),
  WASI: () => withoutGrant('may not use WASI'),
  Inspector: () => withoutGrant('may not open an inspector'),
  Net: (address) => withoutGrant(`may not use the network${address === undefined ? '' : ` (${address})`}`),
}

const withoutGrant = (what: string): string =>
  `${what}, and no hint grants that: have a trusted actor do it, and call that`

/** What Node.js has denied, and what to do, as the end of a sentence about an actor; undefined for any other error. */
export function denialOf(error: unknown): string | undefined {
  const { code, permission, resource, syscall, address, hostname, port } = (error ?? {}) as Denied
  if (code === 'ERR_DLOPEN_DISABLED') return refusals['Addon']?.(undefined)
  if (code !== 'ERR_ACCESS_DENIED') return undefined
  const named = [resource, address, hostname].find((each): each is string => typeof each === 'string' && each !== '')
  // An error of a socket says which system call it was, and not which permission.
  const scope = typeof permission === 'string' ? permission : syscall === undefined ? 'unknown' : 'Net'
  const refusal = refusals[scope] ?? (() => withoutGrant(`may not do that (${scope})`))
  return refusal(typeof port === 'number' && named !== undefined ? `${named}:${port}` : named)
}

/** Makes an error with which an untrusted actor ends say what it may not do, and what grants it: Node.js names an option that nobody here can give. */
export function explainDenial(error: unknown): void {
  for (let each = error, left = causesMax; each instanceof Error && left > 0; each = each.cause, left--) {
    const denial = denialOf(each)
    if (denial === undefined) continue
    const words = `an untrusted actor ${denial}`
    reword(each, ({ message }) => `${words} (${message})`, words)
    // Whoever reads a line of the log sees the outermost error only.
    if (each !== error) reword(error as Error, ({ message }) => `${message}: ${words}`, words)
    return
  }
}

function reword(error: Error, reworded: (error: Error) => string, words: string): void {
  const { message, stack } = error
  if (message.includes(words)) return
  const said = reworded(error)
  try {
    error.message = said
    if (typeof stack === 'string') error.stack = stack.replace(message, () => said)
  } catch {
    // A frozen error keeps the words that it has.
  }
}
