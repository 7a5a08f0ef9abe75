import { BulkheadError } from '../errors.ts'

/** Bytes that do not decode: truncated, forged, of an unknown type, or too deep. The only error that decoding throws. Code `undecodable`. */
export class Undecodable extends BulkheadError {
  constructor(problem: string, options?: { cause?: unknown }) {
    super('undecodable', problem, options)
  }
}
