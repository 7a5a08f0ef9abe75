import { writeFully } from '../output/write-fully.ts'
import { takeSignals } from './forwarded-signals.ts'
import { Restarts } from './restarts.ts'
import { wordsFor } from './root-end.ts'
import type { ExitStatus, RootEnd } from './root-end.ts'
import { RootProcess } from './root-process.ts'
import type { RunOptions } from './run-options.ts'

/** Exit code of a guardian that gave up: its root crashed again and again. */
export const gaveUpCode = 70

/** The process above a root: starts it, starts it again when it crashes or is stuck, hands it signals, and ends as it ends. */
export class Guardian {
  readonly #options: RunOptions
  readonly #restarts: Restarts
  readonly #over = Promise.withResolvers<ExitStatus>()
  readonly #letGoOfSignals: () => void
  #root: RootProcess | undefined
  #nextStart: NodeJS.Timeout | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor(options: RunOptions) {
    this.#options = options
    this.#restarts = new Restarts(options, () => performance.now(), Math.random)
    this.#letGoOfSignals = takeSignals({
      forward: (signal) => this.#forward(signal),
      pause: (isPaused) => this.#root?.pause(isPaused),
    })
    this.#start()
  }

  /** How the guardian is to end, when it has nothing more to do. */
  get over(): Promise<ExitStatus> {
    return this.#over.promise
  }

  #start(): void {
    this.#restarts.started()
    try {
      const root = new RootProcess(this.#options, (end) => this.#onEnd(root.pid, end))
      this.#root = root
    } catch (error) {
      this.#onEnd(undefined, { cause: 'not_started', why: (error as Error).message })
    }
  }

  #onEnd(pid: number | undefined, end: RootEnd): void {
    this.#root = undefined
    clearTimeout(this.#deadline)
    const next = this.#restarts.ended(end)
    const what = `the root${pid === undefined ? '' : ` (process ${pid})`} ${wordsFor(end)}`
    switch (next.do) {
      case 'leave':
        return this.#leave(next.status)
      case 'restart':
        say(`${what}; it is started again in ${next.afterMs} ms`)
        this.#nextStart = setTimeout(() => this.#start(), next.afterMs)
        return
      case 'give_up': {
        const { intensity, periodMs } = this.#options
        say(`${what}; that is more often than ${intensity} times within ${periodMs} ms, so the guardian gives up`)
        return this.#leave({ code: gaveUpCode })
      }
    }
  }

  #forward(signal: NodeJS.Signals): void {
    if (this.#root === undefined) {
      if (signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGHUP') this.#leave({ signal })
      return
    }
    this.#restarts.forwarded(signal)
    this.#root.send(signal)
    if (signal === 'SIGTERM') this.#deadline ??= setTimeout(() => this.#cutShort(), this.#options.graceMs)
  }

  #cutShort(): void {
    say(`the root has not ended within ${this.#options.graceMs} ms after SIGTERM, so it is ended`)
    this.#root?.kill()
  }

  #leave(status: ExitStatus): void {
    clearTimeout(this.#nextStart)
    this.#letGoOfSignals()
    this.#over.resolve(status)
  }
}

function say(text: string): void {
  writeFully(2, `[bulkhead] ${text}\n`)
}
