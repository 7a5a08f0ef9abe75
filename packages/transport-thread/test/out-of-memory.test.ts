import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'

/**
 * V8's limit mostly ends the thread, and sometimes aborts the whole OS process: that is Node.js's, and nothing that a transport
 * promises. So these laws run in a process of their own, again whenever it was aborted.
 */
async function runApart(): Promise<string> {
  const entry = fileURLToPath(new URL('out-of-memory.ts', import.meta.url))
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    const signal = await new Promise((resolve) => child.once('close', (_code, name) => resolve(name)))
    const [output, errors] = await said
    if (signal !== 'SIGABRT') return output.trim() || errors
  }
  return 'aborted every time'
}

test('a thread that runs out of memory keeps the laws about sudden death', { timeout: 60_000 }, async () => {
  assert.equal(await runApart(), '4 laws hold')
})
