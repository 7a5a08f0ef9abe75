import type { ActorSpec, CallMode, EndMode, Fault, Init, Operation, Place, Program, Reason, Target } from './program.ts'
import { NAMES } from './program.ts'
import { Random } from './random.ts'

type Op = Operation['op']

const weights: Record<Exclude<Op, 'spawn'>, number> = {
  send: 10,
  cast: 3,
  busy: 2,
  call: 9,
  request: 4,
  alias: 4,
  answer: 4,
  handOver: 2,
  link: 9,
  unlink: 8,
  monitor: 8,
  demonitor: 4,
  exit: 2,
  trap: 3,
  register: 4,
  unregister: 2,
  isAlive: 3,
  info: 2,
  monitorNode: 2,
  sendAfter: 2,
  startTimer: 2,
  cancelTimer: 2,
  drained: 1,
  awaitNews: 3,
  end: 1,
}

/** What a program can be mostly about. */
const themes = {
  none: [],
  links: ['link', 'unlink', 'exit', 'trap', 'end'],
  monitors: ['monitor', 'demonitor', 'alias', 'isAlive', 'monitorNode', 'exit', 'end'],
  calls: ['call', 'request', 'answer', 'handOver', 'busy', 'exit'],
  names: ['register', 'monitor', 'link', 'awaitNews', 'end'],
  messages: ['send', 'cast', 'sendAfter', 'drained', 'link'],
  nodes: ['send', 'call', 'isAlive', 'info', 'monitor', 'alias', 'monitorNode'],
} as const
type Theme = keyof typeof themes

const inits: Record<Init, number> = {
  ready: 60,
  slow: 3,
  continue: 1,
  ignore: 1,
  stop: 1,
  throw: 1,
  slowThrow: 1,
  exit: 1,
}

const reasons: Record<Reason, number> = {
  unique: 8,
  normal: 3,
  kill: 3,
  shutdown: 1,
  killed: 1,
  noproc: 1,
  clean: 1,
  error: 2,
}

const callModes: Record<CallMode, number> = {
  system: 2,
  reply: 6,
  slow: 3,
  later: 8,
  refuse: 2,
  crash: 1,
  stop: 0.5,
  stopReply: 0.5,
  exit: 0.5,
  typo: 1,
}

const endModes: Record<EndMode, number> = { stop: 2, throw: 2, reject: 1, exit: 1, slowStop: 1 }

const faults: Record<Fault['fault'], number> = { kill: 6, fence: 3, stop: 2, sever: 1 }

/** Makes programs. Each one uses some kinds of operation more than others, and often turns on a few actors and one name. */
class Generator {
  readonly #random: Random
  readonly #theme: Theme
  readonly #nodes: number
  readonly #actors: number
  readonly #weights: Partial<Record<Exclude<Op, 'spawn'>, number>>
  readonly #hot: readonly Target[]
  /** Whose script is being made. */
  #index = 0

