import type { ActorSelf, Args, Evidence, Exit, ExitReason, Timeout } from '@bulkhead/core'
import { endsSupervisor } from './auto-shutdown.ts'
import { Backoff } from './backoff.ts'
import { describeUnsettled } from './child-info.ts'
import type { ChildSpec } from './child-spec.ts'
import { type Child, ChildTable, type Life } from './child-table.ts'
import { shutDownTogether } from './concurrent-shutdown.ts'
import { canTeach } from './culprit.ts'
import { lookAgainMs, wouldWait } from './fence-wait.ts'
import { reportChild } from './reports.ts'
import { endedAsTold, isReported, isRestarted } from './restart.ts'
import { RestartIntensity } from './restart-intensity.ts'
import { shutDown } from './shutdown.ts'
import { type Start, startLinked } from './start.ts'
import { type Member, planRestart, planStop, type Step } from './strategy.ts'
import type { Rules } from './supervisor-spec.ts'

/** What the supervisor does next: carry on, or stop with `shutdown`. */
export type Verdict = 'go_on' | 'shutdown'

interface FailedStart {
  readonly child: Child
  readonly reason: ExitReason
  readonly evidence: Evidence | undefined
}

/** The message of a timer that begins a restart. */
const RETRY = 'bulkhead:retry'

/**
 * What every supervisor does with its children: the one place that starts, stops and restarts them. It asks the pure modules what to do.
 * Its methods run one at a time, inside the supervisor's handlers.
 */
export class Supervision {
  readonly children = new ChildTable()
  readonly rules: Rules
  readonly #self: ActorSelf
  readonly #keepsStopped: boolean
  readonly #intensity: RestartIntensity

  /** `keepsStopped`: whether a child that is not temporary keeps its place while it does not run. Children without an id do not. */
  constructor(self: ActorSelf, rules: Rules & { readonly keepsStopped: boolean }) {
    this.#self = self
    this.rules = rules
    this.#keepsStopped = rules.keepsStopped
    this.#intensity = new RestartIntensity(rules, () => self.now())
    self.showUnsettled(() => this.children.list().flatMap((child) => describeUnsettled(child, self.now())))
  }

  /** Adds a child as the last one; it is not started. */
  add(spec: Omit<ChildSpec, 'args'>, args: Args, id = spec.id): Child {
    const child: Child = {
      id,
      restart: spec.restart,
      spec,
      args,
      status: 'stopped',
      pid: undefined,
      placement: undefined,
      starts: 0,
      isStarting: false,
      stoppingSince: undefined,
      lostNode: undefined,
      retry: undefined,
      backoff:
        spec.backoff &&
        new Backoff(
          spec.backoff,
          () => this.#self.now(),
          () => this.#self.random(),
        ),
    }
    this.children.add(child)
    return child
  }

