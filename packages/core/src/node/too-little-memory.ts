import type { Evidence, MemoryLimit } from '../actor/exit-reason.ts'
import { InvalidOption } from '../errors.ts'

/** Megabytes below which no Node.js gets through its own start (resident memory; x64). */
export const RSS_MB_MIN = 64

/** What leaves an actor that holds little some room, in megabytes: Node.js itself takes 70 to 90 of resident memory, and few of its heap. */
const SENSIBLE: Readonly<Record<MemoryLimit['field'], number>> = { rssMb: 128, heapMb: 32 }

/** A limit that was used up before the actor was there: what its hints say is too little, and nothing that it did was wrong. Undefined for any other end of a node. */
export function tooLittleMemory({
  limit,
  heapBytes = 0,
}: Pick<Evidence, 'limit' | 'heapBytes'>): InvalidOption | undefined {
  if (limit === undefined) return undefined
  const { field, mb } = limit
  const least = Math.max(SENSIBLE[field], Math.ceil(mb * 1.5))
  const taken = field === 'rssMb' && heapBytes > 0 ? `${Math.ceil(heapBytes / 2 ** 20)} MB` : 'all of it'
  return new InvalidOption(
    `isolation.limits.${field}`,
    mb,
    `Node.js and the modules took ${taken} before the actor was there; give ${least} or more`,
  )
}
