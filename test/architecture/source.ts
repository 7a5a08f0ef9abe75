import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a rule found: `path:line: what is wrong`. */
export type Finding = string

/** A syntax node, as loosely as a walk needs it. */
export interface Syntax {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** One parsed module. `path` is relative to the repository, with slashes. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly program: Syntax
  readonly comments: readonly { readonly value: string; readonly start: number }[]
}

/** Parses one module; throws where it is not TypeScript. */
export function parse(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  return { path, text, program: program as unknown as Syntax, comments }
}

/** A finding at an offset of a text. */
export function at(file: { path: string; text: string }, offset: number, message: string): Finding {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}: ${message}`
}

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && typeof (value as Syntax).type === 'string'

/** A node with the node above it and the field of that node which holds it. */
export interface Visit {
  readonly node: Syntax
  readonly parent: Syntax | undefined
  readonly field: string
}

/** Every node of a tree, each before what is inside it. */
export function* walk(node: Syntax, parent?: Syntax, field = ''): Generator<Visit> {
  yield { node, parent, field }
  for (const [name, value] of Object.entries(node))
    for (const child of Array.isArray(value) ? value : [value]) if (isSyntax(child)) yield* walk(child, node, name)
}

/** Paths of the files under a folder, relative to the repository, that the filter accepts; build output is left out. */
export function filesUnder(folder: string, accepts: (path: string) => boolean): string[] {
  const skipped = /(^|[\\/])(node_modules|dist|\.git)([\\/]|$)/
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !skipped.test(path) && accepts(path))
    .toSorted()
}

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The modules under a folder, parsed. */
export const modulesUnder = (folder: string): Source[] =>
  filesUnder(folder, (path) => path.endsWith('.ts')).map((path) => parse(path, readText(path)))
