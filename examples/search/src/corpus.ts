// Shows: one large read-only value for many threads. All documents lie in a single SharedArrayBuffer, found by an index of
// offsets at its start, so between threads a message that carries the corpus carries a reference and copies nothing. Through the
// wall of an OS process it goes once, as bytes.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

export interface SourceDocument {
  readonly path: string
  readonly text: Uint8Array
}

export interface Corpus {
  readonly size: number
  readonly byteLength: number
  path(document: number): string
  text(document: number): string
}

// The buffer holds, in 32-bit words: the number of documents n, then 2n + 1 offsets. Offset 2i is where the path of document i
// begins, 2i + 1 where its text begins, and 2n where the last text ends. The bytes follow.
const HEADER_WORDS = 1

/** Lays documents out in one shared buffer, in the order given. */
export function packCorpus(documents: readonly SourceDocument[]): SharedArrayBuffer {
  const paths = documents.map(({ path }) => Buffer.from(path))
  const indexBytes = (HEADER_WORDS + 2 * documents.length + 1) * Uint32Array.BYTES_PER_ELEMENT
  const textBytes = documents.reduce((sum, { text }, i) => sum + text.length + paths[i]!.length, 0)
  const shared = new SharedArrayBuffer(indexBytes + textBytes)
  const offsets = new Uint32Array(shared, 0, indexBytes / Uint32Array.BYTES_PER_ELEMENT)
  const bytes = new Uint8Array(shared)
  let word = HEADER_WORDS
  let end = indexBytes
  const append = (part: Uint8Array): void => {
    offsets[word++] = end
    bytes.set(part, end)
    end += part.length
  }
  offsets[0] = documents.length
  documents.forEach(({ text }, i) => {
    append(paths[i]!)
    append(text)
  })
  offsets[word] = end
  return shared
}

/** Reads a packed corpus in place. */
export function openCorpus(shared: SharedArrayBuffer): Corpus {
  const size = new Uint32Array(shared, 0, 1)[0]!
  const offsets = new Uint32Array(shared, Uint32Array.BYTES_PER_ELEMENT, 2 * size + 1)
  const read = (part: number): string => {
    if (!(part >= 0 && part < 2 * size))
      throw new RangeError(`the corpus has ${size} documents, not number ${part >> 1}`)
    const start = offsets[part]!
    return Buffer.from(shared, start, offsets[part + 1]! - start).toString('utf8')
  }
  return {
    size,
    byteLength: shared.byteLength,
    path: (document) => read(2 * document),
    text: (document) => read(2 * document + 1),
  }
}

/** A copy, for another OS process. */
export const corpusBytes = (shared: SharedArrayBuffer): Uint8Array => new Uint8Array(shared).slice()

/** Such a copy, for the threads of this OS process. */
export function shareCorpus(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}

export interface Slice {
  readonly from: number
  readonly to: number
}

/** Cuts `size` documents into `parts` slices that differ by one document at most. */
export function slices(size: number, parts: number): Slice[] {
  return Array.from({ length: parts }, (_, i) => ({
    from: Math.floor((i * size) / parts),
    to: Math.floor(((i + 1) * size) / parts),
  }))
}

/** The `node_modules` folders that a module in `folder` can see, nearest first. */
export function packageFolders(folder: string): string[] {
  const found: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    const here = readdirSync(at, { withFileTypes: true })
    if (here.some((entry) => entry.name === 'node_modules' && entry.isDirectory())) found.push(join(at, 'node_modules'))
    if (at === dirname(at)) return found
  }
}

const MARKDOWN = /\.(md|markdown)$/i

/** Every Markdown file below a folder, sorted by path. Links are not followed, dot folders hold no packages. */
export function findMarkdown(folder: string): string[] {
  const found: string[] = []
  const waiting = [folder]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) waiting.push(join(at, entry.name))
      if (entry.isFile() && MARKDOWN.test(entry.name)) found.push(join(at, entry.name))
    }
  }
  return found.toSorted()
}

/** Loads the Markdown of all installed packages; a document's path is relative to the folder that holds `node_modules`. */
export function loadCorpus(folders: readonly string[]): SharedArrayBuffer {
  return packCorpus(
    folders.flatMap((folder) =>
      findMarkdown(folder).map((file) => ({
        path: relative(dirname(folder), file).split(sep).join('/'),
        text: readFileSync(file),
      })),
    ),
  )
}
