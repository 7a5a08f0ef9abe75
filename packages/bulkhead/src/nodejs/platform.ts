import type { ActorScope, LogRecord, Platform, Telemetry } from '@bulkhead/core'

export interface PlatformOptions {
  readonly log: (record: LogRecord) => void
  readonly scope: ActorScope
  readonly telemetry: Telemetry
}

/** Its reactions are microtasks that cost a fifth of what `queueMicrotask` takes, which makes a resource for each. */
const resolved = Promise.resolve()

/** Node.js as core sees it. */
export function nodejsPlatform({ log, scope, telemetry }: PlatformOptions): Platform {
  return {
    clock: {
      now: () => performance.now(),
      setTimer: (fire, ms) => setTimeout(fire, ms),
      clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    turns: {
      soon: (turn) => void resolved.then(guarded(turn)),
      later: (turn) => void setImmediate(turn),
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
/** The turn that was asked for last is asked for again, as a rule. */
let lastTurn: (() => void) | undefined
let lastGuard = (): void => {}

/** What is thrown there is nobody's rejected promise, and raised like what is thrown in any other turn. */
function guarded(turn: () => void): () => void {
  if (turn === lastTurn) return lastGuard
  let guard = guards.get(turn)
  if (guard === undefined) {
    guard = () => {
      try {
        turn()
      } catch (error) {
        setImmediate(() => {
          throw error
        })
      }
    }
    guards.set(turn, guard)
  }
  lastTurn = turn
  lastGuard = guard
  return guard
}
