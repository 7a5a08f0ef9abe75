import type { NodeId, PlacementDecision } from '@bulkhead/core'
import type { FromCrew } from '../crew/crew-control.ts'
import type { ThreadsRule, WardenOrders } from '../control.ts'
import type { Outlets } from '../output/outlet.ts'
import { debugLog } from '../nodejs/debug-log.ts'
import { mayStartProcesses } from '../nodejs/permissions.ts'
import type { ChildTable } from './child-table.ts'
import { Crew } from './crew.ts'
import type { CrewProcess } from './crew.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEvents } from './node-body.ts'
import type { NodeRecord } from './node-record.ts'
import { ProcessBody } from './process-body.ts'
import { Spares } from './spares.ts'

const log = debugLog('bulkhead:warden')

/** Milliseconds that the main thread of a crew may take for anything: it runs no actors. */
const handlerMs = 5_000

/** Milliseconds for which a crew outlives its last thread: whoever replaces that comes soon. */
const vacantMs = 5_000

const profile: LaunchProfile = { kind: 'crew', handlerMs }

export interface CrewsOptions {
  readonly nodes: ReadonlyMap<NodeId, NodeRecord>
  readonly children: ChildTable
  readonly outlets: Outlets
  /** Told each time one of them has ended. */
  readonly gone: () => void
}

/** The crews of a system: one that all threads share, and one for each compartment that has its own. They are there while they are needed. */
export class Crews {
  readonly #orders: WardenOrders
  readonly #options: CrewsOptions
  readonly #spares: Spares<CrewProcess, FromCrew>
  /** Those that take threads, by compartment; the shared one has no name. */
  readonly #open = new Map<string | undefined, Crew>()
  readonly #all = new Set<Crew>()
  #count = 0
  #isClosing = false

  constructor(orders: WardenOrders, options: CrewsOptions) {
    this.#orders = orders
    this.#options = options
    this.#spares = new Spares((_profile, events) => this.#newProcess(events), orders.spares)
    if (orders.threads.within === 'process' && mayStartProcesses()) this.#spares.keep(profile)
  }

  /** Threads at most of the kind that a decision asks for. */
  countFor({ share, compartment }: PlacementDecision): number {
    if (share !== 'compartment') return this.#orders.threads.count
    return this.#ruleOf(compartment)?.count ?? 1
  }

  /**
   * The crew in which an actor with this decision is to live, and which is there from now on; undefined: the root's OS process. `mate`: a node
   * of its compartment. Throws when the actor has to share memory with its starter and its compartment is elsewhere.
   */
  crewFor(
    from: NodeRecord,
    { kind, share, compartment, within }: PlacementDecision,
    mate?: NodeRecord,
  ): Crew | undefined {
    if (kind !== 'thread') return undefined
    const name = share === 'compartment' ? compartment : undefined
    if (within !== 'starter') return mate === undefined ? this.#crewBy(name) : crewOf(mate)
    const crew = crewOf(from)
    const isThere = mate === undefined ? this.#mayLiveIn(crew, name) : crewOf(mate) === crew
    if (isThere) return crew
    throw new Error(
      `memory: 'shared', or a SharedArrayBuffer among the arguments, contradicts compartment: ${compartment}, which lives in another OS process than the starter; drop one of them`,
    )
  }

