import { isPid, nodeOf, systemOf } from '../actor/pid.ts'
import { InvalidOption, PlacementError } from '../errors.ts'
import { checkIsolation } from './isolation.ts'
import type { Isolation, IsolationHints, IsolationLimits } from './isolation.ts'
import type { PlacementDecision } from './placement.ts'
import { confinementOf, untrustedLimits } from './sandbox-hints.ts'

type Kind = PlacementDecision['kind']
type Share = PlacementDecision['share']
/** A decision before it is said how far crashes may move the actor. */
type Decided = Omit<PlacementDecision, 'furthest'>

/** What is true of the one who starts the actor. */
export interface PlacementContext {
  /** The kinds of node that the system has. */
  readonly kinds: readonly Kind[]
  /** Who decided: the code, or an operator's file. Part of the reasons. */
  readonly by?: string
  /** Whether the starter's OS process has threads, with which memory can be shared. Default true. */
  readonly hasThreads?: boolean
  /** Whether the system can put a process into a sandbox. Default false. */
  readonly sandboxes?: boolean
  /** Whether crashes may move the actor. Default true. */
  readonly adapt?: boolean
  /** The system that places the actor; undefined: it is not compared with anything. */
  readonly system?: string
  /** The kind of node on which the actor of `coordination` lives. Default: it is not known yet. */
  readonly neighbour?: Kind
  /** Whether the starter shares memory with that node. Default: with any but a process. */
  readonly neighbourShares?: boolean
}

const WHY_LESS: Record<Kind, string> = {
  inline: 'a stuck or crashing actor would take its starter along',
  thread: 'threads share one fate with their OS process: memory, native code and process-wide limits',
  process: 'a process is dear to start and to talk to, and nothing asked for its wall',
}

/**
 * Where an actor goes: hints in, an explained decision out. Pure. Walls beat speed: untrusted, then native, contained and memory limits, then
 * shared memory, heavy CPU, coordination, compartment, default. Throws `PlacementError` for hints that contradict each other or that this
 * system cannot meet, naming them, and `InvalidOption` for values that are none.
 */
export function place(isolation: Isolation | undefined, context: PlacementContext): PlacementDecision {
  checkIsolation(isolation)
  const decision = typeof isolation === 'object' ? byHints(isolation, context) : byWord(isolation, context)
  if (decision.share !== 'with' && !context.kinds.includes(decision.kind)) {
    throw new PlacementError(
      `${decision.because[0] ?? 'the default'} needs a ${decision.kind}, but this system has only: ${context.kinds.join(', ')}`,
    )
  }
  return { ...decision, furthest: furthestOf(typeof isolation === 'object' ? isolation : {}, decision, context) }
}

/** What was said about the actor outweighs what its crashes teach. */
function furthestOf(
  { memory, coordination }: IsolationHints,
  { kind }: Decided,
  { kinds, by, adapt = true }: PlacementContext,
): PlacementDecision['furthest'] {
  if (coordination !== undefined)
    return { wall: 'shared', because: `coordination: it shares the node of ${coordination.with.pid}` }
  if (kind === 'inline') return { wall: 'shared', because: 'it lives in the event loop of its starter' }
  if (by !== undefined) return { wall: 'shared', because: `${by} says where it lives` }
  if (!adapt) return { wall: 'shared', because: 'adapt: false' }
  if (memory === 'shared')
    return { wall: 'thread', because: "memory: 'shared' needs a thread of its starter's OS process" }
  if (!kinds.includes('process')) return { wall: 'thread', because: 'this system has no processes' }
  return { wall: 'process', because: 'nothing is further out than a process of its own' }
}

function byWord(word: Exclude<Isolation, IsolationHints> | undefined, { kinds, by }: PlacementContext): Decided {
  if (word === undefined) {
    const kind = kinds.includes('thread') ? 'thread' : 'inline'
    const why =
      kind === 'thread'
        ? 'no hint: the least loaded thread of the pool'
        : 'no hint, and this system has no threads: in place'
    return decide(kind, kind === 'thread' ? 'pooled' : 'with', {}, false, [why])
  }
  return decide(word, word === 'inline' ? 'with' : 'pooled', {}, false, [
    `isolation: '${word}'${by === undefined ? '' : ` (${by})`}`,
  ])
}

