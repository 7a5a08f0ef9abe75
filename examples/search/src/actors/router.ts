// Shows: asking several actors at once and making one answer of theirs, all or nothing. The router knows names, not pids, so it
// need not hear of restarts.
import { ActorExited, type ActorSelf, CallFailed, defineServer, later, reply } from 'bulkhead'
import { type Hit, type Hits, mergeHits } from '../hits.ts'
import type { FoundHit } from '../index-shard.ts'
import { ANSWER_MS, patiently } from './patience.ts'
import { Shard } from './shard.ts'
import { Snippets } from './snippets.ts'

export interface ShownHit extends Hit {
  readonly html: string
}

export type Found =
  | { readonly kind: 'found'; readonly hits: Hits<ShownHit> }
  | { readonly kind: 'unavailable'; readonly why: string }

export const Router = defineServer(import.meta, 'Router', {
  init: (self, shards: readonly string[], snippets: string) => answerersOf(self, shards, snippets),
  calls: {
    // The answer comes later, so the next search need not wait for this one.
    search: ({ state }, words: readonly string[]) =>
      later<Found>(
        (from) =>
          void search(state, words)
            .then((found) => reply(from, found))
            .catch(unlessExited),
      ),
  },
})

type Answerers = ReturnType<typeof answerersOf>

function answerersOf(self: ActorSelf, shards: readonly string[], snippets: string) {
  return {
    shards: shards.map((name) => self.named(Shard, name).within(ANSWER_MS)),
    snippets: self.named(Snippets, snippets).within(ANSWER_MS),
  }
}

async function search({ shards, snippets }: Answerers, words: readonly string[]): Promise<Found> {
  try {
    const asked = shards.map((shard) => patiently(() => shard.call.search(words)))
    const { total, best } = mergeHits<FoundHit>(await Promise.all(asked))
    const excerpts = best.map(({ markdown }) => markdown)
    const html = await patiently(() => snippets.call.render(excerpts))
    return { kind: 'found', hits: { total, best: best.map((hit, i) => shown(hit, html[i] ?? '')) } }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { kind: 'unavailable', why: error.message }
  }
}

function shown({ path, line, score }: FoundHit, html: string): ShownHit {
  return { path, line, score, html }
}

/** A search goes on for a moment after the router itself has ended; nobody waits for it any more. */
function unlessExited(error: unknown): void {
  if (!(error instanceof ActorExited)) throw error
}
