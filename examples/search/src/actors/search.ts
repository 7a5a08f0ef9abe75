// Shows: the supervision tree, and where everybody lives. Read it from the top: which actors there are, what each one needs, and
// who restarts it.
import { child, defineSupervisor, type SystemOptions } from 'bulkhead'
import { openCorpus, shareCorpus, slices } from '../corpus.ts'
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

/** The index is a crew: threads of an OS process of their own. Whatever ends that takes all shards along, and nobody else. */
const INDEX = 'index'
export const COMPARTMENTS = { [INDEX]: { within: 'process' } } satisfies SystemOptions['compartments']

/** `corpus`: as `corpusBytes` gives it. */
export const Search = defineSupervisor(import.meta, 'Search', (corpus: Uint8Array, port: number) => ({
  strategy: 'one_for_one',
  ...MANY_RESTARTS,
  children: [
    child(Shards, [corpus], { id: 'shards', name: 'shards', isolation: { compartment: INDEX } }),
    child(Rendering, [], { id: 'rendering', name: 'rendering' }),
    child(Router, [SHARDS, SNIPPETS], { id: ROUTER, name: ROUTER }),
    child(Front, [port, ROUTER], { id: FRONT, name: FRONT, isolation: 'inline' }),
  ],
}))

/**
 * It lives in the crew itself, so that the one corpus of all shards is shared there. Each shard has a thread of its own: building or searching
 * keeps a core busy, and a shard that is stuck does not hold up its supervisor.
 */
export const Shards = defineSupervisor(import.meta, 'Shards', (bytes: Uint8Array) => {
  const corpus = shareCorpus(bytes)
  return {
    strategy: 'one_for_one',
    ...MANY_RESTARTS,
    children: slices(openCorpus(corpus).size, SHARDS.length).map((slice, i) =>
      child(Shard, [corpus, slice], {
        id: SHARDS[i]!,
        name: SHARDS[i]!,
        isolation: { memory: 'shared', cpu: 'heavy', limits: { handlerMs: HANDLER_MS } },
      }),
    ),
  }
})

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
