import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  acrossPackages,
  againstTheArrows,
  arrows,
  behindTheCounter,
  builtinImports,
  dependencyMismatches,
  importersOf,
  packageOf,
  portable,
  referenceMismatches,
} from './architecture/arrows.ts'
import { ambientUses, environmentReads, testHooks } from './architecture/platform.ts'
import { filesUnder, modulesUnder, readText, root, type Source } from './architecture/source.ts'
import {
  anyTypes,
  exportStars,
  longFiles,
  missingTests,
  strangeTopLevel,
  undocumentedCodes,
  unfinishedNotes,
} from './architecture/tidiness.ts'
import { americanSpelling, emptyFileNames, strangeFileNames, strangeNames } from './architecture/vocabulary.ts'

interface Manifest {
  readonly dependencies?: Record<string, string>
  /** Of a package that defines actors: it must share the copy of bulkhead that runs them. */
  readonly peerDependencies?: Record<string, string>
}

interface Project {
  readonly references?: readonly { readonly path: string }[]
}

const packageNames = readdirSync(join(root, 'packages'))
const sources = packageNames.flatMap((name) => modulesUnder(`packages/${name}/src`))
const sourcesOf = (name: string): Source[] => sources.filter(({ path }) => packageOf(path) === name)
const portableSources = portable.flatMap(sourcesOf)
const exampleSources = modulesUnder('examples')
const isDoor = ({ path }: Source): boolean => /^packages\/[^/]+\/src\/(index|transport)\.ts$/.test(path)
const isCodec = ({ path }: Source): boolean => path.startsWith('packages/core/src/messaging/codec')

const prose = ['packages', 'examples', 'docs', 'test']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => filesUnder(folder, (path) => /\.(ts|md|json)$/.test(path)))
  .filter((path) => !path.startsWith('test/architecture') && !path.endsWith('package-lock.json'))
  .concat(['README.md', 'CHANGELOG.md'].filter((path) => existsSync(join(root, path))))
  .map((path) => ({ path, text: readText(path) }))

describe('arrows between packages', () => {
  test('every package has its arrows drawn', () => {
    expect(packageNames.toSorted()).toEqual(Object.keys(arrows).toSorted())
  })

  test('siblings are imported along the arrows, through their doors', () => {
    expect(sources.flatMap(againstTheArrows)).toEqual([])
  })

  test('relative imports stay inside their package', () => {
    expect(sources.flatMap(acrossPackages)).toEqual([])
  })

  test.each(packageNames)('%s declares and refers to exactly what it imports', (name) => {
    const manifest = JSON.parse(readText(`packages/${name}/package.json`)) as Manifest
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const references = (JSON.parse(readText(`packages/${name}/tsconfig.json`)) as Project).references ?? []
    const paths = references.map(({ path }) => path)
    expect(dependencyMismatches(name, sourcesOf(name), dependencies)).toEqual([])
    expect(referenceMismatches(name, paths, dependencies)).toEqual([])
  })

  test('one module knows the wire library', () => {
    expect(importersOf(sources, 'msgpackr')).toHaveLength(1)
  })

  test('examples are written against what users install', () => {
    expect(exampleSources.flatMap(behindTheCounter)).toEqual([])
  })
})

describe('portable packages', () => {
  test('import nothing of Node.js', () => {
    expect(portableSources.flatMap(builtinImports)).toEqual([])
  })

  test('use no global of a platform, no clock, no timer and no chance', () => {
    expect(portableSources.flatMap((source) => ambientUses(source))).toEqual([])
  })
})

describe('shipped code', () => {
  test('reads only the environment variables that are documented', () => {
    expect(sources.flatMap((source) => environmentReads(source))).toEqual([])
  })

  test('has no door for tests only', () => {
    expect(sources.flatMap(testHooks)).toEqual([])
  })

  test('uses the type any in the codec only', () => {
    expect(sources.filter((source) => !isCodec(source)).flatMap(anyTypes)).toEqual([])
  })

  test('lists what it exports', () => {
    expect(sources.flatMap(exportStars)).toEqual([])
  })

  test('holds nothing unfinished', () => {
    expect([...sources, ...exampleSources].flatMap(unfinishedNotes)).toEqual([])
  })

  test('keeps files short enough to read', () => {
    expect(sources.flatMap(longFiles)).toEqual([])
  })
})

describe('words', () => {
  test.each(packageNames)('what users of %s see has one word for one thing', (name) => {
    expect(strangeNames(sourcesOf(name), isDoor)).toEqual([])
  })

  test('files are named after what they hold', () => {
    expect(strangeFileNames(sources.map(({ path }) => path))).toEqual([])
    expect(emptyFileNames([...sources, ...exampleSources].map(({ path }) => path))).toEqual([])
  })

  test('behaviour is spelt as Erlang spells it', () => {
    expect(prose.flatMap(americanSpelling)).toEqual([])
  })
})

test('the top level holds nothing strange', () => {
  const local = new Set(['node_modules', 'coverage'])
  expect(strangeTopLevel(readdirSync(root).filter((entry) => !local.has(entry)))).toEqual([])
})

test('the page about errors explains each code', () => {
  const page = readText('docs/errors.md')
  expect(sources.flatMap((source) => undocumentedCodes(source, page))).toEqual([])
})

test('tests that the documents name exist', () => {
  const read = (path: string): string | undefined => (existsSync(join(root, path)) ? readText(path) : undefined)
  const documents = prose.filter(({ path }) => path.endsWith('.md'))
  expect(documents.flatMap((document) => missingTests(document, read))).toEqual([])
})