  constructor(seed: number) {
    const random = new Random(seed)
    this.#random = random
    this.#theme = random.pick(['none', 'none', 'links', 'monitors', 'calls', 'names', 'messages', 'nodes'])
    const manyNodes = this.#theme === 'names' || this.#theme === 'nodes'
    this.#nodes = random.pick(manyNodes ? [2, 3, 3, 4, 4] : [1, 2, 2, 2, 2, 3, 3, 3, 3, 4])
    this.#actors = 3 + random.below(6)
    const kept = Object.entries(weights).filter(() => random.chance(0.7))
    const favoured = themes[this.#theme].map((op) => [op, weights[op] * 4] as const)
    this.#weights = { ...Object.fromEntries(kept), ...Object.fromEntries(favoured), send: weights.send }
    const name = random.pick(NAMES)
    this.#hot = random.chance(0.6)
      ? [random.below(this.#actors), random.below(this.#actors), ...(random.chance(0.3) ? [name] : [])]
      : []
  }

  program(): Program {
    const random = this.#random
    const children = new Map<number, Operation[]>()
    for (let child = 1; child < this.#actors; child++) {
      const parent = random.chance(0.6) ? 0 : random.below(child)
      children.set(parent, [...(children.get(parent) ?? []), { op: 'spawn', child }])
    }
    const length = random.pick([20, 60, 120])
    const actors = Array.from({ length: this.#actors }, (_, index) =>
      this.#actor(index, children.get(index) ?? [], length),
    )
    const faultCount = this.#nodes > 1 ? random.pick([0, 1, 1, 2, 3]) : 0
    return {
      nodes: this.#nodes,
      turnBudget: random.pick([1, 3, 64]),
      highWaterBytes: random.pick([150, 1_000_000, 1_000_000]),
      actors,
      faults: Array.from({ length: faultCount }, () => this.#fault(actors)),
    }
  }

  #actor(index: number, spawns: readonly Operation[], length: number): ActorSpec {
    const random = this.#random
    this.#index = index
    const script: Operation[] = Array.from({ length: random.below(length) }, () => this.#operation())
    for (const spawn of spawns) script.splice(random.below(Math.min(script.length, 4) + 1), 0, spawn)
    const init = random.weighted(inits)
    return {
      index,
      kind: index === 0 || random.chance(0.2) ? 'loop' : 'server',
      place: this.#place(),
      link: random.chance(0.4),
      monitor: random.chance(0.3),
      name: random.chance(this.#theme === 'names' ? 0.3 : 0.1) ? this.#name() : undefined,
      trap: index === 0 || random.chance(0.7),
      init,
      load: random.chance(0.9) ? 'there' : random.pick(['late', 'late', 'missing', 'fails']),
      startWithinMs: random.chance(0.12) ? random.pick([1, 5, 30]) : 0,
      bound: random.chance(0.08) ? 1 + random.below(3) : 0,
      overflow: random.pick(['refuse', 'drop_oldest', 'exit']),
      script,
    }
  }

  #place(): Place {
    const random = this.#random
    if (random.chance(0.02)) return 'nowhere'
    return this.#nodes === 1 || random.chance(0.2) ? 'inline' : 1 + random.below(this.#nodes)
  }

  #name(): (typeof NAMES)[number] {
    const hot = this.#hot.find((target) => typeof target === 'string')
    return hot ?? this.#random.pick(NAMES)
  }

  /** An actor: seldom the one whose script it is, and seldom the main one where `seldomMain`, since that never answers. */
  #who(seldomMain = false): number {
    const random = this.#random
    const hot = this.#hot.filter((target) => typeof target === 'number')
    const who = hot.length > 0 && random.chance(0.6) ? random.pick(hot) : random.below(this.#actors)
    const seldom = who === this.#index || (who === 0 && seldomMain)
    return seldom && random.chance(0.8) ? random.below(this.#actors) : who
  }

  #target(seldomMain = false): Target {
    return this.#random.chance(0.1) ? this.#name() : this.#who(seldomMain)
  }

  #operation(): Operation {
    const random = this.#random
    const op = random.weighted(this.#weights)
    switch (op) {
      case 'send':
        return { op, to: this.#target(), count: random.pick([1, 1, 2, 5]) }
      case 'cast':
      case 'link':
      case 'unlink':
      case 'monitor':
      case 'alias':
      case 'isAlive':
      case 'info':
      case 'drained':
        return { op, to: this.#target() }
      case 'busy':
        return { op, ms: random.pick([0, 3, 20]) }
      case 'call':
        return {
          op,
          to: this.#target(true),
          mode: random.weighted(callModes),
          timeoutMs: random.pick([1, 10, 100, Infinity, Infinity]),
        }
      case 'request': {
        const { system: _system, typo: _typo, ...modes } = callModes
        return { op, to: this.#target(true), mode: random.weighted(modes) }
      }
      case 'answer':
      case 'awaitNews':
        return { op }
      case 'handOver':
        return { op, to: this.#who() }
      case 'demonitor':
        return { op, which: random.below(4), flush: random.chance(0.5) }
      case 'exit':
        return { op, to: this.#target(), reason: random.weighted(reasons) }
      case 'trap':
        return { op, on: random.chance(0.5) }
      case 'register':
        return { op, name: this.#name(), who: random.chance(0.3) ? this.#who() : undefined }
      case 'unregister':
        return { op, name: this.#name() }
      case 'monitorNode':
        return { op, of: this.#who() }
      case 'sendAfter':
        return { op, to: this.#target(), ms: random.pick([0, 2, 15, 80]) }
      case 'startTimer':
        return { op, ms: random.pick([0, 2, 15, 80]) }
      case 'cancelTimer':
        return { op, which: random.below(3) }
      case 'end':
        return { op, how: random.weighted(endModes), reason: random.weighted(reasons) }
    }
  }

  #fault(actors: readonly ActorSpec[]): Fault {
    const random = this.#random
    const timing = { after: random.below(random.pick([60, 120, 240])), keep: random.pick([0, 0.3, 0.7, 1]) }
    const inhabited = actors.map(({ place }) => place).filter((place) => typeof place === 'number' && place > 1)
    const node =
      inhabited.length > 0 && random.chance(0.8)
        ? (random.pick(inhabited) as number)
        : 2 + random.below(this.#nodes - 1)
    const fault = random.weighted(this.#theme === 'nodes' ? { ...faults, fence: 8 } : faults)
    switch (fault) {
      case 'kill':
      case 'fence':
        return { fault, node, culprit: random.chance(0.4), ...timing }
      case 'stop':
        return { fault, node, ...timing }
      case 'sever':
        return { fault, node, other: 1 + random.below(this.#nodes), fence: random.chance(0.7), ...timing }
    }
  }
}

/** The program of a seed. */
export function generate(seed: number): Program {
  return new Generator(seed).program()
}