interface Wish {
  readonly kind: Kind
  readonly share: Share
  readonly because: string
}

function byHints(hints: IsolationHints, context: PlacementContext): Decided {
  const { kinds, by, hasThreads = true, sandboxes = false } = context
  if (hints.trust === 'untrusted' && !sandboxes)
    throw new PlacementError(
      "trust: 'untrusted' needs a sandbox, and this system has no sandbox: run only code that you trust here",
    )
  if (hints.sandbox !== undefined && hints.trust !== 'untrusted')
    throw new PlacementError(
      "sandbox without trust: 'untrusted': only an untrusted actor gets a sandbox; add the one or drop the other",
    )
  const wishes = wishesOf(hints)
  if (wishes.length === 0 && !kinds.includes('thread')) return inPlace(hints, by)
  const first = wishes[0] ?? {
    kind: 'thread',
    share: 'pooled',
    because: 'no hint that matters: the least loaded thread of the pool',
  }
  contradict(hints, wishes)
  if (hints.memory === 'shared' && !hasThreads) {
    throw new PlacementError(
      "memory: 'shared' needs a thread of its starter's OS process, but that is a process without threads: start it from the root or from a thread",
    )
  }
  const reasons = wishes.length === 0 ? [first.because] : wishes.map((wish) => wish.because)
  const because = by === undefined ? reasons : [`decided by ${by}`, ...reasons]
  if (hints.coordination !== undefined) return beside(hints, hints.coordination.with.pid, context, because)
  const shared = wishes.find(({ share }) => share !== 'pooled')
  return {
    ...decide(first.kind, shared?.share ?? first.share, limitsOf(hints), hints.trust === 'untrusted', because),
    ...(shared?.share === 'compartment' && { compartment: hints.compartment as string }),
    ...waiting(hints),
    ...(hints.memory === 'shared' && { within: 'starter' as const }),
    ...(hints.trust === 'untrusted' && { confinement: confinementOf(hints.sandbox ?? {}) }),
  }
}

/** On the node of another actor, whatever that is. */
function beside(
  hints: IsolationHints,
  pid: string | undefined,
  { system, neighbour = 'thread', neighbourShares = neighbour !== 'process' }: PlacementContext,
  because: readonly string[],
): Decided {
  if (!isPid(pid)) {
    throw new InvalidOption(
      'isolation.coordination',
      hints.coordination,
      'give { with: a reference to a running actor }: nobody holds that name now',
    )
  }
  if (system !== undefined && systemOf(pid) !== system)
    throw new PlacementError(`coordination: ${pid} belongs to another system: name an actor of this one`)
  if (hints.memory === 'shared' && !neighbourShares)
    clash(
      "memory: 'shared'",
      'coordination',
      `${pid} lives in another OS process, and nothing is shared across its wall`,
    )
  if (hints.afterFence !== undefined && neighbour === 'inline')
    clash(`afterFence: '${hints.afterFence}'`, 'coordination', `${pid} lives on the root, which is never fenced`)
  const decision = {
    ...decide(neighbour, 'with', limitsOf(hints), false, because),
    ...(neighbour !== 'inline' && waiting(hints)),
  }
  const rejected = decision.rejected.map(({ kind }) => ({ kind, why: `coordination: that is not where ${pid} lives` }))
  return { ...decision, rejected, node: nodeOf(pid) }
}

/** Hints that ask for no place, in a system without threads. */
function inPlace({ limits: { mailbox, ...limits } = {}, afterFence }: IsolationHints, by: string | undefined): Decided {
  if (afterFence !== undefined) {
    throw new PlacementError(
      `afterFence: '${afterFence}' has no meaning in place, and this system has no threads: drop it, or add threads`,
    )
  }
  const [limit] = Object.entries(limits).find(([, value]) => value !== undefined) ?? []
  if (limit !== undefined) {
    throw new PlacementError(
      `limits.${limit} cannot be enforced in place, and this system has no threads: drop it, or add threads`,
    )
  }
  const why = 'no hint that matters, and this system has no threads: in place'
  return decide(
    'inline',
    'with',
    mailbox === undefined ? {} : { mailbox },
    false,
    by === undefined ? [why] : [`decided by ${by}`, why],
  )
}

