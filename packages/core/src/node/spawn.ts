import type { Args, Behaviour } from '../actor/behaviour.ts'
import { findBehaviour } from '../actor/behaviour-table.ts'
import { Cell } from '../actor/cell.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import type { MonitorRef } from '../actor/notices.ts'
import type { Pid } from '../actor/pid.ts'
import { makeLastingPid, nodeOf } from '../actor/pid.ts'
import type { Begun, Program } from '../actor/program.ts'
import type { StartOptions } from '../actor/self.ts'
import { NameError, NotLoadable } from '../errors.ts'
import { NotSendable } from '../messaging/codec.ts'
import type { Beside, Decoder, Encoded } from '../messaging/codec.ts'
import type { SpawnRequest, StartedOutcome } from '../messaging/signal.ts'
import { ownReason, sendableReason } from './reasons.ts'
import type { Allocation } from './host.ts'
import type { Kernel } from './kernel.ts'
import type { PlacementDecision } from './placement.ts'
import { addLink, forgetLink, linkRequested } from './links.ts'
import { sendExit } from './monitors.ts'
import { tooLittleMemory } from './too-little-memory.ts'
import type { Timer } from './timers.ts'

/** How a start went, to whoever asked for it. */
export type SpawnResult =
  | {
      readonly kind: 'started'
      readonly pid: Pid
      readonly monitor: MonitorRef | undefined
      readonly placement: PlacementDecision
    }
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'failed'
      readonly reason: ExitReason
      readonly evidence?: Evidence
      readonly lost?: { readonly pid: Pid; readonly placement: PlacementDecision }
    }

/** A start whose outcome is not known yet, on the spawner's node. */
export interface PendingSpawn {
  readonly cell: Cell
  node: number | undefined
  pid: Pid | undefined
  request: SpawnRequest
  /** What a closure runs: it is found nowhere else. */
  readonly closure: Program | undefined
  /** Undefined once the spawner gave up or ended. */
  settle: ((result: SpawnResult) => void) | undefined
  /** Whether a child may live whose pid becomes known when nobody waits for it any more; otherwise it is killed. */
  spares: boolean
  timer: Timer | undefined
}

/**
 * Starts an actor on the node that `findSeat` gives, by the decision that comes with it. Atomic: link and monitor travel in the request, and it
 * has one outcome.
 */
export function spawn(
  cell: Cell,
  request: SpawnRequest,
  args: Args,
  timeoutMs: number,
  findSeat: (placement: PlacementDecision) => Allocation | Promise<Allocation>,
  closure?: Program,
): Promise<SpawnResult> {
  const { kernel } = cell
  // Encoded at once: what the caller does to its arguments afterwards is its own business.
  const encoded = kernel.encoder.encode(args, { shares: shares(kernel, request.placement), root: 'args' })
  const ref = request.monitor > 0 ? request.monitor : kernel.nextRef()
  return new Promise((settle) => {
    const pending: PendingSpawn = {
      cell,
      node: undefined,
      pid: undefined,
      request,
      closure,
      settle,
      spares: false,
      timer: undefined,
    }
    kernel.spawns.set(ref, pending)
    cell.spawnCount++
    if (timeoutMs !== Infinity) pending.timer = kernel.timers.set(timeoutMs, () => giveUp(kernel, ref, pending))
    const place = (seat: Allocation): void => sendSpawn(kernel, ref, pending, seat, encoded)
    const seat = findSeat(heldBy(encoded, request.placement))
    if ('node' in seat) place(seat)
    else seat.then(place, (error: unknown) => finishSpawn(kernel, ref, { kind: 'failed', reason: error }))
  })
}

function forgetSpawn(kernel: Kernel, ref: number, { cell }: PendingSpawn): void {
  if (kernel.spawns.delete(ref)) cell.spawnCount--
}

/** What is handed to an actor can keep it from moving, just as its hints can. */
function heldBy({ beside = [] }: Encoded, placement: PlacementDecision): PlacementDecision {
  if (beside.length === 0) return placement
  const why = 'its arguments hold a SharedArrayBuffer'
  return {
    ...placement,
    ...(placement.kind === 'thread' && placement.share !== 'with' && { within: 'starter' }),
    ...(placement.furthest.wall === 'process' && { furthest: { wall: 'thread', because: why } }),
  }
}

