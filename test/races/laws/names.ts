import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import { ROOT } from '../../../packages/core/src/actor/pid.ts'
import { NameError } from '../../../packages/core/src/errors.ts'
import type { Actor, Actors } from '../actors.ts'
import { wordOf } from '../actors.ts'
import type { ExploredNode } from '../explored-node.ts'
import type { Journal } from '../journal.ts'
import type { Name } from '../program.ts'
import { NAMES } from '../program.ts'

/** An actor that wants a name given or taken away. */
export interface Question {
  readonly by: Actor
  readonly name: Name
  /** Of whose end its node told before. */
  readonly knownOver: ReadonlySet<Pid>
}

/** A name has one holder, the same everywhere at rest; and a node that told of an actor's end never finds it by name afterwards. */
export class Names {
  readonly #journal: Journal
  readonly #actors: Actors
  readonly #living: () => readonly ExploredNode[]
  readonly #saidOver = new Map<ExploredNode, Set<Pid>>()
  readonly #unregistered = new Set<Name>()
  /** What was asked and has not been answered. */
  readonly #open = new Set<Question>()

  constructor(journal: Journal, actors: Actors, living: () => readonly ExploredNode[]) {
    this.#journal = journal
    this.#actors = actors
    this.#living = living
  }

  /** An EXIT or DOWN of `pid` was handled on the actor's node. */
  hears({ node }: Actor, pid: Pid): void {
    const over = this.#saidOver.get(node)
    if (over === undefined) this.#saidOver.set(node, new Set([pid]))
    else over.add(pid)
  }

  unregisters(by: Actor, name: Name): Question {
    this.#unregistered.add(name)
    return this.registers(by, name)
  }

  registers(by: Actor, name: Name): Question {
    const question = { by, name, knownOver: new Set(this.#saidOver.get(by.node)) }
    this.#open.add(question)
    return question
  }

  registered(question: Question, pid: Pid): void {
    const { by, name } = question
    this.#journal.count('name given')
    this.#answered(question)
    const found = by.node.kernel.names.whereis(name)
    const over = this.#actors.isOver(by, pid)
    this.#journal.require(
      found === pid || over || this.#unregistered.has(name),
      'name',
      () => `${by.label} gave ${pid} the name ${name}, and finds ${found} under it`,
    )
  }

  takenAway(question: Question): void {
    this.#journal.count('name taken away')
    this.#answered(question)
  }

  /** What an ended actor awaits never settles. */
  #answered(question: Question): void {
    const { by, name } = question
    this.#open.delete(question)
    this.#journal.require(!by.isOver, 'name', () => `${by.label} is answered about the name ${name} after its end`)
  }

  refused(question: Question, pid: Pid, error: unknown): void {
    const { by, name, knownOver } = question
    this.#answered(question)
    if (!(error instanceof NameError)) {
      this.#journal.broken('name', `${by.label} could not give ${pid} the name ${name}: ${wordOf(error)}`)
      return
    }
    this.#journal.count(`name refused: ${error.code}`)
    const gone = this.#actors.of(pid)?.end !== undefined || by.hasLost(pid) || !by.node.believesIn(ROOT)
    this.#journal.require(
      error.code !== 'noproc' || gone,
      'name',
      () => `the name ${name} was refused to ${pid}, which lives`,
    )
    this.#journal.require(
      error.holder === undefined || !knownOver.has(error.holder),
      'name',
      () => `the name ${name} was refused to ${pid} because of ${error.holder}, of whose end it had heard`,
    )
  }

  afterEach(): void {
    for (const [node, over] of this.#saidOver) {
      if (node.isGone) continue
      for (const name of NAMES) {
        const pid = node.kernel.names.whereis(name)
        if (pid === undefined || !over.has(pid)) continue
        this.#journal.broken('name', `node ${node.id} finds ${pid} as ${name} after it told of its end`)
      }
    }
  }

  atRest(): void {
    for (const { by, name } of this.#open) {
      const waits = by.end === undefined
      this.#journal.require(!waits, 'name', () => `${by.label} was never answered about the name ${name}`)
    }
    const nodes = this.#living()
    const root = nodes.find(({ id }) => id === ROOT) as ExploredNode
    const holders = NAMES.map((name) => root.kernel.names.whereis(name))
    for (const node of nodes) this.#agrees(node, root, holders)
    for (const [at, pid] of holders.entries()) {
      if (pid === undefined) continue
      const name = NAMES[at]
      this.#journal.require(
        this.#actors.of(pid)?.end === undefined,
        'name',
        () => `the dead ${pid} is still found as ${name}`,
      )
      this.#journal.require(holders.indexOf(pid) === at, 'name', () => `${pid} has two names`)
    }
  }

  #agrees(node: ExploredNode, root: ExploredNode, holders: readonly (Pid | undefined)[]): void {
    if (!node.believesIn(ROOT) || !root.believesIn(node.id)) return
    for (const [at, name] of NAMES.entries()) {
      const found = node.kernel.names.whereis(name)
      const holder = holders[at]
      const wanted =
        holder !== undefined && [...node.kernel.ended].some((id) => holder.includes(`.${id}.`)) ? undefined : holder
      this.#journal.require(
        found === wanted,
        'name',
        () => `node ${node.id} finds ${found} as ${name}, but the root says ${holder}`,
      )
    }
    for (const cell of node.kernel.cells.values()) {
      const wanted = NAMES[holders.indexOf(cell.pid)]
      this.#journal.require(
        cell.name === wanted,
        'name',
        () => `${cell.pid} thinks its name is ${cell.name}, but it is ${wanted}`,
      )
    }
  }
}
