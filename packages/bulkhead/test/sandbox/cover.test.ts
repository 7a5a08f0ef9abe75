import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { meansHere } from '../../src/sandbox/means.ts'
import { commandOf, coverOf, wallsOf } from '../../src/sandbox/plan.ts'
import type { Cover } from '../../src/sandbox/plan.ts'

const means = meansHere()
const limits = { descriptors: 100 }
const holdsSignals = (cover: Cover) =>
  wallsOf(means, cover).some(({ wall, holds }) => wall === 'signals' && holds === 'yes')

/** Every way that this machine has of covering a sandbox: a user id of its own, a user namespace. */
const covers = [undefined, '/root/code'].flatMap((unreadable) => {
  try {
    return [coverOf(means, 0.5, unreadable)]
  } catch {
    return []
  }
})
const cases = covers
  .filter(holdsSignals)
  .map((cover) => [cover.uid === undefined ? 'a user namespace' : 'a user id of its own', cover] as const)

/** What the shell of a sandbox says, which has all of the operating system and nothing of Node.js between. */
function shell(cover: Cover, script: string): string {
  const [command = '', ...args] = commandOf(means, cover, limits, ['/bin/sh', '-c', script])
  return spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' }).stdout
}

test('what this machine gives is found out once', () => {
  expect(meansHere()).toBe(meansHere())
})

describe.each(cases)('with %s the operating system holds a sandbox, whatever it has got hold of', (_, cover) => {
  test('no signal of its reaches the root, another sandbox, or anybody', async () => {
    const [command = '', ...args] = commandOf(
      means,
      { ...cover, ...(cover.uid !== undefined && { uid: cover.uid + 1 }) },
      limits,
      ['/bin/sleep', '60'],
    )
    const sibling = spawn(command, args, { stdio: 'ignore' })
    await once(sibling, 'spawn')
    for (const target of [process.pid, process.ppid, sibling.pid])
      expect(shell(cover, `kill -0 ${target} 2>/dev/null && echo reached || echo refused`)).toBe('refused\n')
    expect(sibling.exitCode).toBeNull()
    sibling.kill('SIGKILL')
    await once(sibling, 'exit')
  })

  test('it has no rights, gains none, and little of anything', () => {
    const status = shell(cover, 'cat /proc/self/status; ulimit -n; ulimit -c; ulimit -f')
    expect(status).toMatch(/^CapEff:\s+0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(status).toMatch(/\n100\n0\n0\n$/)
    if (cover.uid !== undefined) expect(status).toMatch(new RegExp(`^Uid:(\\s+${cover.uid}){4}$`, 'm'))
  })

  test.runIf(cover.namespaces !== 'none')('it has no network but an empty one', () => {
    expect(shell(cover, 'cat /proc/self/net/dev').split('\n').filter((line) => line.includes(':')).map((line) => line.trim().split(':')[0])).toEqual(['lo']) // prettier-ignore
    expect(shell(cover, 'cat /proc/self/net/unix').trim().split('\n')).toHaveLength(1)
  })

  test('it ends with the thread that started it, busy or not', async () => {
    const words = commandOf(means, cover, limits, ['/bin/sh', '-c', 'while :; do :; done'])
    const parent = spawn(process.execPath, ['-e', `const c = require('child_process').spawn(${JSON.stringify(words[0])}, ${JSON.stringify(words.slice(1))}, { stdio: 'ignore', detached: true }); setTimeout(() => console.log(c.pid), 300)`], { stdio: ['ignore', 'pipe', 'inherit'] }) // prettier-ignore
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(String(chunk))
    const tree = [pid, ...childrenBelow(pid)]
    parent.kill('SIGKILL')
    const until = performance.now() + 1_000
    while (tree.some(runs) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
    const left = tree.filter(runs)
    for (const each of left) process.kill(each, 'SIGKILL')
    expect(left).toEqual([])
  })
})

function childrenBelow(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...childrenBelow(child)])
}

function runs(pid: number): boolean {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
