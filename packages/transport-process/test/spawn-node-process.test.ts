import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, onTestFinished, test } from 'vitest'
import { spawnNodeProcess } from '@bulkhead/transport-process'

const entry = new URL('spawned.ts', import.meta.url)

function spawned(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const started = spawnNodeProcess({ entry, args, env: { ...process.env, ...env }, ref: true })
  onTestFinished(() => void started.child.kill('SIGKILL'))
  const exit = new Promise((resolve) => started.child.once('exit', (code, signal) => resolve(code ?? signal)))
  return { ...started, exit }
}

describe('a spawned process', () => {
  test('has its arguments and environment, two sockets, and no IPC channel', async () => {
    const { control, watch, stdout, exit } = spawned(['say', 'one', 'two'], { SPAWNED_FOR: 'a test' })
    control.write('to control')
    watch.write('to watch')
    const said = text(stdout)
    const answers = [await text(control), await text(watch)]
    assert.equal(await exit, 0)
    assert.deepEqual(answers, ['control heard: to control', 'watch heard: to watch'])
    assert.deepEqual(JSON.parse(await said), { args: ['one', 'two'], env: 'a test', ipc: false })
  })

  test.runIf(process.platform === 'linux')('leads a process group of its own', () => {
    const { child } = spawned(['wait'])
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    assert.equal(Number(fields[2]), child.pid)
  })

  test.runIf(process.platform === 'linux')('does not hand its sockets on to what it starts itself', async () => {
    const { stdout, exit } = spawned(['grandchild'])
    const apart = { isSocket: true, isHanded: false }
    const said = await text(stdout)
    assert.equal(await exit, 0)
    assert.deepEqual(JSON.parse(said), [apart, apart])
  })

  test('ends by itself while its connections are open, and what it sent has left', async () => {
    const { control, exit } = spawned(['idle'])
    const [sent] = await control.toArray()
    assert.equal(await exit, 0)
    assert.deepEqual(sent, Buffer.from([1, 0, 0, 0, 1]))
  })

  test('that cannot be started says so through its child process', async () => {
    const { child } = spawnNodeProcess({ entry, execPath: '/nowhere/node' })
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve))
    assert.equal(error.code, 'ENOENT')
  })
})
