// Shows: an actor that shares memory. It reads the corpus where it lies and keeps the index of its own slice, in its
// thread.
import { defineServer } from 'bulkhead'
import { openCorpus, type Slice } from '../corpus.ts'
import { IndexShard } from '../index-shard.ts'

/** Documents indexed in one turn. Turns stay short, so a shard that is busy is never taken for one that is stuck. */
const DOCUMENTS_PER_TURN = 8

export const Shard = defineServer(import.meta, 'Shard', {
  init: async (self, corpus: SharedArrayBuffer, slice: Slice) => {
    const index = new IndexShard(openCorpus(corpus), slice)
    while (!index.isComplete) {
      for (let i = 0; i < DOCUMENTS_PER_TURN && !index.isComplete; i++) index.addNext()
      await self.sleep(0)
    }
    return index
  },
  calls: {
    search: (self, words: readonly string[]) => self.state.search(words),
  },
})
