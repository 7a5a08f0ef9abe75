import { describe, expect, test } from 'vitest'
import type { FromCrew } from '../../src/crew/crew-control.ts'
import { RelayedBacklog, RelayedOutput } from '../../src/crew/relayed-output.ts'

const full = 128 * 1024

function newOutput() {
  const posted: FromCrew[] = []
  const backlogs = { stdout: new RelayedBacklog(), stderr: new RelayedBacklog() }
  const output = new RelayedOutput({ post: (news) => posted.push(news) }, backlogs)
  return { output, posted, ...backlogs }
}

describe('what a thread of a crew prints', () => {
  test('is sent on with its node and its actor, and so is how much was lost', () => {
    const { output, posted } = newOutput()
    const text = Buffer.from('a line\n')
    output.node = 7
    output.take('stdout', text, '/shop')
    output.lose('stderr', 3)
    output.lose('stderr', 0)
    expect(posted).toEqual([
      { type: 'printed', node: 7, stream: 'stdout', text, actor: '/shop' },
      { type: 'lost', node: 7, stream: 'stderr', lines: 3 },
    ])
  })

  test('waits when as much is on its way as fits, until enough of it was taken', () => {
    const { output, stdout, stderr } = newOutput()
    output.node = 7
    output.take('stdout', Buffer.alloc(full - 1))
    expect(stdout.isBehind).toBe(false)
    output.take('stdout', Buffer.alloc(1))
    expect([stdout.isBehind, stderr.isBehind]).toEqual([true, false])
    const ready: string[] = []
    stdout.whenReady(() => ready.push('one'))
    stdout.took(0)
    expect(ready).toEqual([])
    stdout.took(1)
    expect(ready).toEqual(['one'])
    stdout.whenReady(() => ready.push('two'))
    expect(ready).toEqual(['one', 'two'])
  })

  test('of a thread that is no node yet is not waited for: nobody says that it was taken', () => {
    const { output, stdout } = newOutput()
    output.take('stdout', Buffer.alloc(full))
    expect(stdout.isBehind).toBe(false)
  })
})
