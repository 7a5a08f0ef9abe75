import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { descendantsOf, run } from '../placement/program.ts'

const seconds = 60
/** For any of the OS processes. What 60 s bring is 330 MB for each of eight consumers, 2.6 GB in all; what may wait of it is 1 MB each. */
const capMb = 768

interface Pair {
  readonly overflow: 'refuse' | 'drop_newest' | 'drop_oldest' | 'exit'
  readonly how: 'cast' | 'call'
  readonly name: string
  /** The bound of its mailbox. */
  readonly count: number
  readonly sent: number
  /** What waited while it stood still. */
  readonly queued: number
  readonly journal: string
  readonly answered: number
  readonly overloaded: number
  /** The calls that failed otherwise. */
  readonly failed: readonly number[]
}

interface Outcome {
  /** For each node its dead letters, by the names of those that they were for. */
  readonly nodes: readonly Readonly<Record<string, number>>[]
  readonly pairs: readonly Pair[]
}

/** Beside the producing: to start, and to take what waits at the end. */
export const pressureTimeoutMs: number = (seconds + 120) * 1_000

/** Checks one producer and consumer for each policy and way to send, the one ten times faster than the other, for a minute. */
export async function pressure(place: 'inline' | 'thread' | 'process'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-pressure-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = run('../../pressure/fixtures/pressed.ts', { args: [place, String(seconds), folder] })
  await program.said('producing')
  const memory = watchMemory(program.pid)
  await program.said('held')
  const names = readdirSync(folder)
  const held = new Map(names.map((name) => [join(folder, name), readJournal(join(folder, name)).taken.length]))
  program.kill('SIGUSR2')
  const { nodes, pairs } = JSON.parse(await program.said('over')) as Outcome
  expect(memory.stop()).toBeLessThan(capMb)
  expect(await program.ended).toEqual({ code: 0, signal: null })
  for (const pair of pairs) {
    const { lives, taken } = readJournal(pair.journal)
    const dropped = nodes.reduce((sum, deadLetters) => sum + (deadLetters[pair.name] ?? 0), 0)
    judge(pair, { taken, takenWhenHeld: held.get(pair.journal) ?? 0, lives, dropped })
  }
}

interface Seen {
  readonly taken: readonly number[]
  readonly takenWhenHeld: number
  readonly lives: number
  readonly dropped: number
}

function judge(pair: Pair, { taken, takenWhenHeld, lives, dropped }: Seen): void {
  const { overflow, how, name, count, sent, queued, answered, overloaded, failed } = pair
  const lost = how === 'cast' ? dropped : overloaded + failed.length
  expect(isIncreasing(taken), `${name}: in the order sent, none twice`).toBe(true)
  if (overflow === 'exit') {
    expect(lives, `${name}: ended again and again`).toBeGreaterThan(10)
    // The call that was being handled at an end was taken, and has failed all the same.
    const took = new Set(taken)
    const both = failed.filter((number) => took.has(number)).length
    expect(both, `${name}: taken and failed`).toBeLessThan(lives)
    expect({ name, sent }).toEqual({ name, sent: taken.length + lost - both })
    return
  }
  expect(lives, `${name}: never ended`).toBe(1)
  expect({ name, sent, queued }).toEqual({ name, sent: takenWhenHeld + lost + count, queued: count })
  expect({ name, sent }).toEqual({ name, sent: taken.length + lost })
  expect(sent / takenWhenHeld, `${name}: times as fast`).toBeGreaterThanOrEqual(10)
  if (how === 'call') {
    expect({ name, answered, failed }).toEqual({ name, answered: taken.length, failed: [] })
    expect(dropped, `${name}: a refused call is a dead letter`).toBe(lost)
  }
  // The oldest are kept, or the newest.
  const [kept, first] = overflow === 'drop_oldest' ? [taken.slice(-count), sent - count] : [taken.slice(0, count), 0]
  expect({ name, kept }).toEqual({ name, kept: Array.from({ length: count }, (_, i) => first + i) })
}

function readJournal(file: string): { readonly lives: number; readonly taken: readonly number[] } {
  const lines = readFileSync(file, 'latin1').trimEnd().split('\n')
  return {
    lives: lines.filter((line) => line.startsWith('pid ')).length,
    taken: lines.filter((line) => !line.startsWith('pid ')).map(Number),
  }
}

const isIncreasing = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number))

/** Looks at a program and its nodes until it is stopped; that tells the most that any of their OS processes has had resident, in MB. */
function watchMemory(pid: number): { stop(): number } {
  let most = 0
  const timer = setInterval(() => {
    for (const each of [pid, ...descendantsOf(pid)]) most = Math.max(most, residentMb(each))
  }, 250)
  onTestFinished(() => clearInterval(timer))
  return {
    stop: () => {
      clearInterval(timer)
      return most
    },
  }
}

function residentMb(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
