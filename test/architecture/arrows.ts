import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { at, type Finding, type Source, walk } from './source.ts'

const core = '@bulkhead/core'
const transportDoor = '@bulkhead/core/transport'
const transports = ['@bulkhead/transport-memory', '@bulkhead/transport-process', '@bulkhead/transport-thread']

/** Which doors of its siblings each package may go through. A package that is not listed may use none. */
export const arrows: Record<string, readonly string[]> = {
  core: [],
  supervisor: [core],
  'transport-compliance': [transportDoor],
  'transport-memory': [transportDoor],
  'transport-process': [transportDoor],
  'transport-thread': [transportDoor],
  bulkhead: [core, transportDoor, '@bulkhead/supervisor', ...transports],
  chaos: ['bulkhead'],
}

/** Packages that run wherever JavaScript does: the platform is handed to them. */
export const portable: readonly string[] = ['core', 'supervisor']

/** The package of a module under packages/. */
export const packageOf = (path: string): string => path.split('/')[1] ?? ''

const isSibling = (specifier: string): boolean => /^(@bulkhead\/|bulkhead(\/|$))/.test(specifier)

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] ?? '')

/** The npm package that a bare specifier names. */
const dependencyOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** Each module that a source names in an import, a re-export, an `import()` or an import type. */
export function* importsOf(source: Source): Generator<{ specifier: string; start: number }> {
  for (const { node } of walk(source.program)) {
    if (!/^(Import|ExportNamed|ExportAll|TSImport|TSExternalModule)/.test(node.type)) continue
    const named = (node['source'] ?? node['expression']) as { value?: unknown } | null | undefined
    if (typeof named?.value === 'string') yield { specifier: named.value, start: node.start }
  }
}

/** Imports of siblings go along the arrows, and only through a door. */
export function againstTheArrows(source: Source): Finding[] {
  const allowed = arrows[packageOf(source.path)] ?? []
  return [...importsOf(source)]
    .filter(({ specifier }) => isSibling(specifier) && !allowed.includes(specifier))
    .map(({ specifier, start }) => at(source, start, `may not import ${specifier}`))
}

/** A relative import stays inside its package's src. */
export function acrossPackages(source: Source): Finding[] {
  const home = source.path.split('/').slice(0, 3).join('/') + '/'
  return [...importsOf(source)]
    .filter(({ specifier }) => specifier.startsWith('.'))
    .filter(({ specifier }) => !posix.join(posix.dirname(source.path), specifier).startsWith(home))
    .map(({ specifier, start }) => at(source, start, `reaches out of ${home} by ${specifier}`))
}

/** A portable package imports nothing of Node.js. */
export function builtinImports(source: Source): Finding[] {
  return [...importsOf(source)]
    .filter(({ specifier }) => isBuiltin(specifier))
    .map(({ specifier, start }) => at(source, start, `portable code may not import ${specifier}`))
}

/** What a package imports is declared in its package.json, and what it declares is imported. */
export function dependencyMismatches(
  name: string,
  sources: readonly Source[],
  dependencies: readonly string[],
): Finding[] {
  const used = sources.flatMap((source) =>
    [...importsOf(source)]
      .filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier))
      .map(({ specifier, start }) => ({ dependency: dependencyOf(specifier), source, start })),
  )
  const undeclared = used
    .filter(({ dependency }) => !dependencies.includes(dependency))
    .map(({ dependency, source, start }) => at(source, start, `${dependency} is no dependency of packages/${name}`))
  const unused = dependencies
    .filter((dependency) => !used.some((use) => use.dependency === dependency))
    .map((dependency) => `packages/${name}/package.json:1: no module imports the dependency ${dependency}`)
  return [...undeclared, ...unused]
}

/** A package's project references are its workspace dependencies. */
export function referenceMismatches(
  name: string,
  references: readonly string[],
  dependencies: readonly string[],
): Finding[] {
  const wanted = dependencies.filter(isSibling).map((dependency) => `../${dependency.replace('@bulkhead/', '')}`)
  const complain = (what: string): Finding => `packages/${name}/tsconfig.json:1: ${what}`
  return [
    ...wanted.filter((each) => !references.includes(each)).map((each) => complain(`has no reference to ${each}`)),
    ...references.filter((each) => !wanted.includes(each)).map((each) => complain(`refers to ${each}, no dependency`)),
  ]
}

/** The modules that import a package, which should be one. */
export function importersOf(sources: readonly Source[], dependency: string): string[] {
  return sources
    .filter((source) => [...importsOf(source)].some(({ specifier }) => dependencyOf(specifier) === dependency))
    .map(({ path }) => path)
}

/** What users install. */
const installed: readonly string[] = ['bulkhead', '@bulkhead/chaos']

/** An example is written against what users install, and nothing else of ours. */
export function behindTheCounter(source: Source): Finding[] {
  const out = (specifier: string): boolean =>
    (isSibling(specifier) && !installed.includes(specifier)) || /(^|\/)packages\//.test(specifier)
  return [...importsOf(source)]
    .filter(({ specifier }) => out(specifier))
    .map(({ specifier, start }) =>
      at(source, start, `an example may import ${installed.join(' and ')} only, not ${specifier}`),
    )
}
