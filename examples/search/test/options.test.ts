import { describe, expect, test } from 'vitest'
import { BadOption, parseOptions } from '../src/options.ts'

describe('good options', () => {
  const defaults = { mode: 'trial', seconds: 45, seed: 1, json: false, report: undefined }
  test.each([
    [[], defaults],
    [['--seconds', '20'], { ...defaults, seconds: 20 }],
    [['--seconds=60', '--seed=0'], { ...defaults, seconds: 60, seed: 0 }],
    [['--seed', '4294967295', '--json'], { ...defaults, seed: 4_294_967_295, json: true }],
    [['--report', 'chaos.html'], { ...defaults, report: 'chaos.html' }],
    [['--serve'], { mode: 'serve' }],
    [['--help', '--seconds', 'soon'], { mode: 'help' }],
    [['-h'], { mode: 'help' }],
  ])('%j', (argv, expected) => expect(parseOptions(argv)).toEqual(expected))
})

describe('a bad option is named with its value and the way out', () => {
  test.each([
    [['--second', '30'], '--second is unknown: there is --seconds, --seed, --json, --report, --serve, --help'],
    [['-x'], '-x is unknown: there is --seconds, --seed, --json, --report, --serve, --help'],
    [['30'], '"30" is no option: there is --seconds, --seed, --json, --report, --serve, --help'],
    [['--seconds'], '--seconds has no value: give a number, as in --seconds 30'],
    [['--seconds', '19'], '--seconds is "19": give a whole number from 20 to 3600, or leave it out for 45'],
    [['--seconds', '30s'], '--seconds is "30s": give a whole number from 20 to 3600, or leave it out for 45'],
    [['--seconds', '-5'], '--seconds is "-5": give a whole number from 20 to 3600, or leave it out for 45'],
    [['--seconds='], '--seconds is "": give a whole number from 20 to 3600, or leave it out for 45'],
    [['--report'], '--report has no value: name a file, as in --report chaos.html'],
    [['--report='], '--report has no value: name a file, as in --report chaos.html'],
    [['--seed', '1.5'], '--seed is "1.5": give a whole number from 0 to 4294967295, or leave it out for 1'],
    [
      ['--seed', '4294967296'],
      '--seed is "4294967296": give a whole number from 0 to 4294967295, or leave it out for 1',
    ],
    [['--seed', '1', '--seed', '2'], '--seed is given twice: give it once'],
    [['--json=yes'], '--json is "yes": it takes no value, write --json alone'],
    [['--serve', '--json'], '--serve runs no trial, so --json means nothing with it: leave one of them out'],
    [
      ['--seconds', '30', '--serve'],
      '--serve runs no trial, so --seconds means nothing with it: leave one of them out',
    ],
    [['--toString'], '--toString is unknown: there is --seconds, --seed, --json, --report, --serve, --help'],
  ])('%j', (argv, message) => expect(() => parseOptions(argv)).toThrow(new BadOption(message)))
})