/** Whether this node can share memory with the one that a decision is about, as far as it is known. */
function shares(kernel: Kernel, { kind, share, node = kernel.id }: PlacementDecision): boolean {
  if (share === 'with' && node === kernel.id) return true
  return kind !== 'process' && kernel.host.hasThreads !== false
}

function sendSpawn(
  kernel: Kernel,
  ref: number,
  pending: PendingSpawn,
  { node, decision }: Allocation,
  encoded: Encoded,
): void {
  if (!kernel.spawns.has(ref)) return
  if (pending.settle === undefined || pending.cell.dead) {
    forgetSpawn(kernel, ref, pending)
    return
  }
  pending.node = node
  if (decision !== pending.request.placement) pending.request = { ...pending.request, placement: decision }
  if (encoded.beside !== undefined && !(kernel.host.shares?.(node) ?? shares(kernel, decision))) {
    const reason = new NotSendable(
      'args',
      `hold a SharedArrayBuffer, which cannot leave its OS process, and node ${node} is in another one`,
    )
    finishSpawn(kernel, ref, { kind: 'failed', reason })
    return
  }
  const from = pending.cell.pid
  if (node === kernel.id) {
    void hostSpawn(kernel, from, ref, pending.request, encoded.bytes, encoded.beside, kernel.decoder, pending.closure)
  } else if (kernel.ended.has(node)) {
    finishSpawn(kernel, ref, { kind: 'failed', reason: 'noconnection' })
  } else {
    kernel.remote(node).sendSpawn(from, ref, pending.request, encoded)
  }
}

/** The half-started actor is killed, and the start is over when it is gone: then its name is free. */
function giveUp(kernel: Kernel, ref: number, pending: PendingSpawn): void {
  const { cell, settle, pid, node } = pending
  pending.settle = undefined
  pending.timer = undefined
  if (node === undefined || pid !== undefined) forgetSpawn(kernel, ref, pending)
  const over = (): void => settle?.({ kind: 'failed', reason: 'timeout' })
  if (pid === undefined) {
    over()
    return
  }
  undo(kernel, pending, pid)
  const end = kernel.nextRef()
  ;(cell.monitors ??= new Map()).set(end, { target: pid, shown: pid, instead: over })
  kernel.signal({ kind: 'monitor', to: pid, from: cell.pid, ref: end })
  sendExit(cell, pid, 'kill')
}

/** The link and monitor of a start that failed: nothing of it may be heard afterwards. */
function undo(kernel: Kernel, { cell, request }: PendingSpawn, pid: Pid): void {
  if (request.link) forgetLink(cell, pid)
  if (request.monitor > 0 && cell.monitors?.delete(request.monitor) === true) {
    kernel.signal({ kind: 'demonitor', to: pid, from: cell.pid, ref: request.monitor })
  }
}

/** The hosting node has made the actor. Its init still runs. */
export function spawnReplied(kernel: Kernel, ref: number, pid: Pid): void {
  const pending = kernel.spawns.get(ref)
  if (pending === undefined) return
  pending.pid = pid
  const { cell, request } = pending
  if (pending.settle === undefined) {
    forgetSpawn(kernel, ref, pending)
    if (!pending.spares)
      kernel.signal({ kind: 'exit', to: pid, from: cell.pid, ended: { reason: 'kill', nameVersion: 0 } })
    else if (request.monitor > 0) kernel.signal({ kind: 'demonitor', to: pid, from: cell.pid, ref: request.monitor })
    return
  }
  // A starter that knew the pid from others may have unlinked it since it asked.
  if (request.link) linkRequested(cell, pid)
  if (request.monitor > 0) (cell.monitors ??= new Map()).set(request.monitor, { target: pid, shown: pid })
}

/** The start is over. */
export function startFinished(kernel: Kernel, ref: number, pid: Pid, outcome: StartedOutcome): void {
  const pending = kernel.spawns.get(ref)
  if (pending === undefined) return
  if (outcome.kind === 'started') {
    const { monitor, placement } = pending.request
    finishSpawn(kernel, ref, { kind: 'started', pid, monitor: monitor || undefined, placement })
    return
  }
  // A start that failed before there was an actor comes from its node, which is nobody's link.
  if (pending.pid !== undefined) undo(kernel, pending, pending.pid)
  kernel.names.heardOfEnd(pid, outcome.ended)
  if (outcome.kind === 'ignored') {
    finishSpawn(kernel, ref, { kind: 'ignored' })
    return
  }
  const { reason, evidence } = outcome.ended
  finishSpawn(kernel, ref, { kind: 'failed', reason, ...(evidence && { evidence }) })
}

