import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './paths.mjs'

const isWorkspace = (path) =>
  lstatSync(path).isSymbolicLink() && !relative(root, realpathSync(path)).includes('node_modules')

/**
 * Fills a node_modules folder with links: to the packages installed here, and for each of our own packages to the copy,
 * so that code in the copy never meets code of the original.
 */
function linkModules(from, to, copy) {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (name === '.cache' || name.startsWith('.vite')) continue
    const path = join(from, name)
    if (name.startsWith('@')) linkModules(path, join(to, name), copy)
    else symlinkSync(isWorkspace(path) ? join(copy, relative(root, realpathSync(path))) : path, join(to, name))
  }
}

/** Copies what git knows or would add into an empty folder, with dependencies, ready to build. */
export function copyWorkspace(copy) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = listed.split('\0').filter((path) => path && existsSync(join(root, path)))
  for (const path of files) cpSync(join(root, path), join(copy, path), { recursive: true })
  const manifests = files.filter((path) => path.endsWith('package.json'))
  for (const folder of manifests.map(dirname)) {
    const modules = join(root, folder, 'node_modules')
    if (existsSync(modules)) linkModules(modules, join(copy, folder, 'node_modules'), copy)
  }
}
