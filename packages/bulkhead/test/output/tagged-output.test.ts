import { describe, expect, test } from 'vitest'
import { Outlet } from '../../src/output/outlet.ts'
import { TaggedOutput } from '../../src/output/tagged-output.ts'

/** What was printed on one stream; nothing is taken while `isShut`. */
class Printed {
  text = ''
  bytes = 0
  isShut = false
  readonly keeps: boolean
  readonly outlet = new Outlet((bytes) => {
    if (this.isShut) throw Object.assign(new Error('no room'), { code: 'EAGAIN' })
    this.bytes += bytes.length
    if (this.keeps) this.text += Buffer.from(bytes).toString()
    return bytes.length
  })
  constructor(keeps = true) {
    this.keeps = keeps
  }
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }
}

function outputTo(stdout: Printed, stderr = new Printed()): TaggedOutput {
  return new TaggedOutput({ stdout: stdout.outlet, stderr: stderr.outlet }, 'thread 2')
}

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('what a node prints', () => {
  test('comes out line by line, with the node and the actor', () => {
    const [stdout, stderr] = [new Printed(), new Printed()]
    const output = outputTo(stdout, stderr)
    output.take('stdout', bytes('one\ntwo\n\nth'), '/a')
    output.take('stderr', bytes('error\n'))
    output.take('stdout', bytes('ree\nfour\n'), '/b')
    output.tag.sole = '/only'
    output.take('stdout', bytes('five'))
    output.end()
    expect(stdout.lines).toEqual([
      '[thread 2 /a] one',
      '[thread 2 /a] two',
      '[thread 2 /a] ',
      '[thread 2 /a] three',
      '[thread 2 /b] four',
      '[thread 2 /only] five',
    ])
    expect(stderr.lines).toEqual(['[thread 2] error'])
  })

  test('a letter that comes in two pieces stays whole', () => {
    const stdout = new Printed()
    const output = outputTo(stdout)
    const text = bytes('größer 🙂\n')
    for (const byte of text) output.take('stdout', Uint8Array.of(byte))
    expect(stdout.lines).toEqual(['[thread 2] größer 🙂'])
  })

  test.each(['', '\n'])('a line that is too long is broken, with %j behind it', (end) => {
    const stdout = new Printed()
    const output = outputTo(stdout)
    const text = `x${'🙂'.repeat(10_000)}`
    output.take('stdout', bytes(text + end))
    output.end()
    const lines = stdout.lines.map((line) => line.slice('[thread 2] '.length))
    expect(lines.join('')).toBe(text)
    expect(Math.max(...lines.map((line) => line.length))).toBe(8_192)
  })

  test('40 MB without a newline cost as much as 40 MB with some', () => {
    const timeOf = (part: string): number => {
      const output = outputTo(new Printed(false))
      const begun = performance.now()
      for (let i = 0; i < 640; i++) output.take('stdout', bytes(part))
      return performance.now() - begun
    }
    const lines = timeOf(`${'x'.repeat(63)}\n`.repeat(1_024))
    const unbroken = timeOf('x'.repeat(65_536))
    expect(unbroken).toBeLessThan(Math.max(5_000, lines * 10))
  })

  test('the last lines are kept, and not more of each than tells something', () => {
    const output = outputTo(new Printed())
    for (let line = 1; line <= 100; line++) output.take('stdout', bytes(`line ${line}\n`))
    expect(output.lastLines).toEqual(Array.from({ length: 20 }, (_, index) => `line ${81 + index}`))
    output.take('stderr', bytes('y'.repeat(1_000_000)))
    expect(output.lastLines).toHaveLength(20)
    expect(Math.max(...output.lastLines.map((line) => line.length))).toBe(1_001)
  })

  test('lines that nobody reads are counted, and the count is told before the next line', async () => {
    const stdout = new Printed()
    const output = outputTo(stdout)
    const line = `${'x'.repeat(999)}\n`
    stdout.isShut = true
    for (let i = 0; i < 5_000; i++) output.take('stdout', bytes(line))
    expect(output.lastLines).toHaveLength(20)
    stdout.isShut = false
    await stdout.outlet.flush(60_000)
    output.take('stdout', bytes('next\n'))
    const [told, next] = stdout.lines.slice(-2)
    const lost = Number(/^\[thread 2\] … (\d+) lines were lost: nobody read them$/.exec(told as string)?.[1])
    expect(lost + stdout.lines.length - 2).toBe(5_000)
    expect(lost).toBeGreaterThan(3_000)
    expect(next).toBe('[thread 2] next')
  })

  test('so are those that did not get here', () => {
    const stdout = new Printed()
    const output = outputTo(stdout)
    output.take('stdout', bytes('begun'))
    output.lose('stdout', 1)
    output.take('stdout', bytes('next\n'))
    expect(stdout.lines).toEqual([
      '[thread 2] begun',
      '[thread 2] … 1 line was lost: nobody read it',
      '[thread 2] next',
    ])
  })
})

describe('what V8 says when it gives up', () => {
  const lastWords = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'
  const frames = (count: number): string => Array.from({ length: count }, (_, at) => `${at}: 0x123456\n`).join('')

  test('is known however deep the stack below it is', () => {
    const output = outputTo(new Printed())
    output.take(
      'stderr',
      bytes(`<--- Last few GCs --->\n\n${lastWords}\n----- Native stack trace -----\n${frames(60)}`),
    )
    expect(output.lastLines).not.toContain(lastWords)
    expect(output.fatalLine).toBe(lastWords)
  })

  test('is not what somebody printed long before', () => {
    const output = outputTo(new Printed())
    output.take('stdout', bytes(`${lastWords}\n`))
    output.take('stdout', bytes(frames(200)))
    expect(output.fatalLine).toBeUndefined()
  })
})
