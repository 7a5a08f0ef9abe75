import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Imports and re-exports of packages, and `require`s. What is no import makes the list longer by an installed package at most. */
const imports = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'".\\/\s][^'"\\\s]*)\1/g

const ownName = /^(@bulkhead\/[a-z-]+|bulkhead)$/

/**
 * The files and folders of the code that a sandbox runs: the framework, the module of its actor, and the installed packages that this imports. Other files of the
 * program's are no code that it needs, also when the module imports them: they are named. Throws for a path of `read` that does not exist.
 */
export function readListOf(entry: string, module: string, read: readonly string[]): string[] {
  const list = new Set<string>()
  const entryFile = fileURLToPath(entry)
  const ownFolder = packageFolderAround(entryFile)
  if (ownFolder !== undefined && ownName.test(nameOf(ownFolder) ?? '')) addPackage(ownFolder, list)
  else addModule(entryFile, list)
  addModule(fileURLToPath(module), list)
  for (const path of read) {
    const file = path.startsWith('file:') ? fileURLToPath(path) : path
    if (!existsSync(file))
      throw new Error(`isolation.sandbox.read: ${file} does not exist: name files and folders that do`)
    add(file, list)
  }
  return [...list, ...linksWithNamesakes([...list])]
}

/**
 * Node.js does not let a linked folder be looked at whose name is the beginning of another one that may be read, unless everything with that beginning may be. Only
 * links to installed packages are concerned.
 */
function linksWithNamesakes(paths: readonly string[]): string[] {
  const isNamesake = (path: string, other: string): boolean =>
    other.startsWith(path) && other !== path && other[path.length] !== sep
  return paths
    .filter((path) => path.includes(`${sep}node_modules${sep}`) && path !== realOf(path))
    .filter((path) => paths.some((other) => isNamesake(path, other)))
    .map((path) => `${path}*`)
}

function addModule(file: string, list: Set<string>): void {
  add(file, list)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return // its import says why
  }
  for (const [, , name = ''] of text.matchAll(imports)) {
    if (isBuiltin(name)) continue
    const folder = packageFolderOf(packageNameOf(name), dirname(file))
    if (folder !== undefined && isInstalled(folder)) addPackage(folder, list)
  }
}

/** The folder of a package, and those of everything that it depends on. */
function addPackage(folder: string, list: Set<string>): void {
  if (list.has(folder)) return
  add(folder, list)
  const real = realOf(folder)
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifestOf(real)
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const found = packageFolderOf(name, folder) ?? packageFolderOf(name, real)
    if (found !== undefined && isInstalled(found)) addPackage(found, list)
  }
}

/** Both by the name that it has here and by its real one: a link is looked at before it is followed. */
function add(path: string, list: Set<string>): void {
  list.add(path)
  list.add(realOf(path))
}

/** Code that is linked into `node_modules` from elsewhere is the program's own, unless it is ours. */
function isInstalled(folder: string): boolean {
  return realOf(folder).includes(`${sep}node_modules${sep}`) || ownName.test(nameOf(folder) ?? '')
}

function packageNameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function packageFolderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
    if (folder === dirname(folder)) return undefined
  }
}

function packageFolderAround(file: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) return folder
  return undefined
}

interface Manifest {
  readonly name?: string
  readonly dependencies?: object
  readonly optionalDependencies?: object
  readonly peerDependencies?: object
}

function manifestOf(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return {}
  }
}

function nameOf(folder: string): string | undefined {
  return manifestOf(folder).name
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** The first of these paths that a user who owns nothing cannot read; undefined when every folder on the way can be entered, and what stands at its end can be read. */
export function unreadableByAll(paths: readonly string[]): string | undefined {
  const seen = new Map<string, boolean>()
  const canEnter = (folder: string): boolean => {
    let can = seen.get(folder)
    if (can === undefined) {
      can = (folder === dirname(folder) || canEnter(dirname(folder))) && hasBits(folder, 0o001)
      seen.set(folder, can)
    }
    return can
  }
  return paths.find(
    (path) =>
      existsSync(path) && !(canEnter(dirname(path)) && hasBits(path, statSync(path).isDirectory() ? 0o005 : 0o004)),
  )
}

function hasBits(path: string, bits: number): boolean {
  return (statSync(path).mode & bits) === bits
}
