import {
  type ActorRef,
  type ActorSelf,
  type Args,
  type Behaviour,
  type Clock,
  createNode,
  defineServer,
  Down,
  type ExitReason,
  type Ignore,
  Lessons,
  type LogRecord,
  type Node,
  type NodeId,
  P,
  type Pid,
  show,
  type Stop,
  stop,
} from '@bulkhead/core'
import { Nodes } from '../../../test/support/nodes.ts'
import { child, type ChildOptions, type ChildSpec } from '../src/child-spec.ts'
import type { SupervisorReport } from '../src/reports.ts'
import { defineSupervisor, type SupervisorProtocol } from '../src/supervisor.ts'
import type { SupervisorSpec } from '../src/supervisor-spec.ts'

/** What the next starts of a worker do, and how it stops. */
export interface Script {
  /** One per start; the last one stays. Default: it starts. */
  readonly starts?: readonly ((self: ActorSelf) => unknown)[]
  /** Default true: it hears `terminate`. */
  readonly trapExit?: boolean
  /** Default: it stops at once. */
  readonly onStop?: (self: ActorSelf, reason: ExitReason) => unknown
}

/** Nodes that a test can end; each is used after the one before it has ended. */
const THREADS: readonly NodeId[] = [2, 3, 4, 5]

/**
 * Nodes in this event loop under a clock that stands still, and workers that follow scripts. `events` tells in which order workers started
 * and stopped.
 */
export class World {
  static current: World
  readonly events: string[] = []
  /** The progress reports: child and level. */
  readonly progress: string[] = []
  readonly restarted: { child: string; pid: Pid | undefined; reason: ExitReason }[] = []
  readonly scripts = new Map<string, Script>()
  readonly starts = new Map<string, number>()
  readonly trees = new Map<string, () => Tree>()
  /** The node on which actors with `isolation: 'thread'` start now. */
  thread: NodeId = 2
  chance = 0
  /** Who is going to take its node down, where a script has to know. */
  culprit: Pid | undefined
  /** Where each start was placed, such as `/Shop/a thread pooled`. */
  readonly placements: string[] = []
  /** Paths of actors whose threads were fenced and have not ended. */
  readonly lingering = new Set<string>()
  readonly #lessons = new Lessons({ now: () => this.clock.now(), date: () => 'noon' })
  readonly #nodes = new Nodes(createNode, {
    ids: [1, ...THREADS],
    platform: {
      random: () => this.chance,
      telemetry: {
        progress: ({ child: id, level }) => this.progress.push(`${id} ${level}`),
        restarted: ({ child: id, pid, reason }) => this.restarted.push({ child: id, pid, reason }),
      },
    },
    host: {
      kinds: ['inline', 'thread', 'process'],
      allocate: (byHints, path) => {
        const decision = this.#lessons.apply(path, byHints)
        this.placements.push(`${path} ${decision.kind} ${decision.share}`)
        return Promise.resolve({ node: this.thread, decision })
      },
      lingers: (paths) => Promise.resolve(paths.some((path) => this.lingering.has(path))),
      learn: (path, decision, evidence) => Promise.resolve(this.#lessons.learn(path, decision, evidence)),
    },
  })
  readonly #endings = new Map<number, (reason: ExitReason) => void>()

  constructor() {
    World.current = this
    void this.#hearEndings()
  }

  get node(): Node {
    return this.#nodes.root
  }

  get main(): ActorSelf {
    return this.#nodes.main
  }

  get clock(): Clock {
    return this.#nodes.clock
  }

  get log(): readonly LogRecord[] {
    return this.#nodes.log
  }

  /** Until nothing happens any more; timers that are due now have fired. */
  settled(): Promise<void> {
    return this.#nodes.settled()
  }

  /** Lets time pass: timers fire one by one, and what they cause happens before the next. */
  pass(ms: number): Promise<void> {
    return this.#nodes.pass(ms)
  }

  /** What acts for code on that node which is no actor. */
  get threadMain(): ActorSelf {
    return this.#nodes.node(this.thread).main
  }

  /**
   * Ends that node and all actors on it; later ones start on the next node. `domain`: what died of one cause; `culprit`: who took it down.
   */
  async crash(domain = `thread ${this.thread}`, culprit?: Pid): Promise<void> {
    const node = this.thread++
    this.#nodes.crash(node, {
      evidence: { node, domain, cause: 'exited', code: 3 },
      ...(culprit && { culprit: { pid: culprit, reason: { exited: { code: 3 } } } }),
    })
    await this.settled()
  }

  /** A worker takes its node down, and all others on it. */
  async takeDown(culprit: Pid | undefined): Promise<void> {
    await this.crash(undefined, culprit)
  }

  start<A extends Args, P>(behaviour: Behaviour<A, P>, ...args: A): Promise<ActorRef<P>> {
    return this.main.start(behaviour, args)
  }

  /** Starts a supervisor with these children. */
  async grow(tree: Tree | (() => Tree)): Promise<ActorRef<SupervisorProtocol>> {
    this.trees.set('tree', typeof tree === 'function' ? tree : () => tree)
    return this.start(Shop, 'tree')
  }

  /** Why the start of an actor failed. */
  async failure<A extends Args>(behaviour: Behaviour<A, unknown>, ...args: A): Promise<ExitReason> {
    const outcome = await this.main.tryStart(behaviour, args)
    if (outcome.kind !== 'failed') throw new Error(`it was ${outcome.kind}`)
    return outcome.reason
  }

  /** The reason an actor ends with; watched from now on. */
  ending(pid: Pid | undefined): Promise<ExitReason> {
    const ref = this.main.monitor(pid!)
    return new Promise((resolve) => this.#endings.set(ref, resolve))
  }

  /** Ends a worker by itself. */
  async end(pid: Pid | undefined, reason: ExitReason): Promise<void> {
    this.main.ref(Worker, pid!).cast.end(reason)
    await this.settled()
  }

  async kill(pid: Pid | undefined): Promise<void> {
    this.main.exit(pid!, 'kill')
    await this.settled()
  }

  /** What happened since the last time it was asked. */
  takeEvents(): string[] {
    return this.events.splice(0)
  }

  /** The supervisor reports of the log: context and child. */
  reports(): string[] {
    return this.log
      .map(({ data }) => data as Partial<SupervisorReport> | undefined)
      .filter((data) => data?.offender !== undefined)
      .map((data) => `${data!.context} ${data!.offender!.id}`)
  }

  async #hearEndings(): Promise<void> {
    for (;;) {
      await this.main.receive((on) =>
        on.with(P.instanceOf(Down), ({ ref, reason }) => this.#endings.get(ref)?.(reason)),
      )
    }
  }
}

