import { at, type Finding, type Source, walk } from './source.ts'

const sourceLinesMax = 500

/** A door lists what it exports. */
export function exportStars(source: Source): Finding[] {
  return [...walk(source.program)]
    .filter(({ node }) => node.type === 'ExportAllDeclaration')
    .map(({ node }) => at(source, node.start, 'export * hides what is exported: list the names'))
}

/** The type any turns the type-checker off. */
export function anyTypes(source: Source): Finding[] {
  return [...walk(source.program)]
    .filter(({ node }) => node.type === 'TSAnyKeyword')
    .map(({ node }) => at(source, node.start, 'the type any belongs in the codec only'))
}

/** What is unfinished is an issue, not a comment. */
export function unfinishedNotes(file: { path: string; text: string }): Finding[] {
  return [...file.text.matchAll(/\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented/gi)].map(({ 0: note, index }) =>
    at(file, index, `"${note}": finish it, or file it`),
  )
}

/** A file that needs scrolling for minutes holds more than one thing. */
export function longFiles(file: { path: string; text: string }): Finding[] {
  const lines = file.text.trimEnd().split('\n').length
  return lines > sourceLinesMax ? [`${file.path}:1: ${lines} lines; ${sourceLinesMax} are the limit`] : []
}

const topLevel = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'packages',
  'examples',
  'test',
  'docs',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
])

/** The top level holds what a visitor expects; tools keep to files with a dot. */
export function strangeTopLevel(entries: readonly string[]): Finding[] {
  return entries
    .filter((entry) => !topLevel.has(entry) && !entry.startsWith('.'))
    .map((entry) => `${entry}:1: does not belong at the top level`)
}

/**
 * A document names tests as `path/to/file.test.ts`, or `path/to/file.test.ts > title` with a title or the start of one;
 * laws that several tests run as `test/laws/file.ts > title`.
 * Each must exist. `read` gives a file's text, or undefined when there is no such file.
 */
export function missingTests(
  document: { path: string; text: string },
  read: (path: string) => string | undefined,
): Finding[] {
  return [...document.text.matchAll(/`([^`\s]+\.test\.ts|test\/laws\/[^`\s]+\.ts)(?: > ([^`]+))?`/g)].flatMap(
    ({ 1: path = '', 2: title, index }) => {
      const text = read(path)
      if (text === undefined) return [at(document, index, `there is no ${path}`)]
      const titles = title?.split(' > ') ?? []
      return titles
        .filter((each) => !text.includes(each))
        .map((each) => at(document, index, `${path} has no test "${each}"`))
    },
  )
}

/** Each code that an error of ours carries stands in the first column of a table of the page about errors. */
export function undocumentedCodes(file: { path: string; text: string }, page: string): Finding[] {
  const given = /(?:new BulkheadError\(|super\()\s*'([a-z_]+)'|readonly code = '(\w+)'/g
  return [...file.text.matchAll(given)].flatMap(({ 1: first, 2: second, index }) => {
    const code = first ?? second
    return page.includes(`\n| \`${code}\``) ? [] : [at(file, index, `docs/errors.md does not explain ${code}`)]
  })
}
