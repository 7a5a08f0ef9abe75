import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { isatty } from 'node:tty'

/** Writes what can be written at once and returns how many bytes that was; throws EAGAIN when there is no room. */
export type Write = (bytes: Uint8Array) => number

/**
 * How to write to a descriptor that this OS process was given without ever waiting for its reader.
 *
 * Whether a write waits is a mark on the open file, and others share that file: a child that inherits it takes the mark away again.
 * A pipe and a terminal can be opened once more, by their name in /proc, with a mark of their own. A socket cannot, so it is marked
 * before each write. Files are written to as they are. Where neither works, as for a terminal of another user, a write may wait.
 */
export function writerTo(descriptor: 1 | 2): Write {
  const plain: Write = (bytes) => writeSync(descriptor, bytes)
  try {
    const status = fstatSync(descriptor)
    if (status.isSocket()) return marked(descriptor, plain)
    if (status.isFIFO()) return reopened(descriptor) ?? marked(descriptor, plain)
    if (isatty(descriptor)) return reopened(descriptor) ?? plain
  } catch {
    // it is closed, as every write will say
  }
  return plain
}

function reopened(descriptor: number): Write | undefined {
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
    const own = openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY)
    return (bytes) => writeSync(own, bytes)
  } catch {
    return undefined // another platform, another user's, or nobody reads any more
  }
}

/** Node.js closes neither descriptor 1 nor 2 with the socket that holds it. */
function marked(descriptor: number, plain: Write): Write {
  const { _handle: handle } = new Socket({ fd: descriptor, readable: false, writable: true }) as unknown as {
    _handle: { setBlocking?: (value: boolean) => void } | null
  }
  return (bytes) => {
    handle?.setBlocking?.(false)
    return plain(bytes)
  }
}
