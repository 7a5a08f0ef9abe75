import type { Confinement } from '@bulkhead/core'
import { expect, onTestFinished, test } from 'vitest'
import { openOutlets } from '../../src/output/outlet.ts'
import { wordOf } from '../../src/sandbox/wire.ts'
import { ChildTable } from '../../src/warden/child-table.ts'
import type { BodyEnd } from '../../src/warden/node-body.ts'
import { SandboxBody } from '../../src/warden/sandbox-body.ts'
import { speaker, standStillUntilItEnded } from '../last-words.ts'

const confinement: Confinement = {
  read: [],
  env: {},
  require: [],
  frameBytes: 2 ** 20,
  framesPerSecond: 1_000,
  bytesPerSecond: 2 ** 20,
  outputBytesPerSecond: 2 ** 20,
  descriptors: 128,
}

/** A sandbox that runs this command, and its end. `onUp`: it says that it is a node. */
function sandbox(command: readonly string[], handlerMs: number, onUp = () => {}) {
  const ended = Promise.withResolvers<BodyEnd>()
  const body = new SandboxBody(
    {
      profile: { kind: 'process', handlerMs },
      confinement,
      command,
      isProcess1: false,
      children: new ChildTable(),
      outlets: openOutlets(),
      reach: () => {},
    },
    { message: ({ type }) => type === 'up' && onUp(), ended: ended.resolve },
  )
  onTestFinished(() => body.kill())
  return { body, ended: ended.promise }
}

test('what a sandbox said before it ended is heard, though it was spoken to since', async () => {
  const error = { name: 'RangeError', message: 'the last that it said', stack: '' }
  const command = [process.execPath, ...speaker(wordOf({ type: 'failing', error }), 3)]
  const { body, ended } = sandbox(command, 1_000)
  standStillUntilItEnded(body.osProcess)
  body.post({ type: 'stop' })
  body.post({ type: 'stop' })
  expect(await ended).toMatchObject({ cause: 'error', code: 3, error: { message: error.message } })
})

/** Says these words on descriptor 3, closes it, and never comes to rest. */
function closer(...types: ('started' | 'up')[]): string {
  const words = Buffer.concat(types.map((type) => wordOf({ type })))
  const said = `Buffer.from('${words.toString('hex')}', 'hex')`
  return `const fs = require('node:fs'); fs.writeSync(3, ${said}); fs.closeSync(3); for (;;);`
}

/** What it is judged to be, until it has ended, and with what it ends. */
async function judgedUntilEnded(command: readonly string[], limitMs: number) {
  const { body, ended } = sandbox(command, limitMs, () => body.watch(limitMs))
  body.post({ type: 'snapshot', request: 1 }) // never read, so closing the connection is an error for whoever reads at the other end
  const judged = new Set<string>()
  const rounds = setInterval(() => judged.add(body.look().state), 20)
  const { cause, rule } = await ended
  clearInterval(rounds)
  return { judged: [...judged], cause, rule }
}

const closed = { judged: ['busy'], cause: 'protocol_violation', rule: 'it closed its connection' }

test('a sandbox that closes its connection breaks a rule, and is not told as stuck for the answers that it cannot give any more', async () => {
  expect(await judgedUntilEnded([process.execPath, '-e', closer('up')], 100)).toEqual(closed)
})

test('… also where nothing limits its turns', async () => {
  expect(await judgedUntilEnded([process.execPath, '-e', closer('up')], Infinity)).toEqual(closed)
})

test('… nor where whoever started it holds the other end of the connection open', async () => {
  const chain = ['/bin/sh', '-c', '"$0" -e "$1"; exit', process.execPath, closer('started', 'up')]
  expect(await judgedUntilEnded(chain, 100)).toEqual(closed)
})
