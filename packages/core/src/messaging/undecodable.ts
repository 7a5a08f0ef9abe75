import { BulkheadError } from '../errors.ts'

/**
 * Bytes that do not decode: truncated, forged, of an unknown type, or too deep. The only error that decoding throws.
 * Code `undecodable`.
 */
export class Undecodable extends BulkheadError {
  static override readonly name = 'Undecodable'
  constructor(problem: string, options?: { cause?: unknown }) {
    super('undecodable', problem, options)
  }
}