/** What each hint asks for, the strongest first. */
function wishesOf(hints: IsolationHints): Wish[] {
  const { limits = {} } = hints
  const wishes: Wish[] = []
  const add = (wanted: unknown, kind: Kind, share: Share, because: string): void => {
    if (wanted) wishes.push({ kind, share, because })
  }
  add(hints.trust === 'untrusted', 'process', 'dedicated', "trust: 'untrusted' needs a sandboxed process of its own")
  add(hints.native, 'process', 'dedicated', 'native: true can segfault or abort, which only a process contains')
  add(hints.faults === 'contained', 'process', 'dedicated', "faults: 'contained' needs a process of its own")
  add(
    limits.heapMb !== undefined,
    'process',
    'dedicated',
    `limits.heapMb: ${limits.heapMb} holds for a whole process only`,
  )
  add(
    limits.rssMb !== undefined,
    'process',
    'dedicated',
    `limits.rssMb: ${limits.rssMb} holds for a whole process only`,
  )
  add(hints.memory === 'shared', 'thread', 'pooled', "memory: 'shared' needs a thread of its starter's OS process")
  add(hints.cpu === 'heavy', 'thread', 'dedicated', "cpu: 'heavy' blocks its event loop, so it gets one of its own")
  add(limits.stackMb !== undefined, 'thread', 'dedicated', `limits.stackMb: ${limits.stackMb} holds for a whole node`)
  add(hints.coordination, 'thread', 'with', `coordination: the node of ${hints.coordination?.with.pid}`)
  add(hints.compartment !== undefined, 'thread', 'compartment', `compartment: ${hints.compartment}`)
  return wishes
}

function contradict(hints: IsolationHints, wishes: readonly Wish[]): void {
  const named = ({ because }: Wish): string => because.split(' ').slice(0, 2).join(' ')
  if (hints.trust === 'untrusted' && hints.native === true)
    clash("trust: 'untrusted'", 'native: true', 'a sandbox loads no native code')
  const wall = wishes.find(({ kind }) => kind === 'process')
  if (hints.memory === 'shared' && wall !== undefined)
    clash("memory: 'shared'", named(wall), 'nothing is shared across a process wall')
  const apart = wishes.find(({ share }) => share === 'dedicated')
  const compartment = hints.compartment === undefined ? undefined : `compartment: ${hints.compartment}`
  const together = hints.coordination === undefined ? compartment : 'coordination'
  if (together !== undefined && apart !== undefined)
    clash(together, named(apart), 'a node with others and a node of its own')
  if (together === 'coordination' && compartment !== undefined) clash(together, compartment, 'both name a node')
  const handlerMs = hints.limits?.handlerMs
  if (together === 'coordination' && handlerMs !== undefined)
    clash(together, `limits.handlerMs: ${handlerMs}`, 'the node has the limit with which it was made')
}

function clash(one: string, other: string, why: string): never {
  throw new PlacementError(`${one} contradicts ${other}: ${why}; drop one of them`)
}

function limitsOf(hints: IsolationHints): IsolationLimits {
  return {
    ...(hints.cpu === 'heavy' && { handlerMs: Infinity }),
    ...(hints.trust === 'untrusted' && untrustedLimits),
    ...hints.limits,
  }
}

/** Only what is said, or follows from `memory: 'shared'`, keeps a restart waiting. */
function waiting({ afterFence, memory }: IsolationHints): Pick<PlacementDecision, 'afterFence'> {
  return (afterFence ?? (memory === 'shared' ? 'wait' : 'replace')) === 'wait' ? { afterFence: 'wait' } : {}
}

function decide(
  kind: Kind,
  share: Share,
  limits: IsolationLimits,
  sandbox: boolean,
  because: readonly string[],
): Decided {
  return { kind, share, limits, sandbox, because, rejected: rejectedFor(kind) }
}

/** The kinds of node that lose to this one, and why. */
export function rejectedFor(kind: Kind): PlacementDecision['rejected'] {
  const all: readonly Kind[] = ['inline', 'thread', 'process']
  const at = all.indexOf(kind)
  return all
    .filter((other) => other !== kind)
    .map((other) => ({
      kind: other,
      why:
        all.indexOf(other) < at
          ? WHY_LESS[other]
          : other === 'process'
            ? WHY_LESS.process
            : 'a thread is not needed for an actor in place',
    }))
}
