// Shows: looking for what a system should have taken with it: OS processes, handles that keep the event loop alive, files.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface OsProcess {
  readonly pid: number
  readonly parent: number
  /** Clock ticks from boot to its start: with the pid an identity that is not used again. */
  readonly started: string
  readonly state: string
  readonly command: string
}

/** Reads a line of `/proc/PID/stat`. The command stands in parentheses and may hold any character, parentheses too. */
export function parseStat(line: string): OsProcess {
  const open = line.indexOf('(')
  const close = line.lastIndexOf(')')
  const fields = line.slice(close + 2).split(' ')
  return {
    pid: Number(line.slice(0, open)),
    command: line.slice(open + 1, close),
    state: fields[0]!,
    parent: Number(fields[1]),
    started: fields[19]!,
  }
}

/** All processes below one, children of children too. */
export function descendantsOf(root: number, all: readonly OsProcess[]): OsProcess[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const found: OsProcess[] = []
  const waiting = [root]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const child of children.get(at) ?? []) {
      found.push(child)
      waiting.push(child.pid)
    }
  }
  return found
}

/** Every process of the machine; none where there is no `/proc`. */
export function readProcesses(): OsProcess[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      } catch {
        return [] // It ended between the two looks.
      }
    })
}

/** Remembers each process that was ever seen below this one, so that an orphan is found too. */
export class ProcessWatch {
  readonly #root: number
  readonly #read: () => OsProcess[]
  readonly #seen = new Map<string, OsProcess>()

  constructor(root: number = process.pid, read: () => OsProcess[] = readProcesses) {
    this.#root = root
    this.#read = read
  }

  look(): void {
    for (const found of descendantsOf(this.#root, this.#read())) this.#seen.set(identity(found), found)
  }

  /** Those that still run. State Z counts as gone: it has ended, and only its parent has not asked yet. */
  remaining(): OsProcess[] {
    return this.#read().filter((found) => this.#seen.has(identity(found)) && found.state !== 'Z')
  }
}

function identity({ pid, started }: OsProcess): string {
  return `${pid}@${started}`
}

/** What is there more often after than before. */
export function surplus(before: readonly string[], after: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const name of before) left.set(name, (left.get(name) ?? 0) + 1)
  return after.filter((name) => {
    const known = left.get(name) ?? 0
    left.set(name, known - 1)
    return known <= 0
  })
}

const LOOK_EVERY_MS = 250
/** What ends in order may take this long to be gone. */
const GRACE_MS = 1_000
const RETRY_MS = 25

/** Made before a system starts; asked after it has stopped. Meanwhile temporary files go to a folder that nobody else uses. */
export class LeftoverWatch {
  readonly #processes = new ProcessWatch()
  readonly #handles = process.getActiveResourcesInfo()
  readonly #folder = mkdtempSync(join(tmpdir(), 'search-trial-'))
  readonly #timer: NodeJS.Timeout

  constructor() {
    process.env['TMPDIR'] = this.#folder
    this.#timer = setInterval(() => this.#processes.look(), LOOK_EVERY_MS).unref()
  }

  /** What is still there, once nothing more goes away. */
  async find(): Promise<string[]> {
    clearInterval(this.#timer)
    this.#processes.look()
    const deadline = performance.now() + GRACE_MS
    let found = this.#now()
    while (found.length > 0 && performance.now() < deadline) {
      await pause(RETRY_MS)
      found = this.#now()
    }
    if (!found.some((name) => name.startsWith(FILE))) rmdirSync(this.#folder)
    return found
  }

  #now(): string[] {
    return [
      ...this.#processes.remaining().map(({ pid, command }) => `process ${pid} (${command})`),
      ...surplus(this.#handles, process.getActiveResourcesInfo()).map((name) => `handle ${name}`),
      ...readdirSync(this.#folder).map((name) => FILE + join(this.#folder, name)),
    ]
  }
}

const FILE = 'file '