function finishSpawn(kernel: Kernel, ref: number, result: SpawnResult): void {
  const pending = kernel.spawns.get(ref)
  if (pending === undefined) return
  forgetSpawn(kernel, ref, pending)
  if (pending.timer !== undefined) kernel.timers.cancel(pending.timer)
  if (pending.cell.dead) return
  if (result.kind !== 'failed') pending.settle?.(result)
  else {
    const { pid, request } = pending
    const evidence = ownReason(pending.cell, result.evidence) as Evidence | undefined
    pending.settle?.({
      kind: 'failed',
      reason: ownReason(pending.cell, result.reason),
      ...(evidence && { evidence }),
      ...(evidence && pid !== undefined && { lost: { pid, placement: request.placement } }),
    })
  }
}

/**
 * A spawner has ended while starts of it were under way: a linked child shares its fate, any other lives on. What its pid is needed for waits
 * until that is known; a link or monitor of a known pid is an ordinary one by now, and is told as one.
 */
export function spawnerExited(kernel: Kernel, cell: Cell): void {
  if (cell.spawnCount === 0) return
  for (const [ref, pending] of kernel.spawns.where((start) => start.cell === cell && start.settle !== undefined)) {
    const { request, timer, pid } = pending
    if (timer !== undefined) kernel.timers.cancel(timer)
    pending.settle = undefined
    pending.spares = !request.link
    if (pid !== undefined || (!request.link && request.monitor === 0)) forgetSpawn(kernel, ref, pending)
  }
}

/** A node went down under starts that were on their way to it: they fail when what is returned is called. */
export function undoSpawnsOn(
  kernel: Kernel,
  node: number,
  reasonOf: (pid: Pid) => ExitReason,
  evidence: Evidence,
): () => void {
  const lost = kernel.spawns.where((pending) => pending.node === node)
  for (const [, pending] of lost) if (pending.pid !== undefined) undo(kernel, pending, pending.pid)
  return () => {
    for (const [ref, { pid }] of lost) {
      const reason = pid === undefined ? (tooLittleMemory(evidence) ?? 'noconnection') : reasonOf(pid)
      finishSpawn(kernel, ref, { kind: 'failed', reason, evidence })
    }
  }
}

/** What the hosting node needs to know. */
export function makeRequest(
  { kernel, type }: Cell,
  behaviour: Behaviour,
  path: string,
  placement: PlacementDecision,
  options: StartOptions & { readonly link?: boolean; readonly monitor?: boolean },
): SpawnRequest {
  return {
    url: behaviour.url,
    key: behaviour.key,
    behaviour: behaviour.name,
    path,
    name: options.name,
    link: options.link === true,
    supervised: options.link === true && type === 'supervisor',
    monitor: options.monitor === true ? kernel.nextRef() : 0,
    restarts: options.restarts ?? 0,
    mailbox: options.mailbox ?? placement.limits.mailbox,
    placement,
  }
}

/** On the hosting node: finds the behaviour, makes the actor, answers, registers its name, runs its init. */
export async function hostSpawn(
  kernel: Kernel,
  from: Pid,
  ref: number,
  request: SpawnRequest,
  args: Uint8Array,
  beside: Beside | undefined,
  decoder: Decoder,
  closure?: Program,
): Promise<void> {
  let program: Program
  try {
    program = closure ?? findBehaviour(request.key)?.program ?? (await loadProgram(kernel, request))
  } catch (error) {
    refuseStart(kernel, from, ref, error)
    return
  }
  if (kernel.stopped || kernel.ended.has(nodeOf(from))) return
  const cell = makeCell(kernel, program, request, findBehaviour(request.key)?.type ?? 'worker', from)
  kernel.signal({ kind: 'spawn_reply', to: from, from: cell.pid, ref })
  await runInit(kernel, cell, from, ref, request, () => kernel.decodeFor(cell, decoder, args, beside) as Args)
}

