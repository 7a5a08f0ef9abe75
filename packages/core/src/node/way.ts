import type { EncodeOptions } from '../messaging/codec.ts'
import type { RemoteNode } from './remote-node.ts'

/** What lies between two actors. `unknown`: shared memory is tried, and nothing goes beside the bytes that could do without. */
export type Way = 'shared' | 'unknown' | 'apart'

/** The way to an actor of that node; undefined: of this one. */
export function wayTo(remote: RemoteNode | undefined): Way {
  if (remote === undefined || remote.surelyShares) return 'shared'
  return remote.shares ? 'unknown' : 'apart'
}

/** How a value is encoded for each way, under that name in errors: made once, since they are needed for every message. */
export function encodeOptions(root: string): Readonly<Record<Way, EncodeOptions>> {
  return {
    shared: { shares: true, moves: true, root },
    unknown: { shares: true, root },
    apart: { shares: false, root },
  }
}
