import { describe, expect, test } from 'vitest'
import { optionLines, readRunOptions } from '../../src/guardian/run-options.ts'

const standard = {
  stuckMs: 6_000,
  minMs: 100,
  maxMs: 10_000,
  intensity: 10,
  periodMs: 60_000,
  graceMs: 15_000,
}

describe('the words behind bulkhead run', () => {
  test.each<[string, string, object]>([
    ['a file', 'main.ts', { file: 'main.ts', args: [] }],
    [
      'what stands behind the file belongs to the program',
      'main.ts --stuck-ms 1 --help -x',
      { file: 'main.ts', args: ['--stuck-ms', '1', '--help', '-x'] },
    ],
    [
      'options before the file',
      '--stuck-ms 500 --grace-ms 0 main.ts a',
      { file: 'main.ts', args: ['a'], stuckMs: 500, graceMs: 0 },
    ],
    ['a value behind =', '--min-ms=5 --max-ms=7 main.ts', { file: 'main.ts', args: [], minMs: 5, maxMs: 7 }],
    ['the last of two counts', '--intensity 1 --intensity 2 main.ts', { file: 'main.ts', args: [], intensity: 2 }],
    ['a period', '--period-ms 9 main.ts', { file: 'main.ts', args: [], periodMs: 9 }],
    ['no limit', '--stuck-ms Infinity main.ts', { file: 'main.ts', args: [], stuckMs: Infinity }],
    ['-- ends the options', '-- -main.ts --', { file: '-main.ts', args: ['--'] }],
  ])('%s', (_what, words, expected) => {
    expect(readRunOptions(words.split(' '))).toEqual({ ...standard, ...expected })
  })

  test.each(['--help', '-h', '--stuck-ms 500 --help main.ts'])('%s asks for help', (words) => {
    expect(readRunOptions(words.split(' '))).toBe('help')
  })

  test.each([
    [[], /say which file to run/],
    [['--intensity', '3'], /say which file to run/],
    [['--stuck', '3', 'main.ts'], /unknown option --stuck;/],
    [['-r', 'main.ts'], /unknown option -r;/],
    [['--constructor', '1', 'main.ts'], /unknown option --constructor;/],
    [['--stuck-ms'], /--stuck-ms has no value: use a whole number from 100 to 2147483647, or Infinity/],
    [['--stuck-ms', '99', 'main.ts'], /--stuck-ms 99: /],
    [['--stuck-ms', 'main.ts'], /--stuck-ms main\.ts: /],
    [['--min-ms', 'Infinity', 'main.ts'], /--min-ms Infinity: use a whole number from 1 to 2147483647$/],
    [['--min-ms', '0', 'main.ts'], /--min-ms 0: /],
    [['--grace-ms', '1.5', 'main.ts'], /--grace-ms 1\.5: /],
    [['--period-ms=', 'main.ts'], /--period-ms : /],
    [['--max-ms', '2147483648', 'main.ts'], /--max-ms 2147483648: /],
    [['--min-ms', '20000', 'main.ts'], /--min-ms 20000 is more than --max-ms 10000/],
  ])('%j is an error that says why', (words, message) => {
    expect(() => readRunOptions(words)).toThrow(message)
  })

  test('the help names each option with its default', () => {
    for (const value of Object.values(standard)) expect(optionLines).toContain(`(${value})`)
  })
})
