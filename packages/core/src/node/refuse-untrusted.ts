import { BulkheadError } from '../errors.ts'
import type { Kernel } from './kernel.ts'

/** What a policed node may not send is an error here, at whoever would have it sent. Throws `not_granted`. */
export function refuseUntrusted({ options }: Kernel, what: string): void {
  if (options.untrusted === true)
    throw new BulkheadError('not_granted', `an untrusted actor ${what}: have a trusted one do it`)
}
