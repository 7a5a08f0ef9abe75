import type { Connection } from '@bulkhead/core/transport'
import { Observer } from './observer.ts'
import type { Observation } from './observer.ts'
import { turns } from './turns.ts'

/** What a transport's test hands out for each connection that a law asks for. */
export interface Opened {
  /** The near end. */
  readonly connection: Connection
  /** The far program's next report. */
  nextReport(): Promise<unknown>
  /** Says a word to the far program. */
  say(word: string): void
  /** Ends the far side suddenly, in one of the ways that the test has named; resolves when it is gone. */
  kill(death: string): Promise<void>
}

/** The transport that is being judged. */
export interface Subject {
  /** Opens a fresh connection whose far side runs this program of the suite, by handing it to `runProgram` there. */
  open(program: string): Promise<Opened>
  /** The mark above which `send` returns false. Default 1 MiB. */
  readonly highWaterBytes?: number
  /** Bytes that the carrier itself may hold beyond the mark, when nobody reads. Default 1 MiB. */
  readonly carrierBytesMax?: number
  /** Lengths at which something changes inside the carrier; frames of these lengths and of their neighbours are tried. Default none. */
  readonly boundaries?: readonly number[]
  /** The length of the very large frame. Default 64 MiB. */
  readonly largeBytes?: number
  /** How many times this side has handed bytes to the carrier so far (posts, system calls). For the law about batches. */
  readonly carrierWrites?: () => number
  /**
   * Resolves when nothing can happen any more unless somebody acts, so that a law which waits in vain fails at once.
   * It stops looking when the signal is aborted. Default: never; such a law fails by its deadline.
   */
  readonly stalled?: (signal: AbortSignal) => Promise<void>
}

const deadlineMs = 20_000

/** One connection in a law: the near end, what it saw, and the far program. */
export interface Near {
  readonly connection: Connection
  readonly opened: Opened
  /** Starts receiving here. */
  observe(observer?: Observer): Observer
  /** A turn after what was sent, closes, and returns what the far side saw. */
  finish(): Promise<Observation>
  report(): Promise<unknown>
  /** What the far side saw: its last report, once its connection has ended. */
  observation(): Promise<Observation>
}

/** What a law works with. */
export class Setting {
  readonly subject: Subject
  readonly highWaterBytes: number
  readonly #opened: Opened[] = []

  constructor(subject: Subject) {
    this.subject = subject
    this.highWaterBytes = subject.highWaterBytes ?? 1024 * 1024
  }

  /** Waits for what must come; fails, and says what it was, when it does not. */
  async until<T>(coming: Promise<T>, what: string): Promise<T> {
    let expiry: NodeJS.Timeout | undefined
    const over = new AbortController()
    const inVain = new Promise<never>((_resolve, reject) => {
      const fail = () => reject(new Error(`In vain: ${what}.`))
      expiry = setTimeout(fail, deadlineMs)
      void this.subject.stalled?.(over.signal).then(fail)
    })
    try {
      return await Promise.race([coming, inVain])
    } finally {
      clearTimeout(expiry)
      over.abort()
    }
  }

  /** Waits, turn by turn, for something that no callback tells. */
  async untilTrue(condition: () => boolean, what: string): Promise<void> {
    let isOver = false
    const watch = async () => {
      while (!isOver && !condition()) await turns()
    }
    try {
      await this.until(watch(), what)
    } finally {
      isOver = true
    }
  }

  async open(program: string): Promise<Near> {
    const opened = await this.until(this.subject.open(program), `a connection to ${program}`)
    this.#opened.push(opened)
    const { connection } = opened
    let observer: Observer | undefined
    const observe = (wanted = new Observer()) => {
      observer = wanted
      connection.receive(wanted)
      return wanted
    }
    const report = () => this.until(opened.nextReport(), `a report of ${program}`)
    const observation = async () => {
      for (;;) {
        const said = await report()
        if (typeof said === 'object') return said as Observation
      }
    }
    const finish = async () => {
      if (!observer) observe()
      await turns()
      connection.close()
      return await observation()
    }
    return { connection, opened, observe, finish, report, observation }
  }

  /** Lets go of every connection that the law opened. */
  release(): void {
    for (const { connection } of this.#opened) connection.cut()
  }
}
