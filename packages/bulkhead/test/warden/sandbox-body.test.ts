import type { Confinement } from '@bulkhead/core'
import { expect, test } from 'vitest'
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

test('what a sandbox said before it ended is heard, though it was spoken to since', async () => {
  const error = { name: 'RangeError', message: 'the last that it said', stack: '' }
  const command = [process.execPath, ...speaker(wordOf({ type: 'failing', error }), 3)]
  const ended = Promise.withResolvers<BodyEnd>()
  const body = new SandboxBody(
    {
      profile: { kind: 'process', handlerMs: 1_000 },
      confinement,
      command,
      isProcess1: false,
      children: new ChildTable(),
      outlets: openOutlets(),
      reach: () => {},
    },
    { message: () => {}, ended: ended.resolve },
  )
  standStillUntilItEnded(body.osProcess)
  body.post({ type: 'stop' })
  body.post({ type: 'stop' })
  expect(await ended.promise).toMatchObject({ cause: 'error', code: 3, error: { message: error.message } })
})
