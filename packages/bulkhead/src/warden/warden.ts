import { Lessons, nearer, ROOT, serialOf, show, tooLittleMemory } from '@bulkhead/core'
import type { ActorModule, NodeId, PlacementDecision } from '@bulkhead/core'
import type { FromNode, FromRoot, ToNode, WardenOrders } from '../control.ts'
import { CrashLog, newsOfVerdict } from '../inspect/crash-log.ts'
import { InspectServer } from '../inspect/inspect-server.ts'
import type { SystemReport } from '../inspect/system-report.ts'
import { errorOf } from '../error-parts.ts'
import { debugLog } from '../nodejs/debug-log.ts'
import type { Outlets } from '../output/outlet.ts'
import { SharedNodes } from '../hosted/shared-nodes.ts'
import type { Reaper } from '../orphans/reaper.ts'
import { Bodies } from './bodies.ts'
import { introduce, listens, part } from './broker.ts'
import { ChildTable } from './child-table.ts'
import { cutOff, endOf } from './cut-off.ts'
import type { Crew } from './crew.ts'
import { Crews } from './crews.ts'
import { downOf, EndedNodes } from './ended-nodes.ts'
import { profileOf } from './launch-profile.ts'
import type { LaunchProfile } from './launch-profile.ts'
import { LoadMeter } from './load-meter.ts'
import type { BodyEnd } from './node-body.ts'
import { Lingering } from './lingering.ts'
import { countAwaited, fits, newRecord } from './node-record.ts'
import type { NodeRecord } from './node-record.ts'
import { choose, nodeOfCompartment, sharing } from './pool.ts'
import { RootAlarm } from './root-alarm.ts'
import { RootBody } from './root-body.ts'
import { Rounds, stuckEnd } from './rounds.ts'
import type { PreparedSandbox } from './sandboxes.ts'
import { Spares } from './spares.ts'
import { Surveyor } from './surveyor.ts'
import { verdictOf, withError } from './verdict.ts'

const log = debugLog('bulkhead:warden')

/** Milliseconds after which a node of its own is ended to which nobody came. */
const unusedMs = 30_000

/** Milliseconds for which the node of a compartment outlives its last actor. */
const vacantMs = 5_000

/** Milliseconds that a node which a peer cannot hear any more has to end by itself. */
const lostMs = 1_000

/** Milliseconds that the readers of the program's streams get at its end for what was printed. */
const flushMs = { inOrder: 2_000, overdue: 500 } as const

interface LaunchOptions {
  /** In which a thread is launched, if not in this OS process. */
  readonly crew?: Crew | undefined
  /** How a process is walled in, if it is. */
  readonly sandbox?: PreparedSandbox
  /** What its first actor is of. */
  readonly module?: ActorModule
}

/** Starts, watches and ends the nodes of one OS process and of its child processes; brings them together; tells every node about every end. */
export class Warden {
  readonly #orders: WardenOrders
  readonly #outlets: Outlets
  readonly #children: ChildTable
  readonly #sharedNodes: SharedNodes
  readonly #nodes = new Map<NodeId, NodeRecord>()
  readonly #ended = new EndedNodes()
  readonly #root: NodeRecord
  readonly #rootBody: RootBody
  readonly #spares: Spares
  readonly #crews: Crews
  readonly #bodies: Bodies
  readonly #surveyor: Surveyor
  readonly #crashes = new CrashLog()
  readonly #lessons = new Lessons({ now: () => performance.now(), date: () => new Date().toISOString() })
  readonly #inspectServer: InspectServer | undefined
  readonly #reaper: Reaper | undefined
  readonly #lingering = new Lingering((text) => this.#say(text))
  #lastId: NodeId = ROOT
  readonly #rounds: Rounds<NodeRecord>
  readonly #startedAt = performance.now()
  #isShuttingDown = false
  #onEmpty: (() => void) | undefined

