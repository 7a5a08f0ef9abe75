import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/**
 * Whether node_modules holds what the lock file asks for, by the record that npm keeps of its last install.
 * A folder without a lock file asks for nothing.
 */
function isInstalled(folder) {
  if (!existsSync(join(folder, 'package-lock.json'))) return true
  const record = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(record)) return false
  const wanted = readJson(join(folder, 'package-lock.json')).packages
  const present = readJson(record).packages
  return Object.entries(wanted).every(([path, { version, resolved, link, optional }]) => {
    if (!path.includes('node_modules/')) return true
    const found = present[path]
    if (!found) return optional === true
    return link ? found.resolved === resolved : found.version === version
  })
}

/** Installs a folder's dependencies from its lock file, unless they are there. */
export function install(folder) {
  if (isInstalled(folder)) return
  console.error('Installing dependencies ...')
  const argv = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  // Under an npm script, the npm that runs it; its own Node.js, since `npm ci` removes the one in node_modules.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const [command, ...prefix] = npm ? [node ?? process.execPath, npm] : ['npm']
  const { status, error } = spawnSync(command, [...prefix, ...argv], { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`npm ci failed in ${folder}${error ? `: ${error.message}` : ''}.`)
}
