import type { Pid } from '@bulkhead/core'
import { type Outcome, parentOf, type Plans } from './script.ts'

export type Kind = 'worker' | 'supervisor' | 'dynamic'

/** One start of an actor. */
export interface Proc {
  readonly pid: Pid
  readonly label: string
  readonly kind: Kind
  /** Who had the path above it when it started; undefined for the top. */
  readonly parent: Pid | undefined
  alive: boolean
}

/** What an observer has written down, before it is normalised. */
export type Noted =
  | { readonly what: 'start' | 'stopped'; readonly pid: Pid }
  | { readonly what: 'stop' | 'signal' | 'down'; readonly pid: Pid; readonly reason: unknown }

type Gate = { readonly path: string } | { readonly path: string; readonly go: () => void } | undefined

/** What the actors of one script say and how they end, how their starts go, and who had which path. */
export class Journal {
  readonly procs = new Map<Pid, Proc>()
  readonly latest = new Map<string, Pid>()
  readonly #counts = new Map<string, number>()
  readonly #plans = new Map<string, Outcome[]>()
  #events: Noted[] = []
  #gate: Gate
  version = 0

  /** An actor starts at this path; `go` is told how that goes, at once or when the gate is opened. */
  starting(pid: Pid, path: string, kind: Kind, go: (outcome: Outcome) => void): void {
    const count = (this.#counts.get(path) ?? 0) + 1
    this.#counts.set(path, count)
    const above = parentOf(path)
    const parent = above === undefined ? undefined : this.latest.get(above)
    this.procs.set(pid, { pid, label: `${path}#${count}`, kind, parent, alive: true })
    this.latest.set(path, pid)
    const outcome = this.#plans.get(path)?.shift() ?? 'ok'
    this.note({ what: 'start', pid })
    if (this.#gate?.path === path && !('go' in this.#gate)) this.#gate = { path, go: () => go(outcome) }
    else go(outcome)
  }

  note(noted: Noted): void {
    this.#events.push(noted)
    this.version++
  }

  down(pid: Pid, reason: unknown): void {
    this.procs.get(pid)!.alive = false
    this.note({ what: 'down', pid, reason })
  }

  plan(plans: Plans): void {
    for (const { path, outcomes } of plans) this.#plans.set(path, [...outcomes])
  }

  /** The next start at this path waits until the gate is opened. */
  close(path: string): void {
    this.#gate = { path }
  }

  get gated(): boolean {
    return this.#gate !== undefined && 'go' in this.#gate
  }

  open(): void {
    const gate = this.#gate
    this.#gate = undefined
    if (gate !== undefined && 'go' in gate) gate.go()
  }

  isLive(pid: Pid | undefined): boolean {
    return pid !== undefined && this.procs.get(pid)?.alive === true
  }

  labelOf(pid: Pid): string {
    return this.procs.get(pid)?.label ?? 'stranger'
  }

  take(): Noted[] {
    const taken = this.#events
    this.#events = []
    return taken
  }
}
