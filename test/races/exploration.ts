import { addBehaviour, DefinedBehaviour } from '../../packages/core/src/actor/behaviour-table.ts'
import { Down, Exit, NodeDown, Response, Timeout } from '../../packages/core/src/actor/notices.ts'
import { nodeOf, ROOT, serialOf } from '../../packages/core/src/actor/pid.ts'
import type { Pid } from '../../packages/core/src/actor/pid.ts'
import type { ActorSelf } from '../../packages/core/src/actor/self.ts'
import { reply } from '../../packages/core/src/messaging/call.ts'
import { Actor, Actors, wordOf } from './actors.ts'
import type { ExploredNode } from './explored-node.ts'
import { Journal } from './journal.ts'
import type { Failure } from './journal.ts'
import { Laws } from './laws.ts'
import type { Call } from './laws/calls.ts'
import { Frames } from './laws/frames.ts'
import { lazyUrl, Performer } from './perform.ts'
import type { ActorSpec, Fault, Operation, Program } from './program.ts'
import { hearAll, Looper, Puppet, pullStrings } from './puppets.ts'
import type { Letter } from './puppets.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import type { Source } from './scheduler.ts'
import { Warden } from './warden.ts'

/** Where core keeps the behaviours that this realm knows. */
const known = Symbol.for('bulkhead.behaviours')

/** Far more than any program needs. */
const stepsMax = 20_000

export interface Explored {
  readonly failure: Failure | undefined
  readonly steps: number
  /** What happened, a line for each event and observation; empty unless traced. */
  readonly trace: readonly string[]
}

/** Runs a program under one schedule. The same program and schedule give the same trace. */
export async function explore(
  program: Program,
  schedule: number,
  { traced = false, counts = new Map<string, number>() } = {},
): Promise<Explored> {
  const exploration = new Exploration(program, schedule, new Journal(counts, traced))
  // A stack names the files of this machine; without it the bytes of a reason are the same everywhere.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const broken = (error: unknown): void => exploration.journal.broken('error', `nobody handled ${describe(error)}`)
  process.on('unhandledRejection', broken)
  try {
    await exploration.run()
    await new Promise((resolve) => setImmediate(resolve))
  } catch (error) {
    exploration.journal.broken('error', describe(error))
  } finally {
    exploration.end()
    process.off('unhandledRejection', broken)
    Error.stackTraceLimit = stackTraceLimit
  }
  const { journal, scheduler } = exploration
  return { failure: journal.failure, steps: scheduler.steps, trace: journal.lines ?? [] }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : wordOf(error))

class Exploration {
  readonly program: Program
  readonly journal: Journal
  readonly scheduler: Scheduler
  readonly actors = new Actors()
  readonly #random: Random
  readonly #warden: Warden
  readonly #laws: Laws
  readonly #performer: Performer
  readonly #scripts = new Map<Actor, Source>()
  /** Actors whose next operation speaks of one that is not there yet, or awaits news. */
  readonly #blocked = new Set<Actor>()
  readonly #faults: Fault[]
  readonly #loaded: string[] = []

  constructor(program: Program, schedule: number, journal: Journal) {
    this.program = program
    this.journal = journal
    this.#random = new Random(schedule ^ 0x5eed)
    this.scheduler = new Scheduler(this.#random, journal)
    this.scheduler.afterEach = () => this.#afterEach()
    this.#faults = [...program.faults]
    const frames = new Frames(journal)
    this.#warden = new Warden(
      {
        program,
        scheduler: this.scheduler,
        journal,
        frames,
        telemetry: {
          spawned: (event) => this.#spawned(event),
          exited: (event) => this.#exited(event),
          deadLetter: ({ why }) => journal.count(`dead letter: ${why}`),
        },
        nodeDown: (node, id, cause) => {
          const ended = this.#warden.nodes.get(id)
          if (ended?.verdict?.fenced === true && cause !== 'unknown') node.fences.push(id)
          this.#laws.nodeEnds.telling(node, ended, cause)
        },
        load: (key) => this.#load(key),
      },
      this.#random,
      { gone: (node) => this.#gone(node) },
    )
    this.#laws = new Laws(journal, this.actors, () => this.#warden.living, this.scheduler, frames)
    this.#performer = new Performer({ program, actors: this.actors, laws: this.#laws, journal })
  }

  async run(): Promise<void> {
    pullStrings({
      begins: (self, index) => this.#begins(self, index),
      hears: (self, message) => this.#hears(self, message),
      asked: (self, letter) => this.#asked(self, letter),
      defers: (self, from, call) => this.#living(self)?.deferred.push({ from, call }),
      resumes: (self) => this.#living(self),
    })
    for (let number = 1; number <= this.program.nodes; number++) this.#warden.launch(number)
    const root = this.#warden.nodes.get(ROOT) as ExploredNode
    root.orders.add(() => this.#begin(root))
    await this.#untilRest()
    this.#laws.atRest()
    if (this.journal.failure !== undefined) return
    this.#endAll()
    await this.#untilRest()
    this.#laws.atRest()
    this.#laws.tables.atEnd()
  }

  /** The main actor of the root is the first of the program. */
  #begin(root: ExploredNode): void {
    const { main } = root.control
    this.actors.add(new Actor(this.program.actors[0] as ActorSpec, main.pid, root, this.scheduler))
    this.#begins(main, 0)
    void hearAll(main)
  }

  async #untilRest(): Promise<void> {
    for (;;) {
      await this.scheduler.run(stepsMax)
      if (this.journal.failure !== undefined) return
      const fault = this.#faults.shift()
      if (fault !== undefined) this.#inflict(fault)
      else if (!this.#unblock()) return
    }
  }

  /** What was waited for will never be: the operation is skipped. */
  #unblock(): boolean {
    const [actor] = this.#blocked
    if (actor === undefined) return false
    this.#blocked.delete(actor)
    actor.done++
    this.#goOn(actor)
    return true
  }

