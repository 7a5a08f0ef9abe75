import { Lessons, nearer, ROOT, serialOf, show } from '@bulkhead/core'
import type { NodeId, PlacementDecision, Verdict } from '@bulkhead/core'
import type { FromNode, FromRoot, ToNode, WardenOrders } from '../control.ts'
import { CrashLog, newsOfVerdict } from '../inspect/crash-log.ts'
import { InspectServer } from '../inspect/inspect-server.ts'
import type { SystemReport } from '../inspect/system-report.ts'
import { errorOf } from '../error-parts.ts'
import { debugLog } from '../nodejs/debug-log.ts'
import type { Outlets } from '../output/outlet.ts'
import { SharedNodes } from '../hosted/shared-nodes.ts'
import { introduce, listens, part } from './broker.ts'
import { ChildTable } from './child-table.ts'
import { profileOf } from './launch-profile.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEnd, BodyEvents, NodeBody } from './node-body.ts'
import { fits, newRecord } from './node-record.ts'
import type { NodeRecord } from './node-record.ts'
import { choose, nodeOfCompartment, sharing } from './pool.ts'
import { ProcessBody } from './process-body.ts'
import { RootBody } from './root-body.ts'
import { Rounds } from './rounds.ts'
import { Spares } from './spares.ts'
import { Surveyor } from './surveyor.ts'
import { ThreadBody } from './thread-body.ts'
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

/** Ends that are remembered. */
const verdictsKept = 1_000

/** Starts, watches and ends the nodes of one OS process and of its child processes; brings them together; tells every node about every end. */
export class Warden {
  readonly #orders: WardenOrders
  readonly #outlets: Outlets
  readonly #children: ChildTable
  readonly #sharedNodes: SharedNodes
  readonly #nodes = new Map<NodeId, NodeRecord>()
  readonly #ended = new Map<NodeId, ToNode>()
  readonly #root: NodeRecord
  readonly #rootBody: RootBody
  readonly #spares: Spares
  readonly #surveyor: Surveyor
  readonly #crashes = new CrashLog()
  readonly #lessons = new Lessons({ now: () => performance.now(), date: () => new Date().toISOString() })
  readonly #inspectServer: InspectServer | undefined
  #lastId: NodeId = ROOT
  readonly #rounds: Rounds
  readonly #startedAt = performance.now()
  #isShuttingDown = false
  #onEmpty: (() => void) | undefined

