import { at, type Finding, type Source, type Syntax, walk } from './source.ts'

/** Words of other frameworks, and ours for the same thing. */
const otherWords: Record<string, string> = {
  tell: 'cast',
  ask: 'call',
  dispatch: 'cast',
  inbox: 'mailbox',
  deathwatch: 'monitor',
  unwatch: 'demonitor',
  watchdog: 'warden',
  destroy: 'exit',
  dispose: 'exit',
  die: 'exit',
  zombie: 'fenced',
  quarantine: 'fence',
  evict: 'fence',
  entity: 'actor',
  proxy: 'ref',
  stub: 'ref',
  envelope: 'signal',
  packet: 'signal',
  chunk: 'frame',
  serializer: 'codec',
  marshaller: 'codec',
  adapter: 'transport',
  bridge: 'transport',
  manager: 'supervisor',
  launcher: 'guardian',
  daemon: 'guardian',
  shard: 'node',
  affinity: 'isolation',
  locator: 'registry',
  behavior: 'behaviour',
  behaviors: 'behaviours',
}

/** Names that are wrong as a whole, though their words are not. */
const otherNames: Record<string, string> = {
  onReceive: 'casts',
  onMessage: 'info',
  preStart: 'init',
  postStop: 'terminate',
  trapExits: 'trapExit',
  maxRetries: 'intensity',
  gracePeriod: 'shutdown',
  forceKill: 'brutal_kill',
  oneForOne: 'one_for_one',
  oneForAll: 'one_for_all',
  allForOne: 'one_for_all',
  restForOne: 'rest_for_one',
}

/** File names that tell a reader nothing. */
const emptyNames = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'base', 'types', 'core'])

const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.toLowerCase())

function complaint(name: string): string | undefined {
  if (Object.hasOwn(otherNames, name)) return `${name}: say ${otherNames[name]}`
  const word = wordsOf(name).find((each) => Object.hasOwn(otherWords, each))
  return word && `${name}: say ${otherWords[word]}, not ${word}`
}

const membersOf = (declaration: Syntax): Syntax[] => {
  const body = (declaration['body'] ?? declaration['typeAnnotation']) as Syntax | undefined
  return ((body?.['body'] ?? body?.['members'] ?? []) as Syntax[]).filter(
    (member) => member['accessibility'] !== 'private',
  )
}

const isNamed = (node: unknown): node is Syntax & { name: string } =>
  typeof (node as { name?: unknown } | null)?.name === 'string'

/** The names that a module exports, and the members of the interfaces, object types and classes among them. */
export function* exportedNames(source: Source): Generator<{ name: string; start: number }> {
  for (const { node } of walk(source.program)) {
    if (node.type !== 'ExportNamedDeclaration') continue
    const declaration = node['declaration'] as Syntax | null
    const specifiers = (node['specifiers'] ?? []) as Syntax[]
    const declarators = ((declaration?.['declarations'] ?? []) as Syntax[]).map((each) => each['id'])
    const members = declaration
      ? membersOf(declaration).map((each) => (each['computed'] === true ? null : each['key']))
      : []
    for (const named of [
      ...specifiers.map((each) => each['exported']),
      ...declarators,
      declaration?.['id'],
      ...members,
    ])
      if (isNamed(named)) yield { name: named.name, start: named.start }
  }
}

/** Exported names in words that are not ours. */
export function strangeNames(source: Source): Finding[] {
  return [...exportedNames(source)].flatMap(({ name, start }) => {
    const message = complaint(name)
    return message ? [at(source, start, message)] : []
  })
}

const fileName = (path: string): string => (path.split('/').at(-1) ?? '').replace(/\.[a-z.]+$/, '')

/** File names in words that are not ours. */
export function strangeFileNames(paths: readonly string[]): Finding[] {
  return paths.flatMap((path) => {
    const message = complaint(fileName(path))
    return message ? [`${path}:1: ${message}`] : []
  })
}

/** File names that say nothing. */
export function emptyFileNames(paths: readonly string[]): Finding[] {
  return paths
    .filter((path) => emptyNames.has(fileName(path)))
    .map((path) => `${path}:1: the name says nothing about what the file holds`)
}

/** Erlang's spelling is British. */
export function americanSpelling(file: { path: string; text: string }): Finding[] {
  return [...file.text.matchAll(/behavior/gi)].map(({ index }) => at(file, index, 'behaviour is spelt with a u'))
}
