import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ours = ['core', 'supervisor', 'transport-process', 'transport-thread']
const theirs = ['msgpackr', 'ts-pattern', 'debug', 'ms', 'nanoid']

/** A folder with a program in which our packages are installed as users have them, and a Node.js: all of it can be read by anybody. */
export function installed(fixtures: readonly string[]): { readonly folder: string; readonly node: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-installed-'))
  chmodSync(folder, 0o755)
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@bulkhead'), { recursive: true })
  for (const name of ours) install(join(root, 'packages', name), join(modules, '@bulkhead', name))
  install(join(root, 'packages/bulkhead'), join(modules, 'bulkhead'))
  for (const name of theirs)
    cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true, dereference: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const file of fixtures) copyFileSync(join(root, 'test/placement/fixtures', file), join(folder, file))
  return { folder, node: openNode(folder) }
}

function install(from: string, to: string): void {
  mkdirSync(to)
  copyFileSync(join(from, 'package.json'), join(to, 'package.json'))
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true })
}

/** The one that runs the tests can lie where only its owner gets. */
function openNode(folder: string): string {
  for (let path = process.execPath; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) break
    if (path === dirname(path)) return process.execPath
  }
  accessSync(process.execPath, constants.X_OK)
  const copy = join(folder, 'node')
  copyFileSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}