interface Working {
  readonly name: string
  /** The world in which it was started: a test may be over before its last workers are. */
  readonly world: World
}

/** A worker that follows the script of its name and tells what it does. */
export const Worker = defineServer(import.meta, 'Worker', {
  isolation: 'inline',
  init: async (self, name: string, ...more: unknown[]): Promise<Working | Ignore | Stop> => {
    const world = World.current
    const script = world.scripts.get(name) ?? {}
    self.trapExit = script.trapExit ?? true
    const count = world.starts.get(name) ?? 0
    world.starts.set(name, count + 1)
    world.events.push(`start ${[name, ...more].join(' ')}`)
    const act = script.starts?.[Math.min(count, script.starts.length - 1)]
    const answer = await act?.(self)
    return (answer as Ignore | Stop | undefined) ?? { name, world }
  },
  calls: {
    path: (self) => self.path,
  },
  casts: {
    end: (_self, reason: unknown) => stop(reason),
    crash: (_self, message: string) => {
      throw new Error(message)
    },
    unlink: (self) => self.unlink(self.parent!),
    pretendToEnd: (self, reason: unknown) => self.exit(self.parent!, reason),
  },
  terminate: async (self, reason) => {
    const { name, world } = self.state
    world.events.push(`stop ${name} ${typeof reason === 'string' ? reason : show(reason)}`)
    await world.scripts.get(name)?.onStop?.(self, reason)
  },
  formatState: ({ name }) => name,
})

export type Tree = SupervisorSpec | Ignore | Promise<SupervisorSpec | Ignore>

/** A supervisor whose spec is what the world has under the given name. */
export const Shop = defineSupervisor(import.meta, 'Shop', (tree: string) => World.current.trees.get(tree)!())

/** The spec of a worker that is called by its id. */
export function worker(id: string, options: ChildOptions = {}): ChildSpec {
  return child(Worker, [id], { id, ...options })
}

/** The spec of a supervisor below another; `tree` names its spec. */
export function subtree(tree: string, options: ChildOptions = {}): ChildSpec {
  return child(Shop, [tree], { id: tree, ...options })
}

/** Pids by child id; undefined for those that do not run. */
export async function pidsOf(supervisor: ActorRef<SupervisorProtocol>): Promise<Record<string, Pid | undefined>> {
  const children = await supervisor.call.whichChildren()
  return Object.fromEntries(children.map(({ id, pid }) => [id, pid]))
}

/** What each child does, in start order, such as `a running, b restarting`. */
export async function statuses(supervisor: ActorRef<SupervisorProtocol>): Promise<string> {
  const children = await supervisor.call.whichChildren()
  return children
    .toReversed()
    .map(({ id, status }) => `${id} ${status}`)
    .join(', ')
}
