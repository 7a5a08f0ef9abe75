import type { Encoder } from './codec.ts'
import { NotSendable } from './not-sendable.ts'
import { printable } from './printable.ts'

/**
 * The same error, of the same class, with those of its own fields printed that cannot be sent: an `InvalidOption` whose value is a function
 * is still one. Undefined when that does not make it sendable.
 */
export function sendableError(error: Error, encoder: Encoder): Error | undefined {
  const copy = Object.create(Object.getPrototypeOf(error) as object) as Error
  try {
    for (const key of Object.getOwnPropertyNames(error)) {
      const value: unknown = Reflect.get(error, key)
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, key)
      Object.defineProperty(copy, key, {
        value: isSendable(value, encoder) ? value : printable(value),
        enumerable,
        configurable: true,
        writable: true,
      })
    }
  } catch {
    // A getter that throws.
    return undefined
  }
  return isSendable(copy, encoder) ? copy : undefined
}

function isSendable(value: unknown, encoder: Encoder): boolean {
  try {
    encoder.encode(value)
    return true
  } catch (error) {
    if (!(error instanceof NotSendable)) throw error
    return false
  }
}