  constructor(orders: WardenOrders, outlets: Outlets, reaper?: Reaper) {
    this.#orders = orders
    this.#reaper = reaper
    this.#outlets = outlets
    this.#children = new ChildTable(orders.children)
    this.#sharedNodes = new SharedNodes(orders.sharedNodes)
    this.#rootBody = new RootBody(orders.port, orders.vitals, orders.thread, outlets, (message) =>
      this.#takeFromRoot(message),
    )
    this.#rootBody.watch(orders.handlerMs)
    this.#root = newRecord(ROOT, this.#rootBody, undefined, 'root')
    this.#root.settleUp()
    this.#nodes.set(ROOT, this.#root)
    this.#bodies = new Bodies({
      orders,
      children: this.#children,
      outlets,
      isExempt: () => this.#rootBody.vitals.inspected,
      shield: () => this.#rootBody.postToRoot({ type: 'shield' }),
    })
    this.#spares = new Spares(
      (profile, events) => this.#bodies.start(profile, events),
      orders.spares,
      (body) => body.post({ type: 'rehearse' }),
    )
    this.#crews = new Crews(orders, {
      nodes: this.#nodes,
      children: this.#children,
      outlets,
      gone: () => this.#tellEmpty(),
    })
    this.#surveyor = new Surveyor(this.#nodes)
    this.#inspectServer =
      orders.inspectSocket === undefined ? undefined : new InspectServer(orders.inspectSocket, () => this.#report())
    const alarm = new RootAlarm(this.#rootBody, (text) => this.#say(text))
    const load = new LoadMeter()
    this.#rounds = new Rounds({
      watched: () => this.#nodes.values(),
      handlerMs: orders.handlerMs,
      judged: (record, judgement) => {
        if (record === this.#root) alarm.look(judgement)
        else if (judgement.state === 'stuck') this.#cutOff(record, stuckEnd(record.body, judgement))
      },
      done: () => load.measure(this.#nodes.values()),
    })
    if (orders.threads.within === 'root')
      this.#spares.keep(profileOf({ kind: 'thread', limits: {} } as PlacementDecision, orders.handlerMs))
  }

  // ---- what nodes say

  #takeFromRoot(message: FromRoot): void {
    if (message.type === 'survey') return void this.#answerSurvey(message.request, message.patienceMs)
    if (message.type === 'shut_down') return void this.#shutDown(message.withinMs)
    if (message.type === 'shielded') return this.#bodies.sandboxes.onShielded()
    if (message.type === 'hurt_node') return this.#hurt(message)
    this.#take(this.#root, message)
  }

  #take(record: NodeRecord, message: FromNode): void {
    switch (message.type) {
      case 'up':
        record.body.watch(record.profile?.handlerMs ?? Infinity)
        return record.settleUp()
      case 'connect':
        return this.#connect(record, message.peer)
      case 'listening':
        return listens(record, message.address)
      case 'unreachable':
        part(record, message.peer)
        return this.#connect(record, message.peer)
      case 'allocate':
        return void this.#answerAllocate(record, message)
      case 'kind_of':
        return void this.#answerKindOf(record, message)
      case 'learn':
        return this.#answerLearn(record, message)
      case 'lingers':
        return record.body.post({
          ...message,
          type: 'lingering',
          lingers: message.paths.some((path) => this.#lingering.isAwaited(path)),
        })
      case 'awaited':
        return countAwaited(record, message.path, message.lives)
      case 'end_node':
        return this.#endNode(record, message.node, message.why)
      case 'handler':
        return record.body.learnHandler(message.id, message.name)
      case 'population':
        return this.#populate(record, message.population)
      case 'log':
        return this.#rootBody.postToRoot({ type: 'record', record: message.record })
      case 'snapshot':
        return this.#surveyor.take(record.id, message.request, message.snapshot)
      case 'crashed':
        return this.#crashes.add(message.news)
      case 'hurt_begun':
      case 'hurt_done':
      case 'hurt_refused':
        return this.#rootBody.postToRoot(message)
      case 'failing':
      case 'started':
      case 'output':
      case 'pong':
      case 'fenced_by_peer':
        return
      case 'stopped':
        if (record !== this.#root) record.retiring = true
    }
  }

  #reach(id: NodeId, peer: NodeId): void {
    const record = this.#nodes.get(id)
    if (record !== undefined) this.#connect(record, peer)
  }

  #connect(record: NodeRecord, peerId: NodeId): void {
    const peer = this.#nodes.get(peerId)
    if (peer === undefined) return record.body.post(this.#ended.verdictOf(peerId))
    if (peer.verdict !== undefined) return record.body.post(downOf(peer, peer.verdict))
    if (record.peers.has(peerId)) return
    log('introduce %d to %d', record.id, peerId)
    introduce(record, peer)
  }

  // ---- placement

  #answerAllocate(from: NodeRecord, { request, decision: byHints, path, module }: Said<'allocate'>): Promise<void> {
    return this.#answerAbout(from, request, async () => {
      await this.#lingering.whenEnded(path)
      const sandbox = byHints.confinement && this.#bodies.sandboxes.prepare(byHints)
      if (sandbox?.reachesRoot === true) await this.#bodies.sandboxes.shielded()
      const placed = this.#lessons.apply(path, sandbox?.explained ?? byHints)
      const record = this.#allocate(from, placed, module, sandbox)
      // Who asked will ask for this next, when the node has said that it is up.
      if (sandbox === undefined && record !== from) this.#connect(from, record.id)
      const decision = this.#crews.explained(placed, record)
      record.placement = nearer(decision, record.placement)
      record.placedSince++
      record.placedAt = performance.now()
      const allocation = { node: record.id, decision: this.#spokenOf(path, decision) }
      return { record, answer: { type: 'allocated', request, allocation } }
    })
  }

  #answerKindOf(from: NodeRecord, { request, node }: Said<'kind_of'>): Promise<void> {
    return this.#answerAbout(from, request, () => {
      const record = this.#nodeOf(node)
      return { record, answer: { type: 'kind', request, kind: record.body.kind } }
    })
  }

  /** Answers once the node is up; refuses when there is none or it ends before. */
  async #answerAbout(from: NodeRecord, request: number, find: () => Found | Promise<Found>): Promise<void> {
    try {
      const { record, answer } = await find()
      await record.up
      if (record.verdict !== undefined) throw new Error(`node ${record.id} ended (${record.verdict.evidence.cause})`)
      from.body.post(answer)
    } catch (error) {
      from.body.post({ type: 'refused', request, why: `no node for it: ${(error as Error).message}` })
    }
  }

  #answerLearn(from: NodeRecord, { request, path, decision, evidence }: Said<'learn'>): void {
    from.body.post({ type: 'learnt', request, lesson: this.#lessons.learn(path, decision, evidence) })
  }

  /** The decision, and what has to be known about the place that its actor takes. */
  #spokenOf(path: string, decision: PlacementDecision): PlacementDecision {
    const why = this.#lingering.because(path)
    return why === undefined ? decision : { ...decision, because: [...decision.because, why] }
  }

  #allocate(from: NodeRecord, decision: PlacementDecision, module: ActorModule, sandbox?: PreparedSandbox): NodeRecord {
    if (this.#isShuttingDown) throw new Error('the system stops')
    if (decision.share === 'with') return this.#nodeOf(decision.node)
    const profile = profileOf(decision, this.#orders.handlerMs)
    const fitting = [...this.#nodes.values()].filter((each) => fits(each, decision))
    if (sandbox !== undefined) return this.#launch(profile, decision, { sandbox })
    const nodesMax = profile.kind === 'thread' ? this.#crews.countFor(decision) : this.#orders.processes
    if (decision.share === 'compartment') {
      const crew = this.#crews.crewFor(from, decision, fitting[0])
      return nodeOfCompartment(fitting, profile, nodesMax) ?? this.#launch(profile, decision, { crew, module })
    }
    const crew = this.#crews.crewFor(from, decision)
    const found = decision.share === 'pooled' ? choose(sharing(fitting, profile, crew), nodesMax) : undefined
    return found ?? this.#launch(profile, decision, { crew, module })
  }

  #nodeOf(id: NodeId | undefined): NodeRecord {
    const record = id === undefined ? undefined : this.#nodes.get(id)
    if (record === undefined || record.verdict !== undefined || record.ending !== undefined)
      throw new Error(`node ${id} has ended`)
    return record
  }

  #launch(profile: LaunchProfile, decision: PlacementDecision, { crew, sandbox, module }: LaunchOptions): NodeRecord {
    const { system, killMs, overrides, forwardsLog, inspectSocket, chaos } = this.#orders
    const isInspectable = inspectSocket !== undefined
    const id = ++this.#lastId
    const { body, events } =
      sandbox === undefined
        ? (crew?.launch(id, profile) ?? this.#spares.take(profile))
        : this.#bodies.startSandbox(sandbox, profile, (peer) => this.#reach(id, peer))
    const record = newRecord(id, body, profile, decision.share, decision.compartment)
    this.#nodes.set(id, record)
    if (body.osProcess === process.pid) this.#sharedNodes.add(id)
    record.lastActiveMs = body.activeMs() ?? 0 // what it did while it was a spare is no load
    events.message = (message) => this.#take(record, message)
    events.ended = (end, gone) => {
      if (gone) this.#finish(record, endOf(record, end), false)
      else this.#cutOff(record, end)
    }
    body.output.tag.node = `${profile.kind} ${id}`
    body.post({ type: 'become', birth: { system, id, killMs, overrides, forwardsLog, isInspectable, chaos }, module })
    log('%s %d (%s)', profile.kind, id, decision.share)
    if (crew === undefined && sandbox === undefined) this.#spares.keep(profile)
    this.#rounds.within(0)
    if (decision.share === 'dedicated') setTimeout(() => record.wasUsed || this.#retire(record), unusedMs).unref()
    return record
  }

  #populate(record: NodeRecord, population: FromNodePopulation): void {
    record.population = population
    record.placedSince = 0
    record.body.output.tag.sole = population.sole?.path
    if (population.alive !== 'none') record.wasUsed = true
    else if (record.share === 'dedicated' && record.wasUsed) this.#retire(record)
    else if (record.share === 'compartment') setTimeout(() => this.#retireIfVacant(record), vacantMs).unref()
  }

  #retireIfVacant(record: NodeRecord): void {
    if (record.population.alive === 'none' && performance.now() - record.placedAt >= vacantMs) this.#retire(record)
  }

  /** Ends a node that nobody needs any more. */
  #retire(record: NodeRecord): void {
    if (record.retiring || record.verdict !== undefined) return
    record.retiring = true
    record.body.post({ type: 'stop' })
    setTimeout(() => record.verdict ?? record.body.kill(), this.#orders.killMs).unref()
  }

  // ---- ends

  #endNode(from: NodeRecord, id: NodeId, why: Said<'end_node'>['why']): void {
    const record = this.#nodes.get(id)
    if (record === undefined || record.verdict !== undefined) return
    if (record === this.#root) {
      // Only its own program can end the root. Without it the other one is of no use to anybody.
      this.#say(`node ${from.id} cannot hear the root any more (${why.detail ?? why.cause}), so it is ended`)
      return this.#cutOff(from, { cause: why.cause })
    }
    const culprit = why.culprit === undefined ? {} : { culprit: serialOf(why.culprit) }
    const end = (): void => {
      const rule = why.detail === undefined ? {} : { rule: why.detail }
      this.#cutOff(record, { cause: why.cause, ...culprit, ...rule })
    }
    if (why.cause !== 'unknown') return end()
    // Most often it has ended, and what it ended with comes soon; that says more.
    record.isLost = true
    setTimeout(end, lostMs).unref()
  }

  #cutOff(record: NodeRecord, end: BodyEnd): void {
    cutOff(record, end, {
      mayLinger: () => void (isOurThread(record) && this.#children.countLingering(1)),
      fence: (why) => this.#finish(record, why, true),
    })
  }

  /** One end of one node: what comes first is the verdict. `fenced`: it has not really ended yet, and is cut off before it does. */
  #finish(record: NodeRecord, end: BodyEnd, fenced: boolean): void {
    if (record.verdict === undefined) {
      const verdict = verdictOf(
        this.#orders.system,
        record,
        record.retiring && !fenced && record.ending === undefined ? { cause: 'stopped' } : end,
        fenced,
      )
      record.verdict = verdict
      record.error = end.error
      if (record.placement !== undefined && verdict.culprit !== undefined)
        this.#lessons.learnOf(record.placement, verdict.evidence)
      const news = newsOfVerdict(
        record.error === undefined ? verdict : withError(verdict, record.error),
        record.population.sole?.path,
      )
      if (news !== undefined) this.#crashes.add(news)
      log('node %d ended: %o', record.id, verdict.evidence)
      record.settleUp(tooLittleMemory(verdict.evidence) ?? endedEarly(record, end))
      for (const other of this.#nodes.values()) {
        part(other, record.id)
        if (other !== record && other.verdict === undefined) other.body.post(downOf(record, verdict))
      }
      if (fenced)
        this.#lingering.fenced(
          record.id,
          `node ${record.id} (${record.body.kind})`,
          record.awaited.keys(),
          record.population.sole?.path,
        )
    } else if (!fenced && record.verdict.fenced === true && isOurThread(record)) this.#children.countLingering(-1)
    if (fenced) return
    this.#lingering.ended(record.id)
    this.#surveyor.forget(record.id)
    this.#nodes.delete(record.id)
    this.#ended.add(record)
    this.#tellEmpty()
  }

  #tellEmpty(): void {
    if (this.#isEmpty) this.#onEmpty?.()
  }

  get #isEmpty(): boolean {
    return this.#living().length === 0 && this.#crews.isEmpty
  }

  #living(): NodeRecord[] {
    return [...this.#nodes.values()].filter((record) => record.verdict === undefined && record !== this.#root)
  }

  // ---- the whole

  #hurt({ request, node, hurt }: Extract<FromRoot, { type: 'hurt_node' }>): void {
    const record = this.#nodes.get(node)
    const refuse = (why: string): void => this.#rootBody.postToRoot({ type: 'hurt_refused', request, why })
    if (record === undefined || record.verdict !== undefined) refuse(`node ${node} has ended`)
    else if (record.body.carry !== undefined) refuse('a sandbox runs nothing for others: hurt it from outside')
    else record.body.post({ type: 'hurt', request, hurt })
  }

  async #answerSurvey(request: number, patienceMs: number | undefined): Promise<void> {
    this.#rootBody.postToRoot({ type: 'surveyed', request, nodes: await this.#surveyor.survey(patienceMs) })
  }

  async #report(): Promise<SystemReport> {
    const { name, system } = this.#orders
    const nodes = await this.#surveyor.survey()
    return {
      name,
      system,
      pid: process.pid,
      upMs: Math.round(performance.now() - this.#startedAt),
      nodes,
      crashes: this.#crashes.entries(),
    }
  }

  async #shutDown(withinMs: number): Promise<void> {
    this.#isShuttingDown = true
    this.#spares.end()
    const living = this.#living()
    for (const record of living) this.#retire(record)
    this.#crews.close()
    if (!this.#isEmpty) {
      const all = new Promise<void>((resolve) => (this.#onEmpty = resolve))
      const timer = setTimeout(() => {
        this.#living().forEach((record) => record.body.kill())
        this.#crews.kill()
      }, withinMs)
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, withinMs + 500))])
      clearTimeout(timer)
    }
    this.#rounds.end()
    await this.#flush(withinMs === 0 ? flushMs.overdue : flushMs.inOrder)
    this.#inspectServer?.close()
    await this.#reaper?.end()
    this.#rootBody.postToRoot({ type: 'shut_down' })
  }

  async #flush(withinMs: number): Promise<void> {
    await Promise.all(Object.values(this.#outlets).map((outlet) => outlet.flush(withinMs)))
  }

  #say(text: string): void {
    this.#outlets.stderr.write(`[bulkhead] ${text}\n`)
  }
}

/** A node that is sought, and what is said about it. */
interface Found {
  readonly record: NodeRecord
  readonly answer: ToNode
}

type FromNodePopulation = NodeRecord['population']
type Said<T extends FromNode['type']> = Extract<FromNode, { type: T }>

/** A thread that holds the root's OS process while it runs a native call. */
const isOurThread = ({ body }: NodeRecord): boolean => body.kind === 'thread' && body.osProcess === process.pid

const endedEarly = (record: NodeRecord, end: BodyEnd): Error =>
  new Error(`node ${record.id} ended before it was there (${whyOf(end)})${lastLine(record)}`)

function whyOf({ error, cause }: BodyEnd): string {
  return error === undefined ? cause : show(errorOf(error))
}

/** The line that tells most of why a node ended: where Node.js names an error, it says more behind it. */
function lastLine({ body }: NodeRecord): string {
  const { lastLines } = body.output
  const line =
    lastLines.findLast((each) => /^\w*Error\b/.test(each)) ?? lastLines.findLast((each) => each.trim() !== '')
  return line === undefined ? '' : `; it said: ${line}`
}
