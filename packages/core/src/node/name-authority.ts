import type { NodeId, Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'
import type { NameSignal } from '../messaging/signal.ts'

type Register = Extract<NameSignal, { op: 'register' | 'unregister' }>

/** What the authority needs done: an answer to one node, news for all, a question to the node of a holder. */
export interface AuthorityEffects {
  answer(node: NodeId, signal: NameSignal): void
  announce(signal: Extract<NameSignal, { op: 'update' }>): void
  ask(node: NodeId, signal: Extract<NameSignal, { op: 'ask' }>): void
  ended(node: NodeId): boolean
}

/**
 * The one place that decides who holds a name: on the root. Each change has a version, so that a replica can tell how much it knows. Before it
 * refuses a name it asks the node of the holder, which may have ended without the news being here yet.
 */
export class NameAuthority {
  readonly #effects: AuthorityEffects
  readonly #holders = new Map<string, Pid>()
  readonly #nameOf = new Map<Pid, string>()
  readonly #questions = new Map<number, { readonly pid: Pid; readonly node: NodeId; readonly request: Register }>()
  #version = 0
  #question = 0

  constructor(effects: AuthorityEffects) {
    this.#effects = effects
  }

  get table(): Extract<NameSignal, { op: 'table' }> {
    return { op: 'table', version: this.#version, names: [...this.#holders] }
  }

  request(node: NodeId, request: Register): void {
    if (request.op === 'unregister') this.#unregister(node, request)
    else this.#register(node, request)
  }

  #register(node: NodeId, request: Register): void {
    const { id, name, pid } = request
    const holder = this.#holders.get(name)
    if (holder === undefined || this.#effects.ended(nodeOf(holder))) {
      if (holder !== undefined) this.#set(name, undefined)
      if (this.#nameOf.has(pid))
        this.#effects.answer(node, { op: 'refused', id, code: 'already_named', holder: undefined })
      else if (this.#effects.ended(nodeOf(pid)))
        this.#effects.answer(node, { op: 'refused', id, code: 'noproc', holder: undefined })
      else {
        this.#set(name, pid)
        this.#effects.answer(node, { op: 'granted', id, version: this.#version })
      }
      return
    }
    const question = ++this.#question
    this.#questions.set(question, { pid: holder, node, request })
    this.#effects.ask(nodeOf(holder), { op: 'ask', id: question, pid: holder })
  }

  #unregister(node: NodeId, { id, name }: Register): void {
    if (!this.#holders.has(name)) {
      this.#effects.answer(node, { op: 'refused', id, code: 'not_registered', holder: undefined })
      return
    }
    this.#set(name, undefined)
    this.#effects.answer(node, { op: 'granted', id, version: this.#version })
  }

  /** A holder's node has said whether it lives; false also when that node is gone. */
  answered(id: number, alive: boolean): void {
    const question = this.#questions.get(id)
    if (question === undefined) return
    this.#questions.delete(id)
    const { pid, node, request } = question
    if (alive && this.#holders.get(request.name) === pid) {
      this.#effects.answer(node, { op: 'refused', id: request.id, code: 'name_taken', holder: pid })
      return
    }
    if (!alive) this.died(pid)
    this.#register(node, request)
  }

  died(pid: Pid): void {
    const name = this.#nameOf.get(pid)
    if (name !== undefined) this.#set(name, undefined)
  }

  nodeEnded(node: NodeId): void {
    for (const [pid] of [...this.#nameOf]) if (nodeOf(pid) === node) this.died(pid)
    for (const [id, { pid }] of [...this.#questions]) if (nodeOf(pid) === node) this.answered(id, false)
  }

  #set(name: string, pid: Pid | undefined): void {
    const old = this.#holders.get(name)
    if (old !== undefined) this.#nameOf.delete(old)
    if (pid === undefined) this.#holders.delete(name)
    else {
      this.#holders.set(name, pid)
      this.#nameOf.set(pid, name)
    }
    this.#version++
    this.#effects.announce({ op: 'update', version: this.#version, name, pid })
  }
}
