#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { inspect } from './inspect/inspect-command.ts'

const help = `Usage: bulkhead inspect [name, pid or id] [--json]
       bulkhead run [options] main.ts [args...]
       bulkhead --version

bulkhead inspect shows a running system of this user: its tree of actors, where each lives and why,
mailboxes, restarts, and the last crashes.

  --json   the same as data
  --help   this text

bulkhead run starts a program under a guardian: a small process above it that starts it again
when it crashes or is stuck, hands it signals, and ends as it ends. bulkhead run --help lists its options.
`

/** Runs the command and gives the exit status. */
async function main(args: readonly string[]): Promise<number> {
  try {
    if (args[0] === 'run') return await (await import('./guardian/run-command.ts')).run(args.slice(1))
    return await inspectCommand(args)
  } catch (error) {
    process.stderr.write(`bulkhead: ${(error as Error).message}\n\n${help}`)
    return 2
  }
}

async function inspectCommand(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean' }, version: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [command, which, ...more] = positionals
  if (values.help === true) {
    process.stdout.write(help)
    return 0
  }
  if (values.version === true) {
    process.stdout.write(`${ownVersion()}\n`)
    return 0
  }
  if (command !== 'inspect' || more.length > 0)
    throw new Error(command === undefined ? 'say what to do' : `unknown: ${[command, ...more].join(' ')}`)
  const { status, stdout, stderr } = await inspect(which, values.json === true)
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  return status
}

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}

process.exitCode = await main(process.argv.slice(2))
