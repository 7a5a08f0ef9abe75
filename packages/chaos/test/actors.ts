import type { Candidate, Place } from '@bulkhead/chaos'
import type { Pid } from 'bulkhead'

/** Places as `docs/placement.md` names them. */
export const PLACES = {
  'on the root': { kind: 'inline', onRoot: true, inRootProcess: true, isTop: false, limits: {} },
  'a thread': { kind: 'thread', onRoot: false, inRootProcess: true, isTop: false, limits: {} },
  'a thread without a limit': {
    kind: 'thread',
    onRoot: false,
    inRootProcess: true,
    isTop: false,
    limits: { handlerMs: Infinity },
  },
  'a thread of a crew': { kind: 'thread', onRoot: false, inRootProcess: false, isTop: false, limits: {} },
  'a process': { kind: 'process', onRoot: false, inRootProcess: false, isTop: false, limits: {} },
  'a process with heapMb': {
    kind: 'process',
    onRoot: false,
    inRootProcess: false,
    isTop: false,
    limits: { heapMb: 64 },
  },
  'a process with rssMb': {
    kind: 'process',
    onRoot: false,
    inRootProcess: false,
    isTop: false,
    limits: { rssMb: 256 },
  },
  'a sandbox': {
    kind: 'process',
    onRoot: false,
    inRootProcess: false,
    isTop: false,
    limits: { heapMb: 64, rssMb: 256 },
    isSandboxed: true,
  },
  'the top supervisor': { kind: 'inline', onRoot: true, inRootProcess: true, isTop: true, limits: {} },
} as const satisfies Record<string, Place>

/** An actor that is nowhere but in a test. */
export function actorAt(path: string, place: Place, about: Partial<Candidate> = {}): Candidate {
  const node = place.onRoot ? 1 : 2
  return {
    path,
    behaviour: 'Worker',
    name: undefined,
    pid: `<test.${node}.1>` as Pid,
    node,
    osProcess: place.inRootProcess ? 100 : 200,
    isReady: true,
    place,
    ...about,
  }
}