  constructor(orders: WardenOrders, outlets: Outlets) {
    this.#orders = orders
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
    this.#spares = new Spares((profile, events) => this.#newBody(profile, events), orders.spares)
    this.#surveyor = new Surveyor(this.#nodes)
    this.#inspectServer =
      orders.inspectSocket === undefined ? undefined : new InspectServer(orders.inspectSocket, () => this.#report())
    this.#rounds = new Rounds({
      nodes: this.#nodes,
      root: this.#root,
      handlerMs: orders.handlerMs,
      stuck: (record, end) => this.#finish(record, end, true),
      say: (text) => this.#say(text),
    })
    this.#spares.keep(profileOf({ kind: 'thread', limits: {} } as PlacementDecision, orders.handlerMs))
  }

  // ---- what nodes say

  #takeFromRoot(message: FromRoot): void {
    if (message.type === 'survey') return void this.#answerSurvey(message.request, message.patienceMs)
    if (message.type === 'shut_down') return void this.#shutDown(message.withinMs)
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

  #connect(record: NodeRecord, peerId: NodeId): void {
    const peer = this.#nodes.get(peerId)
    if (peer === undefined) return record.body.post(this.#ended.get(peerId) ?? neverWas(peerId))
    if (peer.verdict !== undefined) return record.body.post(downOf(peer, peer.verdict))
    if (record.peers.has(peerId)) return
    log('introduce %d to %d', record.id, peerId)
    introduce(record, peer)
  }

  // ---- placement

  #answerAllocate(from: NodeRecord, { request, decision: byHints, path }: Said<'allocate'>): Promise<void> {
    return this.#answerAbout(from, request, () => {
      const decision = this.#lessons.apply(path, byHints)
      const record = this.#allocate(decision)
      record.placement = nearer(decision, record.placement)
      record.placedSince++
      record.placedAt = performance.now()
      return { record, answer: { type: 'allocated', request, allocation: { node: record.id, decision } } }
    })
  }

  #answerKindOf(from: NodeRecord, { request, node }: Said<'kind_of'>): Promise<void> {
    return this.#answerAbout(from, request, () => {
      const record = this.#nodeOf(node)
      return { record, answer: { type: 'kind', request, kind: record.body.kind } }
    })
  }

  /** Answers once the node is up; refuses when there is none or it ends before. */
  async #answerAbout(
    from: NodeRecord,
    request: number,
    find: () => { readonly record: NodeRecord; readonly answer: ToNode },
  ): Promise<void> {
    try {
      const { record, answer } = find()
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

  #allocate(decision: PlacementDecision): NodeRecord {
    if (this.#isShuttingDown) throw new Error('the system stops')
    if (decision.share === 'with') return this.#nodeOf(decision.node)
    const profile = profileOf(decision, this.#orders.handlerMs)
    const fitting = [...this.#nodes.values()].filter((each) => fits(each, decision))
    const { threads, processes } = this.#orders
    const found =
      decision.share === 'compartment'
        ? nodeOfCompartment(fitting, profile)
        : decision.share === 'pooled'
          ? choose(sharing(fitting, profile), profile.kind === 'thread' ? threads : processes)
          : undefined
    return found ?? this.#launch(profile, decision)
  }

  #nodeOf(id: NodeId | undefined): NodeRecord {
    const record = id === undefined ? undefined : this.#nodes.get(id)
    if (record === undefined || record.verdict !== undefined) throw new Error(`node ${id} has ended`)
    return record
  }

  #launch(profile: LaunchProfile, decision: PlacementDecision): NodeRecord {
    const { system, killMs, overrides, forwardsLog, inspectSocket, chaos } = this.#orders
    const isInspectable = inspectSocket !== undefined
    const id = ++this.#lastId
    const { body, events } = this.#spares.take(profile)
    const record = newRecord(id, body, profile, decision.share, decision.compartment)
    this.#nodes.set(id, record)
    if (body.osProcess === process.pid) this.#sharedNodes.add(id)
    events.message = (message) => this.#take(record, message)
    events.ended = (end, gone) => this.#finish(record, end, !gone)
    body.output.tag.node = `${profile.kind} ${id}`
    body.post({ type: 'become', birth: { system, id, killMs, overrides, forwardsLog, isInspectable, chaos } })
    log('%s %d (%s)', profile.kind, id, decision.share)
    this.#spares.keep(profile)
    this.#rounds.within(0)
    if (decision.share === 'dedicated') setTimeout(() => record.wasUsed || this.#retire(record), unusedMs).unref()
    return record
  }

  #newBody(profile: LaunchProfile, events: BodyEvents): NodeBody {
    const { entry, options } = this.#orders
    const outlets = this.#outlets
    return profile.kind === 'thread'
      ? new ThreadBody(
          {
            entry,
            profile,
            execArgv: options.thread,
            sharedNodes: this.#orders.sharedNodes,
            outlets,
            isExempt: () => this.#rootBody.vitals.inspected,
          },
          events,
        )
      : new ProcessBody({ entry, profile, execArgv: options.process, children: this.#children, outlets }, events)
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
      return this.#finish(from, { cause: why.cause }, true)
    }
    const culprit = why.culprit === undefined ? {} : { culprit: serialOf(why.culprit) }
    const end = (): void => {
      if (record.verdict === undefined) this.#finish(record, { cause: why.cause, ...culprit }, true)
    }
    if (why.cause !== 'unknown') return end()
    // Most often it has ended, and what it ended with comes soon; that says more.
    record.isLost = true
    setTimeout(end, lostMs).unref()
  }

  /** One end of one node: what comes first is the verdict. `fenced`: it has not really ended yet, and is cut off before it does. */
  #finish(record: NodeRecord, end: BodyEnd, fenced: boolean): void {
    if (record.verdict === undefined) {
      const verdict = verdictOf(
        this.#orders.system,
        record,
        record.retiring && !fenced ? { cause: 'stopped' } : end,
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
      record.settleUp(new Error(`node ${record.id} ended before it was there (${whyOf(end)})${lastLine(record)}`))
      for (const other of this.#nodes.values()) {
        part(other, record.id)
        if (other !== record && other.verdict === undefined) other.body.post(downOf(record, verdict))
      }
      if (fenced) record.body.kill()
      if (fenced && record.body.kind === 'thread') this.#children.countLingering(1)
    } else if (!fenced && record.verdict.fenced === true && record.body.kind === 'thread')
      this.#children.countLingering(-1)
    if (fenced) return
    this.#surveyor.forget(record.id)
    this.#bury(record)
    if (this.#living().length === 0) this.#onEmpty?.()
  }

  /** Of a node that is gone only the verdict is kept, for those who ask for it late. */
  #bury(record: NodeRecord): void {
    this.#nodes.delete(record.id)
    if (record.verdict !== undefined) this.#ended.set(record.id, downOf(record, record.verdict))
    const [oldest] = this.#ended.keys()
    if (this.#ended.size > verdictsKept && oldest !== undefined) this.#ended.delete(oldest)
  }

  #living(): NodeRecord[] {
    return [...this.#nodes.values()].filter((record) => record.verdict === undefined && record !== this.#root)
  }

  // ---- the whole

  #hurt({ request, node, hurt }: Extract<FromRoot, { type: 'hurt_node' }>): void {
    const record = this.#nodes.get(node)
    if (record === undefined || record.verdict !== undefined)
      this.#rootBody.postToRoot({ type: 'hurt_refused', request, why: `node ${node} has ended` })
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
    if (living.length > 0) {
      const all = new Promise<void>((resolve) => (this.#onEmpty = resolve))
      const timer = setTimeout(() => this.#living().forEach((record) => record.body.kill()), withinMs)
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, withinMs + 500))])
      clearTimeout(timer)
    }
    this.#rounds.end()
    await this.#flush(withinMs === 0 ? flushMs.overdue : flushMs.inOrder)
    this.#inspectServer?.close()
    this.#rootBody.postToRoot({ type: 'shut_down' })
  }

  async #flush(withinMs: number): Promise<void> {
    await Promise.all(Object.values(this.#outlets).map((outlet) => outlet.flush(withinMs)))
  }

  #say(text: string): void {
    this.#outlets.stderr.write(`[bulkhead] ${text}\n`)
  }
}

type FromNodePopulation = NodeRecord['population']
type Said<T extends FromNode['type']> = Extract<FromNode, { type: T }>

function downOf({ id, error }: NodeRecord, verdict: Verdict): ToNode {
  return { type: 'down', peer: id, verdict, ...(error !== undefined && { error }) }
}

function neverWas(node: NodeId): ToNode {
  return { type: 'down', peer: node, verdict: { evidence: { node, domain: `unknown ${node}`, cause: 'unknown' } } }
}

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
