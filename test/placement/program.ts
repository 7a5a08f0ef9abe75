import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { isRunning, statOf } from './running.ts'

export { isRunning } from './running.ts'

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A fixture that runs as a program of its own. */
export interface Program {
  readonly pid: number
  /** What it has printed so far, line by line. */
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** The rest of the first line on stdout, or on stderr where stdout is `unread`, that begins with `word`, waiting for it; rejects when the program ends before. */
  said(word: string): Promise<string>
  readonly ended: Promise<ProgramEnd>
  /** Begins to read a stdout that is `unread`. */
  read(): void
  /** Writes a line to its stdin. */
  write(line: string): void
  kill(signal: NodeJS.Signals): void
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  readonly execArgv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** A command, with its arguments, that runs it. */
  readonly through?: readonly string[]
  /** Whether it leads a process group of its own, as a command at a terminal does. */
  readonly leads?: boolean
  /** Nobody reads its stdout, which is one of these, before the test does. */
  readonly unread?: 'socket' | 'pipe'
}

/** Runs the program that its arguments name with a pipe as its stdout; that is read as soon as something comes on descriptor 3. */
const behindPipe = '"$0" "$@" | { read -r go <&3; exec cat; }'

/** Runs a file of `fixtures`, or one at an absolute path, until the test ends. */
export function run(file: string, options: ProgramOptions = {}): Program {
  const { args = [], execArgv = [], env = {}, cwd, through = [], leads = false, unread } = options
  const path = file.startsWith('/') ? file : fileURLToPath(new URL(`fixtures/${file}`, import.meta.url))
  const behind = unread === 'pipe' ? ['sh', '-c', behindPipe] : []
  const [command = '', ...words] = [...behind, ...through, process.execPath, ...execArgv, path, ...args]
  const child = spawn(command, words, {
    stdio: unread === undefined ? ['ignore', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: leads,
    env: { ...withoutVitest(process.env), ...env },
    ...(cwd !== undefined && { cwd }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const stdout: string[] = []
  const stderr: string[] = []
  let news = Promise.withResolvers<void>()
  const tellAll = (): void => {
    news.resolve()
    news = Promise.withResolvers<void>()
  }
  const read = (): void => {
    if (unread === 'pipe') (child.stdio[3] as Writable).end('\n')
    else readStdout()
  }
  const readStdout = (): void => {
    createInterface(child.stdout as Readable).on('line', (line) => {
      stdout.push(line)
      tellAll()
    })
  }
  if (unread !== 'socket') readStdout()
  createInterface(child.stderr as Readable).on('line', (line) => {
    stderr.push(line)
    tellAll()
  })
  let end: ProgramEnd | undefined
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.on('close', (code, signal) => {
      end = { code, signal }
      resolve(end)
      tellAll()
    })
  })
  return {
    pid: child.pid as number,
    stdout,
    stderr,
    ended,
    read,
    write: (line) => void child.stdin?.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    said: async (word) => {
      for (;;) {
        const line = (unread === undefined ? stdout : stderr).find((each) => each.startsWith(word))
        if (line !== undefined) return line.slice(word.length).trim()
        if (end !== undefined)
          throw new Error(`the program ended (${end.code ?? end.signal}) without saying ${word}:\n${stderr.join('\n')}`)
        await news.promise
      }
    },
  }
}

function withoutVitest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_OPTIONS'),
  )
}

/** The state of an OS process, as one letter of /proc/PID/stat; undefined when there is none. */
export function stateOf(pid: number): string | undefined {
  return statOf(pid)?.[0]
}

/** The process group that an OS process is in: whom a terminal's signals reach. */
export const groupOf = (pid: number): number => Number(statOf(pid)?.[2])

/** The OS processes that this one has to reap, those included that have ended already. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => Number(statOf(each)?.[1]) === pid)
}

/** The OS processes below this one, at any depth, that run. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid)
    .filter(isRunning)
    .flatMap((child) => [child, ...descendantsOf(child)])
}

/** The OS processes below this one that run, but for the shell in which every system waits for its root to be killed. */
export function processesOf(pid: number): number[] {
  return descendantsOf(pid).filter((each) => !commandOf(each).includes('\0bulkhead\0'))
}

/** The words of its command, with a zero behind each. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

/** The OS processes that run and were started with this text somewhere in their environment, by whomever. */
export function startedWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRunning(pid) && environmentOf(pid).includes(text))
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}

/** Threads of an OS process whose name begins so (Linux keeps 15 characters). */
export function threadsOf(pid: number, name: string): number {
  return readdirSync(`/proc/${pid}/task`).filter((task) =>
    readFileSync(`/proc/${pid}/task/${task}/comm`, 'latin1').startsWith(name),
  ).length
}

/** Asks again and again until it holds; the last thing it saw is the error when it never does. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
  what: string,
): Promise<number> {
  const begun = performance.now()
  while (!(await holds())) {
    if (performance.now() - begun > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - begun
}
