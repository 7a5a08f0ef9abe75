import type { Telemetry } from './telemetry.ts'

/** Where time comes from. */
export interface Clock {
  /** Monotonic milliseconds, with a fraction where the platform has one. */
  now(): number
  /** Runs `fire` once, not before `ms` milliseconds (at most 2^31-1) have passed. */
  setTimer(fire: () => void, ms: number): unknown
  clearTimer(timer: unknown): void
}

/** How the run queue gets its turns. */
export interface TurnScheduler {
  /** Soon, before timers and I/O of the event loop. */
  soon(turn: () => void): void
  /** After timers and I/O had a chance. */
  later(turn: () => void): void
}

/** Runs the handlers of an actor so that errors of what they start asynchronously can be traced back to it. */
export interface ActorScope {
  run<T>(serial: number, handler: () => T): T
}

/** The part of an AbortController that an actor needs. */
export interface AbortControllerLike {
  readonly signal: AbortSignalLike
  abort(reason?: unknown): void
}
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** One line of the log: what actors print with `self.log` and what the kernel reports. */
export interface LogRecord {
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
  readonly pid?: string
  readonly path?: string
  readonly data?: unknown
}

/** All that core takes from outside: it reads no clock, no randomness and no global of its own. */
export interface Platform {
  readonly clock: Clock
  readonly turns: TurnScheduler
  /** A number in [0, 1). */
  random(): number
  readonly log: (record: LogRecord) => void
  readonly telemetry?: Telemetry
  readonly scope?: ActorScope
  /** Without it, `self.abortSignal` is an error that says so. */
  readonly newAbortController?: () => AbortControllerLike
  /** An error that belongs to nobody: raised again as the platform would have done. */
  readonly raise?: (error: unknown) => void
}
