// Shows: the supervision tree, and where everybody lives. Read it from the top: which actors there are, what each one needs, and
// who restarts it.
import { child, defineSupervisor, type Isolation } from 'bulkhead'
import { openCorpus, slices } from '../corpus.ts'
import { Front } from './front.ts'
import { Router } from './router.ts'
import { Shard } from './shard.ts'
import { Snippets } from './snippets.ts'

export const SHARDS = ['shard-0', 'shard-1', 'shard-2']
export const SNIPPETS = 'snippets'
export const FRONT = 'front'
const ROUTER = 'router'

/** Where they are in the tree, for whoever inspects or hurts it. */
export const PATHS: Readonly<Record<string, string>> = {
  shards: '/Search/shards',
  ...Object.fromEntries(SHARDS.map((name) => [name, `/Search/shards/${name}`])),
  rendering: '/Search/rendering',
  [SNIPPETS]: `/Search/rendering/${SNIPPETS}`,
  [ROUTER]: `/Search/${ROUTER}`,
  [FRONT]: `/Search/${FRONT}`,
}

/** The names of the supervisors below the top one, and of those that each starts. */
export const SUPERVISED: ReadonlyMap<string, readonly string[]> = new Map([
  ['shards', SHARDS],
  ['rendering', [SNIPPETS]],
])

/** A turn that lasts longer is stuck. The longest healthy ones, on a busy machine, take a tenth of it. */
const HANDLER_MS = 1_000

/** Enough for a trial, which hurts the same few actors all the time; a real service would allow fewer. */
const MANY_RESTARTS = { intensity: 30, periodMs: 30_000 }

export const Search = defineSupervisor(import.meta, 'Search', (corpus: SharedArrayBuffer, port: number) => ({
  strategy: 'one_for_one',
  ...MANY_RESTARTS,
  children: [
    child(Shards, [corpus], { id: 'shards', name: 'shards' }),
    child(Rendering, [], { id: 'rendering', name: 'rendering' }),
    child(Router, [SHARDS, SNIPPETS], { id: ROUTER, name: ROUTER }),
    child(Front, [port, ROUTER], { id: FRONT, name: FRONT, isolation: 'inline' }),
  ],
}))

/** Where a shard lives. It reads the one shared corpus, and building or searching keeps a core busy. */
const SHARD_PLACE: Isolation = { memory: 'shared', cpu: 'heavy', limits: { handlerMs: HANDLER_MS } }

/** The index: each shard has a thread of its own. */
export const Shards = defineSupervisor(import.meta, 'Shards', (corpus: SharedArrayBuffer) => ({
  strategy: 'one_for_one',
  ...MANY_RESTARTS,
  children: slices(openCorpus(corpus).size, SHARDS.length).map((slice, i) =>
    child(Shard, [corpus, slice], {
      id: SHARDS[i]!,
      name: SHARDS[i]!,
      isolation: SHARD_PLACE,
    }),
  ),
}))

/** Foreign input. Whatever a document does to the library that renders it, a process of its own contains it. */
export const Rendering = defineSupervisor(import.meta, 'Rendering', () => ({
  strategy: 'one_for_one',
  ...MANY_RESTARTS,
  children: [
    child(Snippets, [], {
      id: SNIPPETS,
      name: SNIPPETS,
      isolation: { faults: 'contained', limits: { heapMb: 64, rssMb: 320, handlerMs: HANDLER_MS } },
    }),
  ],
}))
