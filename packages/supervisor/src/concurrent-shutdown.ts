import { type ActorSelf, Down, Exit, type ExitReason, type MonitorRef, P, type Pid } from '@bulkhead/core'
import { firstSignal, type Leaver, patienceMs, takeExit } from './shutdown.ts'

/**
 * Tells many linked children to stop at once, each with its own time; gives the reason each ended with. For children that no order binds.
 * OTP: `supervisor:terminate_dynamic_children/1`; Elixir: `DynamicSupervisor.terminate/2`.
 */
export async function shutDownTogether(
  self: ActorSelf,
  leavers: readonly Leaver[],
): Promise<ReadonlyMap<Pid, ExitReason>> {
  const leaving = new Leaving(self, leavers)
  while (leaving.goesOn) await leaving.next()
  return leaving.reasons()
}

/** Children on their way out. Its steps cost the same however many there are. */
class Leaving {
  readonly #self: ActorSelf
  readonly #pids = new Map<MonitorRef, Pid>()
  /** Those that may have to be killed, the last due first. */
  readonly #deadlines: { readonly pid: Pid; readonly at: number }[]
  readonly #reasons = new Map<Pid, ExitReason>()
  readonly #alive = new Set<Pid>()

  constructor(self: ActorSelf, leavers: readonly Leaver[]) {
    this.#self = self
    const startedAt = self.now()
    this.#deadlines = leavers
      .map(({ pid, shutdown }) => ({ pid, at: startedAt + patienceMs(shutdown) }))
      .filter(({ at }) => at < Infinity)
      .toSorted((a, b) => b.at - a.at)
    for (const { pid, shutdown } of leavers) {
      this.#alive.add(pid)
      this.#pids.set(self.monitor(pid), pid)
      self.exit(pid, firstSignal(shutdown))
    }
  }

  get goesOn(): boolean {
    return this.#alive.size > 0
  }

  /** Waits for the next end, or for the next deadline. */
  async next(): Promise<void> {
    const isNotice = (message: unknown): message is Down | Exit =>
      message instanceof Down ? this.#pids.has(message.ref) : message instanceof Exit && this.#alive.has(message.from)
    const dueMs = this.#untilNextKill()
    const notice = await this.#self.receive((on) =>
      on.with(P.when(isNotice), (taken) => taken).after(dueMs, () => undefined),
    )
    if (notice instanceof Exit) this.#reasons.set(notice.from, notice.reason)
    else if (notice) this.#ended(notice)
    else this.#self.exit(this.#deadlines.pop()!.pid, 'kill')
  }

  /** Unlinks all, takes the EXITs that are left, and gives the reasons. */
  async reasons(): Promise<ReadonlyMap<Pid, ExitReason>> {
    for (const pid of this.#reasons.keys()) this.#self.unlink(pid)
    for (;;) {
      const exit = await takeExit(this.#self, (pid) => this.#reasons.has(pid))
      if (!exit) return this.#reasons
      this.#reasons.set(exit.from, exit.reason)
    }
  }

  #ended(down: Down): void {
    const pid = this.#pids.get(down.ref)!
    this.#pids.delete(down.ref)
    this.#alive.delete(pid)
    if (!this.#reasons.has(pid)) this.#reasons.set(pid, down.reason)
  }

  #untilNextKill(): number {
    while (this.#deadlines.length > 0 && !this.#alive.has(this.#deadlines.at(-1)!.pid)) this.#deadlines.pop()
    const next = this.#deadlines.at(-1)
    return next ? Math.max(0, Math.ceil(next.at - this.#self.now())) : Infinity
  }
}
