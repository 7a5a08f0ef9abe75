import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { AbortSign } from '../../src/sandbox/abort-sign.ts'
import { meansHere, namespaceFlags } from '../../src/sandbox/means.ts'

const abort = ['-e', 'process.abort()']

/** The end of a command, as the sign reads it from pieces of so many bytes. */
function told([command = '', ...args]: readonly string[], pieceBytes: number): readonly [waited: string, told: string] {
  const { signal, stderr } = spawnSync(command, args)
  const sign = new AbortSign()
  for (let at = 0; at < stderr.length; at += pieceBytes) sign.take(stderr.subarray(at, at + pieceBytes))
  return [String(signal), sign.signalOf(String(signal))]
}

const { namespaces, userNamespaces } = meansHere()
const unshare = namespaces ?? userNamespaces
const flags = namespaces === undefined ? ['--user', ...namespaceFlags] : namespaceFlags

describe('an abort', () => {
  test.each([1, 7, 65_536])('is one outside of a namespace, read in pieces of %d bytes', (pieceBytes) => {
    expect(told([process.execPath, ...abort], pieceBytes)).toEqual(['SIGABRT', 'SIGABRT'])
  })

  test.runIf(unshare !== undefined).each([1, 7, 65_536])(
    'is told as one though the kernel says SIGSEGV, of process 1, read in pieces of %d bytes',
    (pieceBytes) => {
      expect(told([unshare as string, ...flags, process.execPath, ...abort], pieceBytes)).toEqual([
        'SIGSEGV',
        'SIGABRT',
      ])
    },
  )

  test('is nothing that was not said: a segmentation fault stays one, and so does any other signal', () => {
    const silent = new AbortSign()
    silent.take(Buffer.from('----- Native stack'))
    expect(silent.signalOf('SIGSEGV')).toBe('SIGSEGV')
    const said = new AbortSign()
    said.take(Buffer.from('----- Native stack trace -----\n'))
    expect(['SIGKILL', 'SIGABRT', 'SIGSEGV'].map((signal) => said.signalOf(signal))).toEqual([
      'SIGKILL',
      'SIGABRT',
      'SIGABRT',
    ])
  })
})
