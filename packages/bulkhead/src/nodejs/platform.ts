import type { ActorScope, LogRecord, Platform, Telemetry } from '@bulkhead/core'

export interface PlatformOptions {
  readonly log: (record: LogRecord) => void
  readonly scope: ActorScope
  readonly telemetry: Telemetry
  /** Called before each turn of the run queue. */
  readonly onTurn?: () => void
}

/** Its reactions are microtasks that cost a fifth of what `queueMicrotask` takes, which makes a resource for each. */
const resolved = Promise.resolve()

/** Node.js as core sees it. */
export function nodejsPlatform({ log, scope, telemetry, onTurn }: PlatformOptions): Platform {
  return {
    clock: {
      now: () => performance.now(),
      setTimer: (fire, ms) => setTimeout(fire, ms),
      clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    turns: {
      soon: (turn) => void resolved.then(guarded(turn, onTurn)),
      later: (turn) => setImmediate(onTurn === undefined ? turn : observed(turn, onTurn)),
    },
    random: () => Math.random(),
    log,
    telemetry,
    scope,
    newAbortController: () => new AbortController(),
    raise: (error) => {
      setImmediate(() => {
        throw error
      })
    },
  }
}

const guards = new WeakMap<() => void, () => void>()

/** What is thrown there is nobody's rejected promise, and raised like what is thrown in any other turn. */
function guarded(turn: () => void, onTurn: (() => void) | undefined): () => void {
  let guard = guards.get(turn)
  if (guard === undefined) {
    guard = () => {
      try {
        onTurn?.()
        turn()
      } catch (error) {
        setImmediate(() => {
          throw error
        })
      }
    }
    guards.set(turn, guard)
  }
  return guard
}

const wrappers = new WeakMap<() => void, () => void>()

/** The run queue hands over the same few functions again and again, so each is wrapped once. */
function observed(turn: () => void, onTurn: () => void): () => void {
  let wrapper = wrappers.get(turn)
  if (wrapper === undefined) {
    wrapper = () => {
      onTurn()
      turn()
    }
    wrappers.set(turn, wrapper)
  }
  return wrapper
}
