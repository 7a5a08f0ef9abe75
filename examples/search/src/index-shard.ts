// Shows: an inverted index over a slice of the corpus. Pure: no actor, no clock; the shard actor only owns one of these.
import type { Corpus, Slice } from './corpus.ts'
import { excerptAround } from './excerpt.ts'
import { byRank, HITS_SHOWN, type Hit, type Hits } from './hits.ts'
import { fold, wordsOf } from './words.ts'

/** One word in one document. */
interface Posting {
  readonly document: number
  /** Where it first stands. */
  readonly line: number
  count: number
}

/** A hit with the piece of its document that an answer shows. */
export interface FoundHit extends Hit {
  readonly markdown: string
}

interface Candidate {
  readonly document: number
  readonly path: string
  readonly score: number
  readonly line: number
}

export class IndexShard {
  readonly #corpus: Corpus
  readonly #slice: Slice
  readonly #postings = new Map<string, Posting[]>()
  #next: number

  constructor(corpus: Corpus, slice: Slice) {
    this.#corpus = corpus
    this.#slice = slice
    this.#next = slice.from
  }

  get isComplete(): boolean {
    return this.#next >= this.#slice.to
  }

  /** Indexes the next document. Building in such steps lets the caller give others a turn in between. */
  addNext(): void {
    const document = this.#next++
    for (const { word, line } of wordsOf(fold(this.#corpus.text(document)))) {
      const postings = this.#postings.get(word)
      if (postings === undefined) this.#postings.set(word, [{ document, line, count: 1 }])
      else if (postings.at(-1)!.document === document) postings.at(-1)!.count++
      else postings.push({ document, line, count: 1 })
    }
  }

  /** The documents of this slice that hold every word. */
  search(words: readonly string[]): Hits<FoundHit> {
    const candidates = this.#holdingAll(words)
    const best = candidates.toSorted(byRank).slice(0, HITS_SHOWN)
    return { total: candidates.length, best: best.map((candidate) => this.#found(candidate)) }
  }

  #holdingAll(words: readonly string[]): Candidate[] {
    const lists = words.map((word) => this.#postings.get(word) ?? [])
    const [shortest, ...others] = lists.toSorted((a, b) => a.length - b.length)
    if (shortest === undefined) return []
    const tables = others.map((list) => new Map(list.map((posting) => [posting.document, posting])))
    return shortest.flatMap((first) => {
      const all = [first, ...tables.flatMap((table) => table.get(first.document) ?? [])]
      if (all.length < lists.length) return []
      return {
        document: first.document,
        path: this.#corpus.path(first.document),
        score: all.reduce((sum, { count }) => sum + count, 0),
        line: Math.min(...all.map(({ line }) => line)),
      }
    })
  }

  #found({ document, path, line, score }: Candidate): FoundHit {
    return { path, line, score, markdown: excerptAround(this.#corpus.text(document), line) }
  }
}
