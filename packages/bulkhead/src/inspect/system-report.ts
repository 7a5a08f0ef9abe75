import type { NodeSurvey } from '../control.ts'

/** What `bulkhead inspect` is told: plain data, as JSON. */
export interface SystemReport {
  readonly name: string
  readonly system: string
  /** The OS process of its root. */
  readonly pid: number
  /** Milliseconds since it was started. */
  readonly upMs: number
  readonly nodes: readonly NodeSurvey[]
  /** The last crashes, newest first. */
  readonly crashes: readonly CrashEntry[]
}

/** One crash, printed where it happened. */
export interface CrashEntry {
  readonly pid: string
  readonly path: string | undefined
  readonly behaviour: string | undefined
  readonly reason: string
  readonly handler: string | undefined
  readonly lastMessage: string | undefined
  readonly state: string | undefined
  readonly restarts: number | undefined
  /** The last lines that its node printed, when that took the actor along. */
  readonly output?: readonly string[]
  /** Milliseconds between the crash and the report. */
  readonly agoMs: number
}
