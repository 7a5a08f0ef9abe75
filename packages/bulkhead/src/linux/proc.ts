import { closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs'

/** The operating system's number of the calling thread; undefined where /proc does not tell. */
export function ownThread(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/')[2])
  } catch {
    return undefined
  }
}

/** Bytes that the stack of an OS process may take which this one starts; undefined where /proc does not tell. */
export function stackLimitBytes(): number | undefined {
  try {
    const [, soft] = /^Max stack size +(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    if (soft === undefined) return undefined
    return soft === 'unlimited' ? Infinity : Number(soft)
  } catch {
    return undefined
  }
}

/** The session that an OS process is in; undefined where /proc does not tell. */
export function sessionOf(process: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3])
  } catch {
    return undefined
  }
}

/** The OS process at the end of a chain of those that each have started the next one; the first itself while it has started none. */
export function lastInChain(first: number): number {
  try {
    const [child] = readFileSync(`/proc/${first}/task/${first}/children`, 'latin1').split(' ')
    return child === undefined || child.trim() === '' ? first : lastInChain(Number(child))
  } catch {
    return first
  }
}

/** Whether this descriptor of an OS process is not open any more; undefined where /proc does not tell. */
export function hasClosed(process: number, descriptor: number): boolean | undefined {
  try {
    readlinkSync(`/proc/${process}/fd/${descriptor}`)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? true : undefined
  }
}

/** A file of /proc that is read again and again: it stays open, which makes a reading cost a few microseconds. */
class ProcFile {
  readonly #path: string
  #descriptor: number | undefined
  #isMissing = false

  constructor(path: string) {
    this.#path = path
  }

  /** What it says now; undefined where there is none, or no longer. */
  read(): string | undefined {
    if (this.#isMissing) return undefined
    try {
      this.#descriptor ??= openSync(this.#path, 'r')
      return scratch.toString('latin1', 0, readSync(this.#descriptor, scratch, 0, scratch.length, 0))
    } catch {
      this.close()
      return undefined
    }
  }

  close(): void {
    this.#isMissing = true
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}

function readOnce(path: string): string | undefined {
  const file = new ProcFile(path)
  const text = file.read()
  file.close()
  return text
}

const scratch = Buffer.alloc(1_024)

/** What the operating system says about one thread, of this OS process unless said otherwise. All of it is undefined, or false, where /proc does not tell. */
export class ThreadProbe {
  readonly #stat: string
  readonly #schedstat: ProcFile
  readonly #syscall: ProcFile

  constructor(thread: number | undefined, osProcess: number | 'self' = 'self') {
    const folder = `/proc/${osProcess}/task/${thread}`
    this.#schedstat = new ProcFile(`${folder}/schedstat`)
    this.#stat = `${folder}/stat`
    this.#syscall = new ProcFile(`${folder}/syscall`)
  }

  /** Milliseconds of CPU time that it has used. */
  cpuMs(): number | undefined {
    const nanoseconds = Number.parseInt(this.#schedstat.read() ?? '', 10)
    return Number.isNaN(nanoseconds) ? undefined : nanoseconds / 1e6
  }

  /** Whether it sleeps or waits for the disk. Seldom asked, so no file stays open for it. */
  isBlocked(): boolean {
    const state = stateOf(readOnce(this.#stat))
    return state === 'S' || state === 'D'
  }

  /** The descriptor on which it waits for events now, as an event loop does that has nothing to do; undefined when it does anything else. */
  pollsOn(): string | undefined {
    const [call = '', descriptor] = this.#syscall.read()?.split(' ', 2) ?? []
    return pollCalls.has(call) ? descriptor : undefined
  }

  close(): void {
    for (const file of [this.#schedstat, this.#syscall]) file.close()
  }
}

/** Numbers of epoll_wait, epoll_pwait and epoll_pwait2. */
const pollCalls = new Set(
  process.arch === 'x64' ? ['232', '281', '441'] : process.arch === 'arm64' ? ['22', '441'] : [],
)

/** What the operating system says about another OS process. */
export class ProcessProbe {
  readonly #stat: ProcFile
  readonly #statm: ProcFile

  constructor(process: number) {
    this.#stat = new ProcFile(`/proc/${process}/stat`)
    this.#statm = new ProcFile(`/proc/${process}/statm`)
  }

  /** Whether it was stopped, by SIGSTOP or by a tracer. */
  isStopped(): boolean {
    const state = stateOf(this.#stat.read())
    return state === 'T' || state === 't'
  }

  /** Whether a tracer has stopped it, as a debugger of native code does. */
  isTraced(): boolean {
    return stateOf(this.#stat.read()) === 't'
  }

  /** Milliseconds of CPU time that it and all its threads have used. */
  cpuMs(): number | undefined {
    const fields = this.#stat
      .read()
      ?.replace(/^.*\) /s, '')
      .split(' ')
    return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * tickMs
  }

  /** Bytes of memory that it has resident. */
  residentBytes(): number | undefined {
    const pages = Number(this.#statm.read()?.split(' ')[1])
    return Number.isNaN(pages) ? undefined : pages * pageBytes
  }

  close(): void {
    this.#stat.close()
    this.#statm.close()
  }
}

const tickMs = 10
const pageBytes = 4096

/** The command of a `stat` line stands in parentheses and can hold anything, so the state is what follows the last one. */
function stateOf(stat: string | undefined): string | undefined {
  if (stat === undefined) return undefined
  const at = stat.lastIndexOf(')') + 2
  return stat.slice(at, at + 1)
}
