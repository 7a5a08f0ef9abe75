/** What Node.js and V8 print on stderr before they abort. */
const signs = ['----- Native stack trace -----', 'FATAL ERROR: ', '# Fatal ']

const tailMax = Math.max(...signs.map(({ length }) => length)) - 1

/**
 * Whether an OS process has said that it aborts. In a process namespace of its own a sandbox is process 1, which the kernel spares every signal of
 * its own that it has no handler for: SIGABRT does nothing there, and `abort()` goes on to an instruction that is not allowed, which ends it with
 * SIGSEGV. What it has printed tells the two apart.
 */
export class AbortSign {
  #tail = ''
  isSeen = false

  /** Looks at what came on its stderr, in pieces of any size. */
  take(text: Uint8Array): void {
    if (this.isSeen) return
    const seen = this.#tail + Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1')
    this.isSeen = signs.some((sign) => seen.includes(sign))
    this.#tail = seen.slice(-tailMax)
  }

  /** The signal with which it really ended. */
  signalOf(signal: string): string {
    return signal === 'SIGSEGV' && this.isSeen ? 'SIGABRT' : signal
  }
}
