import { at, type Finding, type Source, type Syntax, walk } from './source.ts'

/** Words of other frameworks, and ours for the same thing: docs/glossary.md. */
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

const nameOf = (node: unknown): string => String((node as { name?: unknown } | null)?.name)

const isNamed = (node: unknown): node is Syntax & { name: string } => (node as Syntax | null)?.type === 'Identifier'

const declarationsOf = (node: Syntax): Syntax[] => {
  const declaration = node['declaration'] as Syntax | null
  if (node.type !== 'ExportNamedDeclaration' || !declaration) return []
  return (declaration['declarations'] as Syntax[] | undefined) ?? [declaration]
}

/** The names that a door lets out: as users see them, and as they were declared. */
export function doorNames(
  door: Source,
): { readonly seen: string; readonly declared: string; readonly start: number }[] {
  return [...walk(door.program)].flatMap(({ node }) => {
    if (node.type === 'ExportSpecifier')
      return [{ seen: nameOf(node['exported']), declared: nameOf(node['local']), start: node.start }]
    return declarationsOf(node).map(({ id, start }) => ({ seen: nameOf(id), declared: nameOf(id), start }))
  })
}

/** The members of the public interfaces, object types and classes that a module declares. */
export function memberNames(source: Source, isPublic: (name: string) => boolean): { name: string; start: number }[] {
  return [...walk(source.program)]
    .flatMap(({ node }) => declarationsOf(node))
    .filter((declaration) => isPublic(nameOf(declaration['id'])))
    .flatMap(membersOf)
    .filter((member) => member['computed'] !== true)
    .map((member) => member['key'])
    .filter(isNamed)
}

/** Names that users of a package see, in words that are not ours. A door is a module that package.json exports. */
export function strangeNames(sources: readonly Source[], isDoor: (source: Source) => boolean): Finding[] {
  const published = new Set(sources.filter(isDoor).flatMap((door) => doorNames(door).map(({ declared }) => declared)))
  return sources.flatMap((source) => {
    const own = isDoor(source) ? doorNames(source).map(({ seen, start }) => ({ name: seen, start })) : []
    const names = [...own, ...memberNames(source, (name) => published.has(name))]
    return names.flatMap(({ name, start }) => {
      const message = complaint(name)
      return message ? [at(source, start, message)] : []
    })
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