async function loadProgram(kernel: Kernel, { url, key, behaviour }: SpawnRequest): Promise<Program> {
  await kernel.options.load(url, key)
  const found = findBehaviour(key)
  if (found?.program === undefined) {
    throw new NotLoadable(
      `${url} was loaded but does not define ${behaviour}: define it at the top level of that module, under that name`,
    )
  }
  return found.program
}

/** A start that failed before there was an actor. */
function refuseStart(kernel: Kernel, to: Pid, ref: number, error: unknown): void {
  const ended = { reason: sendableReason(kernel, error), nameVersion: 0 }
  kernel.signal({ kind: 'started', to, from: kernel.pidOf(0), ref, outcome: { kind: 'failed', ended } })
}

/** Makes the actor, linked and monitored from its first moment. */
export function makeCell(
  kernel: Kernel,
  program: Program,
  request: SpawnRequest,
  type: 'worker' | 'supervisor',
  from: Pid | undefined,
): Cell {
  const serial = kernel.nextSerial()
  const cell = new Cell(kernel, serial, makeLastingPid(kernel.prefix, serial), program, {
    behaviour: request.behaviour,
    type,
    parent: from,
    path: request.path,
    restarts: request.restarts,
    supervised: request.supervised,
    placement: request.placement,
    limits: request.mailbox,
  })
  kernel.cells.set(serial, cell)
  kernel.countCells()
  if (from !== undefined && request.link) addLink(cell, from)
  if (from !== undefined && request.monitor > 0) cell.watchers = new Map([[from, new Set([request.monitor])]])
  kernel.platform.telemetry?.spawned?.({
    pid: cell.pid,
    behaviour: cell.behaviour,
    path: cell.path,
    placement: cell.placement,
  })
  return cell
}

async function runInit(
  kernel: Kernel,
  cell: Cell,
  from: Pid,
  ref: number,
  request: SpawnRequest,
  openArgs: () => Args,
): Promise<void> {
  const finish = (outcome: StartedOutcome): void =>
    kernel.signal({ kind: 'started', to: from, from: cell.pid, ref, outcome })
  cell.onFailedStart = (ended) => finish({ kind: 'failed', ended })
  if (request.name !== undefined) {
    try {
      await kernel.names.register(request.name, cell.pid, cell)
    } catch (error) {
      const holder = error instanceof NameError ? error.holder : undefined
      kernel.exit(cell, holder === undefined ? error : { already_started: holder })
      return
    }
    if (cell.dead) return
  }
  if (!cell.program.acknowledges) {
    started(kernel, cell, from, finish)
    try {
      void begin(kernel, cell, openArgs)
    } catch (error) {
      kernel.exit(cell, error)
    }
    return
  }
  // A function says when it has started; a server has when its init is over.
  if (!cell.program.handles) cell.acknowledge = () => started(kernel, cell, from, finish)
  let begun: Begun
  try {
    const result = begin(kernel, cell, openArgs)
    begun = typeof result === 'object' && 'then' in result ? await result : result
  } catch (error) {
    kernel.exit(cell, error)
    return
  }
  if (cell.dead || begun === 'unacknowledged') return
  if (begun === 'ready') started(kernel, cell, from, finish)
  else if (begun === 'ignore') {
    cell.onFailedStart = (ended) => finish({ kind: 'ignored', ended })
    kernel.exit(cell, 'normal')
  } else if ('refused' in begun) {
    kernel.options.explain?.(begun.refused)
    const reason = sendableReason(kernel, begun.refused)
    cell.onFailedStart = (ended) => finish({ kind: 'failed', ended: { ...ended, reason } })
    kernel.exit(cell, 'normal')
  } else kernel.exit(cell, begun.exit)
}

function begin(kernel: Kernel, cell: Cell, openArgs: () => Args): Begun | Promise<Begun> {
  const args = openArgs()
  return kernel.runWithin(cell, `${cell.behaviour}.init`, () => cell.program.begin(cell, args))
}

/** From now on whatever happens to it is its end. The starter hears so first, though what the actor does next may end its node within this turn. */
function started(kernel: Kernel, cell: Cell, from: Pid, finish: (outcome: StartedOutcome) => void): void {
  if (cell.dead) return
  cell.onFailedStart = undefined
  cell.status = 'alive'
  finish({ kind: 'started' })
  if (!kernel.isLocal(from)) kernel.remoteOf(from)?.flush()
  kernel.queue.add(cell)
}
