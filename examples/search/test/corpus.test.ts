import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findMarkdown, loadCorpus, openCorpus, packageFolders, packCorpus, slices } from '../src/corpus.ts'

const documents = [
  { path: 'a/README.md', text: Buffer.from('# First') },
  { path: 'ä/leer.md', text: Buffer.from('') },
  { path: 'b.md', text: Buffer.from('Größe 漢字 🙂') },
]

describe('packing', () => {
  test('every path and text comes back as it went in', () => {
    const corpus = openCorpus(packCorpus(documents))
    expect(corpus.size).toBe(3)
    const read = documents.map((_, i) => [corpus.path(i), corpus.text(i)])
    expect(read).toEqual([
      ['a/README.md', '# First'],
      ['ä/leer.md', ''],
      ['b.md', 'Größe 漢字 🙂'],
    ])
  })

  test('bytes that are no UTF-8 do not disturb their neighbours', () => {
    const broken = { path: 'x.md', text: Uint8Array.of(0x61, 0xff, 0xc3) }
    const corpus = openCorpus(packCorpus([broken, ...documents]))
    expect(corpus.text(0)).toBe('a\uFFFD\uFFFD')
    expect(corpus.text(1)).toBe('# First')
  })

  test('a corpus without documents is one', () => {
    expect(openCorpus(packCorpus([])).size).toBe(0)
  })

  test.each([-1, 3, Number.NaN])('document %s of three is an error', (document) => {
    expect(() => openCorpus(packCorpus(documents)).text(document)).toThrow(RangeError)
  })
})

test('slices cover everything once and differ by one at most', () => {
  expect(slices(10, 3)).toEqual([
    { from: 0, to: 3 },
    { from: 3, to: 6 },
    { from: 6, to: 10 },
  ])
  expect(slices(1, 3).map(({ from, to }) => to - from)).toEqual([0, 0, 1])
})

describe('finding', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'search-corpus-'))
    const write = (path: string, text: string): void => {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    write('node_modules/b/README.md', 'b')
    write('node_modules/b/docs/Guide.MARKDOWN', 'guide')
    write('node_modules/b/index.js', '')
    write('node_modules/a/node_modules/c/CHANGES.md', 'c')
    write('node_modules/.cache/x/README.md', 'cached')
    write('app/src/main.ts', '')
    write('app/node_modules/d/README.md', 'd')
    symlinkSync(join(root, 'app'), join(root, 'node_modules/linked'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  test('Markdown of any case and depth, sorted, without caches and links', () => {
    const folder = join(root, 'node_modules')
    expect(findMarkdown(folder).map((path) => path.slice(folder.length + 1))).toEqual([
      'a/node_modules/c/CHANGES.md',
      'b/README.md',
      'b/docs/Guide.MARKDOWN',
    ])
  })

  test('the folders that a module sees, nearest first, and their documents', () => {
    const folders = packageFolders(join(root, 'app/src')).filter((folder) => folder.startsWith(root))
    expect(folders).toEqual([join(root, 'app/node_modules'), join(root, 'node_modules')])
    const corpus = openCorpus(loadCorpus(folders))
    expect(Array.from({ length: corpus.size }, (_, i) => corpus.path(i))).toEqual([
      'node_modules/d/README.md',
      'node_modules/a/node_modules/c/CHANGES.md',
      'node_modules/b/README.md',
      'node_modules/b/docs/Guide.MARKDOWN',
    ])
    expect(corpus.text(0)).toBe('d')
  })
})
