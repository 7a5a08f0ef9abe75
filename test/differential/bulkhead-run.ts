import { type ActorRef, type ActorSelf, Exit, P, type Pid } from '@bulkhead/core'
import type { DynamicSupervisorProtocol, SupervisorProtocol } from '@bulkhead/supervisor'
import { Dynamic, Observer, type Places, reasonOf, recipeOf, Static, Worker } from './actors.ts'
import type { Journal } from './journal.ts'
import { Normaliser } from './normalise.ts'
import type { Event, Observation, Supervised, Value } from './observation.ts'
import type { Ending, Request, Script, Step } from './script.ts'

const lookAgainMs = 2
/** Far beyond what anything takes. */
const patienceMs = 20_000

interface Look {
  readonly pid: Pid
  readonly children: Awaited<ReturnType<SupervisorCalls['whichChildren']>> | undefined
  readonly counts: Awaited<ReturnType<SupervisorCalls['countChildren']>> | undefined
}

type SupervisorCalls = ActorRef<SupervisorProtocol>['call']

/** Runs one script; `self` is the parent of its tree. After each step it waits until everything has come to rest. As differ_script.erl. */
export class BulkheadRun {
  readonly #self: ActorSelf
  readonly #stranger: ActorSelf
  readonly #observer: ActorRef
  readonly #journal: Journal
  readonly #places: Places
  readonly #script: Script
  readonly #normal: Normaliser
  /** Workers that told their supervisor that they had ended, and those that unlinked themselves from it. */
  readonly #pretenders = new Set<Pid>()
  readonly #unlinked = new Set<Pid>()
  #top: Pid | undefined

  constructor(
    actors: { readonly self: ActorSelf; readonly stranger: ActorSelf; readonly observer: ActorRef },
    { journal, places, script }: { readonly journal: Journal; readonly places: Places; readonly script: Script },
  ) {
    this.#self = actors.self
    this.#stranger = actors.stranger
    this.#observer = actors.observer
    this.#journal = journal
    this.#places = places
    this.#script = script
    this.#normal = new Normaliser((pid) => journal.labelOf(pid as Pid))
    actors.self.trapExit = true
  }