  /** The decision with what it means that the node is a thread of a crew. */
  explained(decision: PlacementDecision, record: NodeRecord): PlacementDecision {
    const crew = crewOf(record)
    if (crew === undefined || decision.share === 'with') return decision
    const isOwn = decision.compartment !== undefined && this.#open.get(decision.compartment) === crew
    const why = isOwn
      ? `start({ compartments: { ${decision.compartment}: { within: 'process' } } })`
      : decision.within === 'starter'
        ? 'its starter lives there'
        : "start({ threads: { within: 'process' } })"
    const because = [...decision.because, `in a crew, behind a process wall: ${why}`]
    return { ...decision, within: isOwn ? 'own_crew' : 'crew', because }
  }

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** Spares end at once, and each crew with its last thread. */
  close(): void {
    this.#isClosing = true
    this.#spares.end()
    for (const crew of this.#all) if (crew.isVacant) this.#retire(crew)
  }

  kill(): void {
    for (const crew of this.#all) crew.kill()
  }

  #ruleOf(compartment: string | undefined): ThreadsRule | undefined {
    const { compartments } = this.#orders
    return compartment !== undefined && Object.hasOwn(compartments, compartment) ? compartments[compartment] : undefined
  }

  /** Whether the first actor of a compartment may live in that crew; undefined: in the root's OS process. */
  #mayLiveIn(crew: Crew | undefined, compartment: string | undefined): boolean {
    const rule = this.#ruleOf(compartment)
    if (rule === undefined) return true
    return rule.within === 'root' ? crew === undefined : crew !== undefined && crew === this.#open.get(compartment)
  }

  /** The crew that takes the threads of a compartment with a rule of its own, or else all threads. */
  #crewBy(compartment: string | undefined): Crew | undefined {
    const own = this.#ruleOf(compartment)
    if ((own ?? this.#orders.threads).within === 'root') return undefined
    const key = own && compartment
    const open = this.#open.get(key)
    return open === undefined || open.isOver ? this.#start(key) : open
  }

  #start(compartment: string | undefined): Crew {
    const { outlets, gone } = this.#options
    const crew: Crew = new Crew({
      domain: `${this.#orders.system}.crew ${++this.#count}`,
      process: this.#spares.take(profile),
      outlets,
      sole: (nodes) => this.#soleOf(nodes),
      vacant: () => this.#retireIfVacant(compartment, crew),
      gone: () => {
        this.#forget(compartment, crew)
        this.#all.delete(crew)
        gone()
      },
    })
    this.#open.set(compartment, crew)
    this.#all.add(crew)
    log('crew in process %d (%s)', crew.osProcess, compartment ?? 'threads')
    this.#spares.keep(profile)
    return crew
  }

  #newProcess(events: BodyEvents<FromCrew>): CrewProcess {
    const { entry, options, spares } = this.#orders
    const { children, outlets } = this.#options
    const { thread, environment } = options
    const crew = {
      orders: { options: { thread, environment }, spares },
      environment: options.crew.environment,
    }
    const body: CrewProcess = new ProcessBody(
      { entry, profile, execArgv: options.crew.process, crew, children, outlets },
      {
        // Its threads print also before they are nodes, and before it is a crew.
        message: (news) => {
          if (news.type === 'printed' && news.node === undefined) body.output.take(news.stream, news.text)
          else events.message(news)
        },
        ended: (end, gone) => events.ended(end, gone),
      },
    )
    body.output.tag.node = `crew ${body.osProcess}`
    return body
  }

  #soleOf(nodes: readonly NodeId[]): { readonly node: NodeId; readonly serial: number } | undefined {
    const inhabited = nodes.flatMap((node) => {
      const record = this.#options.nodes.get(node)
      return record === undefined || (record.population.alive === 'none' && record.placedSince === 0) ? [] : [record]
    })
    const [only, ...others] = inhabited
    const serial = only?.placedSince === 0 ? only.population.sole?.serial : undefined
    return only === undefined || serial === undefined || others.length > 0 ? undefined : { node: only.id, serial }
  }

  #retireIfVacant(compartment: string | undefined, crew: Crew): void {
    if (this.#isClosing) return this.#retire(crew)
    setTimeout(() => {
      if (!crew.isVacant) return
      this.#forget(compartment, crew)
      this.#retire(crew)
    }, vacantMs).unref()
  }

  #forget(compartment: string | undefined, crew: Crew): void {
    if (this.#open.get(compartment) === crew) this.#open.delete(compartment)
  }

  #retire(crew: Crew): void {
    crew.leave()
    setTimeout(() => crew.kill(), this.#orders.killMs).unref()
  }
}

/** Only this module makes crews. */
const crewOf = ({ body }: NodeRecord): Crew | undefined => body.crew as Crew | undefined
