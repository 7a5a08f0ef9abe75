import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  descendantsOf,
  LeftoverWatch,
  parseStat,
  ProcessWatch,
  readProcesses,
  surplus,
  type OsProcess,
} from '../src/trial/leftovers.ts'

const at = (pid: number, parent: number, started = '1', state = 'S'): OsProcess => ({
  pid,
  parent,
  started,
  state,
  command: `p${pid}`,
})

test.each([
  [
    '42 (node) S 7 42 42 0 -1 4194560 1 0 0 0 5 2 0 0 20 0 11 0 98765 1000 200',
    { pid: 42, command: 'node', state: 'S', parent: 7, started: '98765' },
  ],
  [
    '43 (a) b (c) Z 42 42 42 0 -1 4194560 1 0 0 0 5 2 0 0 20 0 11 0 99 1000 200',
    { pid: 43, command: 'a) b (c', state: 'Z', parent: 42, started: '99' },
  ],
])('%s', (line, expected) => expect(parseStat(line)).toEqual(expected))

test('descendants are children and their children, not siblings', () => {
  const all = [at(1, 0), at(10, 1), at(11, 10), at(12, 11), at(13, 10), at(20, 1)]
  expect(
    descendantsOf(10, all)
      .map(({ pid }) => pid)
      .toSorted((a, b) => a - b),
  ).toEqual([11, 12, 13])
})

describe('a watch over processes', () => {
  test('an orphan that was seen before it lost its parent remains; a zombie and another process under its number do not', () => {
    let all = [at(10, 1), at(11, 10), at(12, 11), at(13, 10), at(14, 10)]
    const watch = new ProcessWatch(10, () => all)
    watch.look()
    all = [at(10, 1), at(12, 1), at(13, 10, '1', 'Z'), at(14, 1, '2'), at(15, 1)]
    expect(watch.remaining().map(({ pid }) => pid)).toEqual([12])
  })

  test.runIf(process.platform === 'linux')('this process is found with its parent', () => {
    const self = readProcesses().find(({ pid }) => pid === process.pid)
    expect(self).toMatchObject({ parent: process.ppid })
  })
})

test.each([
  [[], [], []],
  [['a'], ['a'], []],
  [['a'], ['a', 'a', 'b'], ['a', 'b']],
  [['a', 'b'], ['b'], []],
])('what %j has too few for %j is %j', (before, after, expected) => expect(surplus(before, after)).toEqual(expected))

describe('a watch over everything', () => {
  const original = process.env['TMPDIR']
  const undo: (() => void)[] = []
  afterEach(() => {
    for (const step of undo.splice(0)) step()
    if (original === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = original
  })

  test('finds nothing when nothing is left, and takes its own folder away', async () => {
    const watch = new LeftoverWatch()
    const folder = tmpdir()
    expect(await watch.find()).toEqual([])
    expect(existsSync(folder)).toBe(false)
  })

  test.runIf(process.platform === 'linux')('finds a process, a handle and a file', async () => {
    const watch = new LeftoverWatch()
    const folder = tmpdir()
    undo.push(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'forgotten'), '')
    const server = createServer().listen(0)
    undo.push(() => server.close())
    await once(server, 'listening')
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    undo.push(() => child.kill('SIGKILL'))
    const found = await watch.find()
    expect(found).toContain(`file ${join(folder, 'forgotten')}`)
    expect(found).toContain('handle TCPServerWrap')
    expect(found.filter((name) => name.startsWith(`process ${child.pid} `))).toHaveLength(1)
  })
})