  async run(): Promise<Observation[]> {
    const observations: Observation[] = []
    this.#journal.plan(this.#script.plans)
    for (const step of this.#script.steps) {
      this.#journal.plan(step.plans ?? [])
      observations.push(await this.#observe(() => this.#act(step)))
    }
    observations.push(await this.#observe(() => this.#close()))
    // Those that unlinked themselves have outlived their tree.
    for (const { pid, alive } of this.#journal.procs.values()) if (alive) this.#self.exit(pid, 'kill')
    return observations
  }

  async #observe(act: () => Promise<Value>): Promise<Observation> {
    const began = await this.#begin()
    // What a start of the top has left behind is over before anything else happens.
    const before = began === 'runs' ? [] : (await this.#settle()).ended
    const result = await act()
    const { tree, ended: after } = await this.#settle()
    const events = this.#journal.take().map((noted): Event => {
      const who = this.#journal.labelOf(noted.pid)
      return 'reason' in noted
        ? { what: noted.what, who, reason: this.#normal.reason(noted.reason) }
        : { what: noted.what, who }
    })
    return { began, result, events, tree, ended: [...before, ...after], at: this.#self.now() }
  }

  /** The top runs, if it can. */
  async #begin(): Promise<Value> {
    if (this.#top !== undefined) return 'runs'
    const { behaviour, args, isolation } = recipeOf(this.#observer, this.#places, this.#script.top)
    const outcome = await this.#self.tryStart(behaviour as never, args, { link: true, isolation: isolation! })
    if (outcome.kind === 'ignored') return 'ignore'
    if (outcome.kind === 'failed') return { error: this.#normal.reason(outcome.reason) }
    this.#top = outcome.pid
    return 'started'
  }

  async #act(step: Step): Promise<Value> {
    switch (step.do) {
      case 'end':
        return this.#with(step.at, (pid) => this.#finish(pid, step.how))
      case 'signal':
        return this.#with(step.at, async (pid) => {
          this.#stranger.exit(pid, reasonOf(step.reason))
          await this.#ping(this.#stranger, pid)
          return 'done'
        })
      case 'parent': {
        if (this.#top === undefined) return 'nobody'
        const top = this.#top
        this.#self.exit(top, reasonOf(step.reason))
        await this.#ping(this.#self, top)
        return 'done'
      }
      case 'pretend':
        return this.#with(step.at, async (pid) => {
          this.#pretenders.add(pid)
          await this.#self
            .ref(Worker, pid)
            .call.pretend(step.reason)
            .catch(() => undefined)
          return 'done'
        })
      case 'unlink':
        return this.#with(step.at, async (pid) => {
          this.#unlinked.add(pid)
          await this.#self
            .ref(Worker, pid)
            .call.unlink()
            .catch(() => undefined)
          return 'done'
        })
      case 'mail':
        return this.#with(step.at, async (pid) => {
          this.#stranger.send(pid, 'unexpected')
          await this.#ping(this.#stranger, pid)
          return 'done'
        })
      case 'ask':
        return this.#with(step.at, (pid) => this.#ask(pid, step.request, this.#meant(step.request)))
      case 'during':
        return this.#with(step.supervisor, (pid) => this.#during(step, pid))
      case 'wait':
        await this.#self.sleep(step.ms)
        return 'done'
    }
  }

  async #finish(pid: Pid, how: Ending): Promise<Value> {
    this.#stranger.ref(Worker, pid).cast.finish(how)
    await this.#ping(this.#stranger, pid)
    return 'done'
  }

  /** Until the child starts again or everything rests; then the requests, one behind the other; then the start goes on. */
  async #during(step: Step & { readonly do: 'during' }, supervisor: Pid): Promise<Value> {
    this.#journal.close(step.at)
    const meant = step.requests.map((request) => this.#meant(request))
    await this.#with(step.at, (pid) => this.#finish(pid, step.how))
    const gated = await this.#atGate()
    const answers: Promise<Value>[] = []
    for (const [at, request] of step.requests.entries()) {
      const before = await this.#mailOf(supervisor)
      answers.push(this.#ask(supervisor, request, meant[at]))
      while (gated && before !== undefined && (await this.#mailOf(supervisor)) === before)
        await this.#self.sleep(lookAgainMs)
    }
    this.#journal.open()
    return [gated, await Promise.all(answers)]
  }

  async #mailOf(pid: Pid): Promise<number | undefined> {
    return (await this.#self.info(pid, ['messageQueueLen']))?.messageQueueLen
  }

  async #atGate(): Promise<boolean> {
    for (;;) {
      if (this.#journal.gated) return true
      let settled: boolean | undefined
      const { version } = this.#journal
      void this.#look().then((look) => (settled = look.settled))
      while (settled === undefined) {
        if (this.#journal.gated) return true
        await this.#self.sleep(lookAgainMs)
      }
      if (settled && version === this.#journal.version) return this.#journal.gated
    }
  }

  /** Who is meant by a path is who has it when the step begins. */
  #meant(request: Request): Pid | undefined {
    return request.call === 'terminate_dynamic' ? this.#journal.latest.get(request.path) : undefined
  }

  async #ask(pid: Pid, request: Request, meant: Pid | undefined): Promise<Value> {
    try {
      return await this.#asked(pid, request, meant)
    } catch (error) {
      return this.#normal.failure(error)
    }
  }

  async #asked(pid: Pid, request: Request, meant: Pid | undefined): Promise<Value> {
    const { call } = this.#self.ref(Static, pid)
    const dynamic = this.#self.ref(Dynamic, pid) as unknown as ActorRef<DynamicSupervisorProtocol<[number]>>
    switch (request.call) {
      case 'which':
        return this.#normal.children(await call.whichChildren())
      case 'count':
        return { ...(await call.countChildren()) }
      case 'spec': {
        const { id, restart, shutdown, type, significant } = await call.getChildSpec(request.id)
        return { ok: { id, restart, shutdown, type, significant } }
      }
      case 'terminate':
        await call.terminateChild(request.id)
        return 'ok'
      case 'delete':
        await call.deleteChild(request.id)
        return 'ok'
      case 'restart':
        return this.#normal.started(await call.restartChild(request.id))
      case 'start':
        return this.#normal.started(await call.startChild(recipeOf(this.#observer, this.#places, request.child)))
      case 'start_dynamic':
        return this.#normal.started(await dynamic.call.startChild(request.number))
      case 'terminate_dynamic':
        if (meant === undefined) return 'nobody'
        await dynamic.call.terminateChild(meant)
        return 'ok'
    }
  }

  /** In order, as the parent would. */
  async #close(): Promise<Value> {
    if (this.#top === undefined) return 'nobody'
    const top = this.#top
    this.#self.exit(top, 'shutdown')
    await this.#ping(this.#self, top)
    return 'done'
  }

  async #with(path: string, act: (pid: Pid) => Promise<Value>): Promise<Value> {
    const pid = this.#journal.latest.get(path)
    return pid === undefined ? 'nobody' : act(pid)
  }

  /** Whatever `self` sent before has been dealt with, or the other one has ended. */
  async #ping(self: ActorSelf, pid: Pid): Promise<void> {
    const isWorker = this.#journal.procs.get(pid)?.kind === 'worker'
    const asked = isWorker ? self.ref(Worker, pid).call.ping() : self.ref(Static, pid).call.countChildren()
    await asked.catch(() => undefined)
  }

  /** Looks until two looks in a row see the same, and everybody is where he belongs. */
  async #settle(): Promise<{ readonly tree: Supervised[]; readonly ended: Value[] }> {
    const ended: Value[] = []
    const until = this.#self.now() + patienceMs
    for (let before = ''; ;) {
      ended.push(...(await this.#takeEnds()))
      const { settled, tree } = await this.#look()
      const shown = tree.map((each) => this.#shown(each))
      const now = JSON.stringify([settled, shown, this.#journal.version, this.#top])
      const isTold = this.#top === undefined || this.#journal.isLive(this.#top)
      if (settled && isTold && now === before) return { tree: shown, ended }
      if (this.#self.now() > until) throw new Error(`nothing comes to rest: ${now}`)
      before = now
      if (!settled) await this.#self.sleep(lookAgainMs)
    }
  }

  async #takeEnds(): Promise<Value[]> {
    const ended: Value[] = []
    for (;;) {
      const exit = await this.#self.receive((on) =>
        on.with(P.instanceOf(Exit), (each) => each).after(0, () => undefined),
      )
      if (!exit) return ended
      if (exit.from !== this.#top) continue
      ended.push(this.#normal.reason(exit.reason))
      this.#top = undefined
    }
  }

  #shown({ pid, children, counts }: Look): Supervised {
    return {
      who: this.#journal.labelOf(pid),
      children: children === undefined ? 'gone' : this.#normal.children(children),
      counts: { ...counts },
    }
  }

  async #look(): Promise<{ readonly settled: boolean; readonly tree: readonly Look[] }> {
    const { version } = this.#journal
    const top = this.#top
    const tree = this.#journal.isLive(top) ? await this.#walk(top!) : []
    const settled = version === this.#journal.version && this.#listedLive(tree) && this.#liveListed(tree)
    return { settled, tree }
  }

  /** Each supervisor of the tree, the top first. */
  async #walk(pid: Pid): Promise<Look[]> {
    const { call } = this.#self.ref(Static, pid)
    try {
      const children = await call.whichChildren()
      const counts = await call.countChildren()
      const tree: Look[] = [{ pid, children, counts }]
      for (const child of children.toReversed())
        if (child.type === 'supervisor' && child.pid !== undefined) tree.push(...(await this.#walk(child.pid)))
      return tree
    } catch (error) {
      this.#normal.failure(error)
      return [{ pid, children: undefined, counts: undefined }]
    }
  }

  /** Nobody listed is dead without the supervisor's noticing, or about to be started again. */
  #listedLive(tree: readonly Look[]): boolean {
    return tree.every(({ children }) =>
      children?.every(
        ({ pid, status }) =>
          status !== 'restarting' && (pid === undefined || this.#journal.isLive(pid) || this.#unlinked.has(pid)),
      ),
    )
  }

  /** Whoever is alive is where he belongs: in the list of his supervisor, unless the script has made it otherwise. */
  #liveListed(tree: readonly Look[]): boolean {
    const listed = new Set(tree.flatMap(({ children }) => children?.map(({ pid }) => pid) ?? []))
    return [...this.#journal.procs.values()].every(
      ({ pid, alive, parent }) =>
        !alive ||
        pid === this.#top ||
        listed.has(pid) ||
        this.#unlinked.has(pid) ||
        (this.#pretenders.has(pid) && this.#journal.isLive(parent)),
    )
  }
}

export { Observer }