  #afterEach(): void {
    this.#laws.names.afterEach()
    for (const fault of this.#faults.filter(({ after }) => after <= this.scheduler.steps)) {
      this.#faults.splice(this.#faults.indexOf(fault), 1)
      this.#inflict(fault)
    }
  }

  /** Every actor ends; then nothing of it may be left anywhere. */
  #endAll(): void {
    for (const node of this.#warden.living) {
      const source = this.scheduler.source(`node ${node.id} ends its actors`)
      for (const { pid } of [...node.kernel.cells.values()]) {
        if (pid !== node.kernel.main.pid) source.add(() => node.control.crash(serialOf(pid), new Error('the end')))
      }
    }
  }

  // Faults

  #inflict(fault: Fault): void {
    const node = this.#warden.current(fault.node)
    if (node === undefined || node.isGone || !node.isUp || node.verdict !== undefined) return
    const happened = this.#inflictOn(node, fault)
    if (!happened) return
    this.journal.count(`fault ${fault.fault}`)
    this.journal.note(() => `FAULT ${fault.fault} node ${node.id}`)
  }

  #inflictOn(node: ExploredNode, fault: Fault): boolean {
    const warden = this.#warden
    switch (fault.fault) {
      case 'kill':
        warden.kill(node, fault.keep, this.#culprit(node, fault.culprit))
        return true
      case 'fence':
        warden.fence(node, 'stuck', this.#culprit(node, fault.culprit))
        return true
      case 'stop':
        warden.stop(node)
        return true
      case 'sever': {
        const other = warden.current(fault.other)
        if (other === undefined || other === node || !warden.sever(node, other, fault.keep)) return false
        if (fault.fence) warden.fence(node, 'protocol_violation', undefined)
        return true
      }
    }
  }

  #culprit(node: ExploredNode, wanted: boolean): Pid | undefined {
    const there = this.actors.living.filter((actor) => actor.node === node)
    return wanted && there.length > 0 ? this.#random.pick(there).pid : undefined
  }

  #gone(node: ExploredNode): void {
    for (const actor of this.actors.living) {
      if (actor.node !== node) continue
      actor.ends(undefined)
      this.#stopScript(actor)
    }
  }

  // What happens to actors

  #load(key: string): void {
    const [kind, load] = key.slice(lazyUrl.length + 1).split('-')
    const { program } = (kind === 'server' ? Puppet : Looper) as DefinedBehaviour
    if (load === 'fails') throw new Error('there is no such module')
    if (load !== 'late') return
    addBehaviour({}, new DefinedBehaviour({ key, url: lazyUrl, name: 'Lazy', type: 'worker', program }))
    this.#loaded.push(key)
  }

  /** The next exploration begins as this one did. */
  end(): void {
    const table = (globalThis as { [known]?: Map<string, unknown> })[known]
    for (const key of this.#loaded) table?.delete(key)
  }

  #spawned({ pid, path }: { readonly pid: Pid; readonly path: string | undefined }): void {
    const index = Number(path?.slice(path.lastIndexOf('-') + 1))
    const node = this.#warden.nodes.get(nodeOf(pid)) as ExploredNode
    const actor = new Actor(this.program.actors[index] as ActorSpec, pid, node, this.scheduler)
    this.journal.note(`  ${actor.label} is ${pid}`)
    this.actors.add(actor)
    this.#laws.starts.made(actor)
    for (const blocked of this.#blocked) {
      this.#blocked.delete(blocked)
      this.#goOn(blocked)
    }
  }

  #exited({ pid, reason }: { readonly pid: Pid; readonly reason: unknown }): void {
    const actor = this.actors.of(pid)
    if (actor === undefined) return
    const word = wordOf(reason)
    this.journal.require(actor.end === undefined, 'exit', () => `${actor.label} ended twice`)
    this.journal.note(() => `  ${actor.label} ends: ${word}`)
    actor.ends(word)
    this.#stopScript(actor)
  }

  #stopScript(actor: Actor): void {
    this.#scripts.get(actor)?.close()
    this.#blocked.delete(actor)
  }

  #begins(self: ActorSelf, index: number): ActorSpec {
    const actor = this.actors.at(index) as Actor
    this.#living(self)
    actor.self = self
    self.trapExit = actor.spec.trap
    if (actor.spec.trap) actor.everTrapped = true
    else actor.everUntrapped = true
    this.#scripts.set(actor, this.scheduler.source(`${actor.label} acts`))
    this.#goOn(actor)
    return actor.spec
  }

  #goOn(actor: Actor): void {
    if (actor.end !== undefined || actor.done >= actor.spec.script.length) return
    this.#scripts.get(actor)?.add(() => this.#act(actor))
  }

  #act(actor: Actor): void {
    const operation = actor.spec.script[actor.done] as Operation
    if (!this.#canPerform(actor, operation)) {
      this.#blocked.add(actor)
      return
    }
    actor.done++
    actor.hasNews = false
    this.journal.note(() => `  ${JSON.stringify(operation)}`)
    this.#performer.perform(actor, operation)
    this.#goOn(actor)
  }

  #canPerform({ hasNews }: Actor, operation: Operation): boolean {
    if (operation.op === 'awaitNews') return hasNews
    const other =
      'to' in operation
        ? operation.to
        : 'who' in operation
          ? operation.who
          : 'of' in operation
            ? operation.of
            : undefined
    return typeof other !== 'number' || this.actors.at(other) !== undefined
  }

  /** The actor whose code runs now, which must not have ended. */
  #living(self: ActorSelf): Actor | undefined {
    const actor = this.actors.of(self.pid)
    this.journal.require(actor?.isOver !== true, 'silence', () => `${actor?.label} runs after its end`)
    return actor
  }

  #asked(self: ActorSelf, { from, number }: Letter): void {
    const actor = this.#living(self) as Actor
    this.journal.note(() => `  ${actor.label} is asked by ${from}, ${number}`)
    this.#laws.order.arrives(actor, from, number)
  }

  #hears(self: ActorSelf, heard: unknown): void {
    const actor = this.#living(self) as Actor
    const laws = this.#laws
    if (heard instanceof Exit || heard instanceof Down || heard instanceof NodeDown) this.#news(actor)
    if (heard instanceof Exit || heard instanceof Down) {
      const pid = heard instanceof Exit ? heard.from : heard.target
      this.journal.note(
        () => `  ${actor.label} gets ${heard instanceof Exit ? 'EXIT' : 'DOWN'} of ${pid}: ${wordOf(heard.reason)}`,
      )
      if (heard instanceof Exit) laws.heardExit(actor, heard)
      else laws.heardDown(actor, heard)
    } else if (heard instanceof Response) {
      this.#answered(actor, heard)
    } else if (heard instanceof NodeDown) {
      this.journal.note(() => `  ${actor.label} gets NodeDown of ${heard.node}`)
      laws.monitors.nodeFell(actor, heard)
    } else {
      const message = heard instanceof Timeout ? heard.message : Array.isArray(heard) ? heard[1] : heard
      this.journal.note(() => `  ${actor.label} hears ${JSON.stringify({ ...(message as object), answer: undefined })}`)
      this.#reads(actor, message as Letter & { readonly timer?: number })
    }
  }

  #answered(actor: Actor, { ref, outcome }: Response): void {
    const call = actor.requests.get(ref) as Call
    this.journal.note(() => `  ${actor.label} gets the response to call ${call.id}: ${outcome.kind}`)
    actor.requests.delete(ref)
    if (outcome.kind === 'reply') this.#laws.calls.replied(call, outcome.reply)
    else this.#laws.calls.failed(call, outcome.error)
  }

  #news(actor: Actor): void {
    actor.hasNews = true
    if (this.#blocked.delete(actor)) this.#goOn(actor)
  }

  #reads(actor: Actor, message: Letter & { readonly timer?: number; readonly answers?: number }): void {
    if (message.answers !== undefined) this.#laws.aliases.answered(actor, message.answers)
    else if (message.timer !== undefined) this.#laws.timers.fires(actor, message.timer)
    else this.#laws.order.arrives(actor, message.from, message.number)
    const { alias, ref } = message
    if (alias !== undefined && actor.end === undefined)
      for (let i = 0; i < 2; i++) actor.self?.send(alias, { answers: ref })
    if (message.answer !== undefined && actor.end === undefined)
      reply(message.answer, { call: message.call, by: actor.pid })
  }
}
