import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { describe, test } from 'vitest'

/**
 * V8's limit mostly ends the thread, and sometimes aborts the whole OS process: that is Node.js's, and nothing that a transport
 * promises. So these laws run in a process of their own, again whenever it was aborted.
 */
async function runApart(carrier: string): Promise<string> {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const entry = new URL('out-of-memory.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [entry, carrier], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    const signal = await new Promise((resolve) => child.once('close', (_code, name) => resolve(name)))
    const [output, errors] = await said
    if (signal !== 'SIGABRT') return output.trim() || errors
  }
  return 'aborted every time'
}

describe('a thread that runs out of memory', () => {
  test.each(['ring', 'port'])('keeps the laws about sudden death, carrier %s', async (carrier) => {
    assert.equal(await runApart(carrier), '4 laws hold')
  })
})
