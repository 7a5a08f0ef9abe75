// Every npm script starts here: `node .dev/run.mjs <task> [arguments]`.
// It installs what is missing, picks a supported Node.js, builds what changed, then runs the task.
// Nothing but the task itself writes to standard output, so `npm start --silent -- --json` stays clean.
// It may be started by any Node.js from 18 on.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { environmentFor, supportedNode } from './node.mjs'
import { root } from './paths.mjs'
import { tasks } from './tasks.mjs'

/** Runs one command to its end, hands it the signals this process gets, and returns its exit code. */
function runInForeground(node, argv) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, argv, { cwd: root, env: environmentFor(node), stdio: 'inherit' })
    // A terminal sends SIGINT to the whole group already; a second one means "at once" to many programs.
    const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
    process.on('SIGINT', () => atTerminal || child.kill('SIGINT'))
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    process.on('SIGHUP', () => child.kill('SIGHUP'))
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

async function run(name, argv) {
  const task = tasks[name]
  if (!task) throw new Error(`There is no task "${name}". Tasks: ${Object.keys(tasks).join(', ')}.`)
  install(root)
  const node = supportedNode()
  if (task.install) install(task.install)
  if (task.build) build(node, task.build)
  for (const command of task.commands) {
    const code = await runInForeground(node, [...command, ...argv])
    if (code !== 0) return code
  }
  return 0
}

try {
  const [name = '', ...argv] = process.argv.slice(2)
  process.exitCode = await run(name, argv)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