  /** Starts a child that does not run. When that fails the child stays as it was. `level`: of the progress report. */
  async start(child: Child, level: 'info' | 'debug'): Promise<Start> {
    child.isStarting = true
    const start = await startLinked(this.#self, child)
    child.isStarting = false
    if (start.kind === 'failed') {
      if (start.lost) await this.#learn(child, start.lost, start.reason, start.evidence)
      return start
    }
    this.#cancelRetry(child)
    if (start.kind === 'started') this.#started(child, start, level)
    else this.#stopped(child)
    return start
  }

  /** Whether a start of this child, with its group, would wait for a fenced thread. */
  mustWait(child: Child): Promise<boolean> {
    const starts = this.#plan(child).filter((step) => step.do === 'start')
    return wouldWait(
      this.#self,
      starts.map(({ id }) => this.children.get(id)!),
    )
  }

  /** Starts all in order, those later that have to wait for a fenced thread. At the first that fails, stops those that run, in reverse order, and tells which and why. */
  async startAll(): Promise<{ readonly id: string; readonly reason: ExitReason } | undefined> {
    const children = this.children.list()
    const isOneGroup = this.rules.strategy === 'one_for_all'
    for (const child of children) {
      if (await wouldWait(this.#self, isOneGroup ? children : [child])) {
        this.#restartIn(lookAgainMs, { child, reason: 'noconnection', evidence: undefined }, true)
        if (this.rules.strategy === 'one_for_one') continue
        return undefined // the others come with it
      }
      const start = await this.start(child, 'info')
      if (start.kind !== 'failed') continue
      reportChild(this.#self, 'start_error', child, start.reason)
      await this.stopAll()
      return { id: child.id, reason: start.reason }
    }
    return undefined
  }

  /** Stops a child, waits for its end, and keeps or forgets it. One that is about to be restarted no longer is. */
  async terminate(child: Child): Promise<void> {
    await this.#terminate(child)
    this.#stopped(child)
  }

  /** Stops all, the last one first, each fully gone before the next. */
  async stopAll(): Promise<void> {
    await this.#perform(planStop(this.children.list()), 'shutdown')
  }

  /** Stops all at once, each with its own time. */
  async stopAllTogether(): Promise<void> {
    const running = this.children.list().filter(({ status }) => status === 'running')
    const leavers = running.map(({ pid, spec }) => ({ pid: pid!, shutdown: spec.shutdown }))
    for (const child of running) child.stoppingSince = this.#self.now()
    const reasons = await shutDownTogether(this.#self, leavers)
    for (const child of running) {
      child.stoppingSince = undefined
      this.#reportUnlessAsTold(child, reasons.get(child.pid!))
    }
  }

  /** A child ended by itself. An EXIT of anybody else changes nothing. */
  async exited({ from, reason, node }: Exit): Promise<Verdict> {
    const child = this.children.byPid(from)
    if (child?.status !== 'running') return 'go_on'
    child.status = 'stopped'
    if (isReported(child.restart, reason)) reportChild(this.#self, 'child_terminated', child, reason, node)
    if (isRestarted(child.restart, reason)) {
      if (child.placement) await this.#learn(child, { pid: from, placement: child.placement }, reason, node)
      return this.#restartEnded(child, reason, node)
    }
    this.#stopped(child)
    return this.#afterLastEnd(child)
  }

  /** The time of a restart that was put off has come. Other timers change nothing. */
  async timedOut({ ref, message }: Timeout): Promise<Verdict> {
    const child = Array.isArray(message) && message[0] === RETRY ? this.children.get(String(message[1])) : undefined
    if (!child?.retry || child.retry.timer !== ref) return 'go_on'
    const { reason, evidence, charged } = child.retry
    child.retry = undefined
    if (!charged && !this.#charge(child, evidence)) return this.#exceeded(child, reason)
    return this.#restart(child, reason, evidence)
  }

  /** Starts a held child, and with it the group that its strategy stopped. When its own start fails it stays held. */
  async resume(child: Child): Promise<Start> {
    const failed = await this.#perform(this.#plan(child), 'held')
    if (failed?.child === child) return { kind: 'failed', reason: failed.reason, evidence: failed.evidence }
    if (failed) this.#tryAgain(failed)
    if (child.status !== 'running') return { kind: 'ignored' }
    return { kind: 'started', pid: child.pid!, placement: child.placement! }
  }

  /** The first try follows the end at once, unless the child backs off; its group is stopped at once in any case. */
  async #restartEnded(child: Child, reason: ExitReason, evidence: Evidence | undefined): Promise<Verdict> {
    if (!this.#charge(child, evidence)) return this.#exceeded(child, reason)
    const waitMs = child.backoff?.afterEnd() ?? 0
    if (waitMs === 0) return this.#restart(child, reason, evidence)
    await this.#stopGroup(child)
    this.#restartIn(waitMs, { child, reason, evidence }, true)
    return 'go_on'
  }

  async #restart(child: Child, reason: ExitReason, evidence: Evidence | undefined): Promise<Verdict> {
    child.status = 'stopped'
    if (await this.mustWait(child)) {
      await this.#stopGroup(child)
      this.#restartIn(lookAgainMs, { child, reason, evidence }, true)
      return 'go_on'
    }
    const failed = await this.#perform(this.#plan(child), reason)
    if (failed) this.#tryAgain(failed)
    return 'go_on'
  }

  /**
   * Tries again through the mailbox, so that requests which wait there are served first, the supervisor's own shutdown among them. A timer
   * of 0 ms and not a message: nobody can forge it, and no limit of the mailbox drops it. OTP: `supervisor:try_again_restart/1`.
   */
  #tryAgain(failed: FailedStart): void {
    this.#restartIn(failed.child.backoff?.afterFailedStart() ?? 0, failed, false)
  }

  #restartIn(waitMs: number, { child, reason, evidence }: FailedStart, charged: boolean): void {
    child.status = 'restarting'
    child.retry = { timer: this.#self.startTimer(waitMs, [RETRY, child.id]), reason, evidence, charged }
  }

  /**
   * Charges one restart. The end of a failure domain is one charge for all children that it took; each has that grace once per node, so that
   * a child which is started again and again on a node that is gone exhausts the intensity all the same.
   */
  #charge(child: Child, evidence: Evidence | undefined): boolean {
    const shared = evidence && evidence.node !== child.lostNode ? evidence.domain : undefined
    if (evidence) child.lostNode = evidence.node
    return this.#intensity.charge(child.id, shared)
  }

  /** What the end of its node says about where the child is to live. The first restart behind each new wall is not charged. */
  async #learn(child: Child, life: Life, reason: ExitReason, evidence: Evidence | undefined): Promise<void> {
    if (evidence === undefined || !child.spec.adapt) return
    if (!canTeach(life, reason, evidence)) return
    const lesson = await this.#self.learnFrom({ child: child.id, placement: life.placement, evidence })
    if (lesson === undefined) return
    reportChild(this.#self, lesson.moves ? 'moved' : 'not_moved', child, lesson.because, evidence)
    if (lesson.moves) this.#intensity.excuse(evidence.domain)
  }

  async #exceeded(child: Child, reason: ExitReason): Promise<Verdict> {
    if (!child.spec.hold) {
      reportChild(this.#self, 'shutdown', child, reason)
      return 'shutdown'
    }
    await this.#stopGroup(child)
    child.status = 'held'
    this.#intensity.forgive(child.id)
    reportChild(this.#self, 'held', child, reason)
    return 'go_on'
  }

  /** Carries out a plan, up to the first start that fails. */
  async #perform(steps: readonly Step[], reason: ExitReason): Promise<FailedStart | undefined> {
    for (const step of steps) {
      const child = this.children.get(step.id)!
      if (step.do === 'terminate') await this.#terminate(child)
      else if (step.do === 'forget') this.children.delete(child)
      else {
        const start = await this.#startAgain(child, reason)
        if (start.kind === 'failed') return { child, ...start }
      }
    }
    return undefined
  }

  async #startAgain(child: Child, reason: ExitReason): Promise<Start> {
    const start = await this.start(child, 'info')
    const failed = start.kind === 'failed'
    if (failed) reportChild(this.#self, 'start_error', child, start.reason)
    const pid = start.kind === 'started' ? start.pid : undefined
    this.#self.reportRestarted({ child: child.id, pid, reason: failed ? start.reason : reason })
    return start
  }

  async #stopGroup(child: Child): Promise<void> {
    const stops = this.#plan(child).filter((step) => step.do !== 'start')
    await this.#perform(stops, 'shutdown')
  }

  #plan(child: Child): Step[] {
    const { strategy } = this.rules
    // A supervisor of very many children is a one_for_one, which need not look at them all.
    const members: readonly Member[] = strategy === 'one_for_one' ? [child] : this.children.list()
    return planRestart(strategy, members, child.id)
  }

  async #terminate(child: Child): Promise<void> {
    if (child.status === 'running') {
      child.stoppingSince = this.#self.now()
      const reason = await shutDown(this.#self, { pid: child.pid!, shutdown: child.spec.shutdown })
      child.stoppingSince = undefined
      this.#reportUnlessAsTold(child, reason)
    }
    this.#cancelRetry(child)
    child.status = 'stopped'
  }

  #reportUnlessAsTold(child: Child, reason: ExitReason): void {
    if (endedAsTold(child.restart, child.spec.shutdown, reason)) return
    reportChild(this.#self, 'shutdown_error', child, reason)
  }

  #started(child: Child, life: Life, level: 'info' | 'debug'): void {
    this.#self.reportProgress({ child: child.id, pid: life.pid, behaviour: child.spec.behaviour.name, level })
    this.children.started(child, life)
    child.starts++
    child.backoff?.started()
    if (child.restart === 'temporary') child.args = undefined
  }

  #stopped(child: Child): void {
    child.status = 'stopped'
    if (child.restart === 'temporary' || !this.#keepsStopped) this.children.delete(child)
  }

  #afterLastEnd(child: Child): Verdict {
    const { autoShutdown } = this.rules
    if (autoShutdown === 'never' || !child.spec.significant) return 'go_on'
    const remaining = this.children.list().map(({ spec, status }) => ({
      significant: spec.significant,
      active: status === 'running' || status === 'restarting',
    }))
    return endsSupervisor(autoShutdown, child.spec, remaining) ? 'shutdown' : 'go_on'
  }

  #cancelRetry(child: Child): void {
    if (child.retry) this.#self.cancelTimer(child.retry.timer)
    child.retry = undefined
  }
}
