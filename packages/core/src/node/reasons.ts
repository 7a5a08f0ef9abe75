import type { Cell } from '../actor/cell.ts'
import type { ExitReason } from '../actor/exit-reason.ts'
import { NotSendable, printable, Undecodable } from '../messaging/codec.ts'
import { sendableError } from '../messaging/sendable-error.ts'
import type { Kernel } from './kernel.ts'

/**
 * A value that any number of actors may look at, each its own copy: kept encoded, decoded on each look. Plain words stay as they are.
 */
export function shareable(kernel: Kernel, value: unknown): () => unknown {
  if (typeof value !== 'object' || value === null) return () => value
  const bytes = encodeReason(kernel, value)
  return () => decodeReason(kernel, bytes, value)
}

/** A reason with a part that does not decode (of a registered type, say, whose `decode` throws) is replaced by its printed form, too. */
function decodeReason(kernel: Kernel, bytes: Uint8Array, value: unknown): unknown {
  try {
    return kernel.decoder.decode(bytes)
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return printable(value)
  }
}

/** A reason that cannot be encoded is replaced by its printed form, never lost; an error keeps its class, and what else of it can be sent. */
function encodeReason(kernel: Kernel, value: unknown): Uint8Array {
  try {
    return kernel.encoder.encode(value, { root: 'reason' }).bytes
  } catch (error) {
    if (!(error instanceof NotSendable)) throw error
    const kept = value instanceof Error ? sendableError(value, kernel.encoder) : undefined
    return kernel.encoder.encode(kept ?? printable(value), { root: 'reason' }).bytes
  }
}

/** The same value with everything replaced that cannot be sent: what is stored and travels. */
export function sendableReason(kernel: Kernel, reason: ExitReason): ExitReason {
  if (typeof reason === 'object' && reason !== null) return decodeReason(kernel, encodeReason(kernel, reason), reason)
  return typeof reason === 'function' || typeof reason === 'symbol' ? printable(reason) : reason
}

/** A reason that is told to `cell` alone: several may hear of one end, and each may do with it what it likes. */
export function ownReason(cell: Cell, reason: ExitReason): ExitReason {
  return typeof reason === 'object' && reason !== null
    ? cell.kernel.decodingAs(cell, () => sendableReason(cell.kernel, reason))
    : reason
}

/** An error's stack ends with the actor in which it was raised, and its node may have something to say of it. */
export function signStack(cell: Cell, reason: unknown): void {
  cell.kernel.options.explain?.(reason)
  if (!(reason instanceof Error) || typeof reason.stack !== 'string' || reason.stack.includes('\n    in actor ')) return
  try {
    reason.stack += `\n    in actor ${cell.path === '' ? '/' : cell.path} (${cell.handler ?? cell.behaviour}) ${cell.pid}`
  } catch {
    // A frozen error keeps the stack that it has.
  }
}
