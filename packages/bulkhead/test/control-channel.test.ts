import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { spawnNodeProcess } from '@bulkhead/transport-process'
import { expect, onTestFinished, test } from 'vitest'
import { socketChannel } from '../src/control-channel.ts'
import { speaker, standStillUntilItEnded } from './last-words.ts'

function frame(message: unknown): Buffer {
  const body = serialize(message)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

test('what an OS process said before it ended is heard, though it was spoken to since', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-last-words-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const entry = join(folder, 'speaks.cjs')
  const said = [{ type: 'failing' }, { type: 'last' }]
  writeFileSync(entry, speaker(Buffer.concat(said.map(frame)), 3)[1] as string)
  const { child, control } = spawnNodeProcess({ entry })
  const channel = socketChannel<string, unknown>(control)
  const heard: unknown[] = []
  channel.onMessage((message) => void heard.push(message))
  const closed = new Promise<void>((resolve) => channel.onClose(resolve))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  standStillUntilItEnded(child.pid as number)
  channel.post('ping')
  channel.post('ping')
  await closed
  expect([await exited, heard]).toEqual([3, said])
})
