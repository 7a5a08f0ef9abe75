import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { giveUpSocketsOf } from '../inspect/runtime-folder.ts'
import { ProcessProbe } from '../linux/proc.ts'
import { newsDescriptor, stuckForMs } from './orders.ts'
import type { GuardianOrders } from './orders.ts'
import { preload } from './root-preload.ts'
import type { RootEnd } from './root-end.ts'
import type { RunOptions } from './run-options.ts'

/** Milliseconds between two looks at whether the root was stopped. */
const lookMs = 250

/**
 * The user's program as a child process, with its own process group: what it has started there ends with it, and a terminal's SIGINT does
 * not reach it twice.
 */
export class RootProcess {
  readonly #child: ChildProcess
  readonly #stuckMs: number
  readonly #onEnd: (end: RootEnd) => void
  readonly #looks: NodeJS.Timeout | undefined
  #stoppedAt: number | undefined
  /** For how long it was stuck when it was ended for that. */
  #stuckForMs: number | undefined
  #isOver = false

  /** Throws, or reports an end, when the operating system does not let it start. */
  constructor({ file, args, stuckMs }: RunOptions, onEnd: (end: RootEnd) => void) {
    const orders: GuardianOrders = { guardian: process.pid, stuckMs: stuckMs === Infinity ? null : stuckMs }
    this.#stuckMs = stuckMs
    this.#onEnd = onEnd
    this.#child = spawn(process.execPath, [`--import=${preload}`, ...process.execArgv, file, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      detached: true,
      env: { ...process.env, BULKHEAD_GUARDIAN: JSON.stringify(orders) },
    })
    this.#child.on('error', (error) => {
      if (this.pid === undefined) this.#end({ cause: 'not_started', why: error.message })
    })
    this.#child.on('exit', (code, signal) => this.#end(endOf(code, signal)))
    if (this.pid === undefined) return
    const news = this.#child.stdio[newsDescriptor] as Socket
    const lines = createInterface(news)
    lines.on('error', () => {}) // the descriptor ends with the root, which is seen anyway
    lines.on('line', (line) => {
      const forMs = stuckForMs(line)
      if (forMs !== undefined) this.#endStuck(forMs)
    })
    const probe = new ProcessProbe(this.pid)
    this.#looks = setInterval(() => this.#look(probe), lookMs)
    this.#child.on('exit', () => {
      probe.close()
      news.destroy()
    })
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Stops it with its process group, or lets it go on. */
  pause(isPaused: boolean): void {
    this.#sendToGroup(isPaused ? 'SIGSTOP' : 'SIGCONT')
    this.#stoppedAt = undefined
  }

  /** Ends it with its process group. */
  kill(): void {
    this.#sendToGroup('SIGKILL')
  }

  #endStuck(forMs: number): void {
    if (this.#stuckForMs !== undefined) return
    this.#stuckForMs = Math.round(forMs)
    this.kill()
  }

  /** A root that was stopped by SIGSTOP has no thread that could say so. One that a debugger of native code holds is left alone. */
  #look(probe: ProcessProbe): void {
    if (!probe.isStopped() || probe.isTraced()) {
      this.#stoppedAt = undefined
      return
    }
    this.#stoppedAt ??= performance.now()
    const forMs = performance.now() - this.#stoppedAt
    if (forMs >= this.#stuckMs) this.#endStuck(forMs)
  }

  #end(end: RootEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#looks)
    this.kill() // what it has started itself
    if (this.pid !== undefined) giveUpSocketsOf(this.pid)
    const forMs = this.#stuckForMs
    this.#onEnd(forMs === undefined ? end : { cause: 'stuck', forMs })
  }

  #sendToGroup(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return
    try {
      process.kill(-this.pid, signal)
    } catch {
      // nobody is left in it
    }
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): RootEnd {
  return signal === null ? { cause: 'exited', code: code ?? 1 } : { cause: 'signaled', signal }
}
