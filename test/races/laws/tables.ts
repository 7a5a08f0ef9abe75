import type { Cell } from '../../../packages/core/src/actor/cell.ts'
import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import { nodeOf, serialOf } from '../../../packages/core/src/actor/pid.ts'
import type { ExploredNode } from '../explored-node.ts'
import type { Journal } from '../journal.ts'

/**
 * What the tables of the nodes hold at rest: links have two ends, monitors and calls somebody on the other side who knows of them, and nothing
 * speaks of the dead.
 */
export class Tables {
  readonly #journal: Journal
  readonly #living: () => readonly ExploredNode[]

  constructor(journal: Journal, living: () => readonly ExploredNode[]) {
    this.#journal = journal
    this.#living = living
  }

  atRest(): void {
    const nodes = new Map(this.#living().map((node) => [node.id, node]))
    for (const node of nodes.values()) {
      this.#waiting(node)
      for (const cell of node.kernel.cells.values()) this.#cell(node, cell, nodes)
      this.#calls(node)
    }
  }

  /** After all actors were ended: nothing but the main actor is left, and it has nothing. */
  atEnd(): void {
    for (const { id, kernel } of this.#living()) {
      const rest = kernel.cells.values().filter((cell) => cell !== kernel.main)
      this.#empty(
        id,
        'cells',
        rest.map(({ pid }) => pid),
      )
      // What the main actor has asked itself, and does not answer, is its own business.
      const asked = kernel.calls.entries().filter(([, { cell, target }]) => cell !== kernel.main || target !== cell.pid)
      this.#empty(
        id,
        'calls',
        asked.map(([ref]) => ref),
      )
      const { pid, monitors, watchers, links, openCalls, timers, aliases } = kernel.main
      const watched = [...(monitors?.values() ?? [])].map(({ target }) => target)
      const others = { watched, watchers: watchers?.keys(), links: links?.keys(), callers: openCalls?.keys() }
      for (const [name, table] of Object.entries(others)) {
        // Nobody is as faithful to the main actor as itself.
        this.#empty(
          id,
          `${name} of the main actor`,
          [...(table ?? [])].filter((each) => each !== pid),
        )
      }
      this.#empty(id, 'timers of the main actor', [...(timers ?? [])])
      // But for those of monitors of itself, which stay, an alias goes with its monitor.
      this.#empty(
        id,
        'aliases of the main actor',
        [...(aliases?.keys() ?? [])].filter((ref) => monitors?.has(ref) !== true),
      )
      this.#empty(
        id,
        'node monitors',
        [...kernel.nodeMonitors].flatMap(([node, cells]) =>
          [...cells].filter((cell) => cell !== kernel.main).map(() => node),
        ),
      )
    }
  }

  #empty(node: number, table: string, left: readonly unknown[]): void {
    this.#journal.require(left.length === 0, 'leak', () => `node ${node}: ${table} still hold ${left.join(', ')}`)
  }

  /** Nothing is under way. */
  #waiting({ id, kernel }: ExploredNode): void {
    this.#empty(id, 'spawns', [...kernel.spawns.keys()])
    this.#empty(id, 'questions', [...kernel.questions.keys()])
    this.#empty(id, 'timers of actors', [...kernel.userTimers.keys()])
    this.#journal.require(
      kernel.timers.count === 0,
      'leak',
      () => `node ${id}: ${kernel.timers.count} timers are still set`,
    )
    for (const [node, cells] of kernel.nodeMonitors) {
      this.#empty(
        id,
        `monitors of node ${node}`,
        [...cells].filter((cell) => cell.dead).map(({ pid }) => pid),
      )
      this.#journal.require(
        cells.size === 0 || !kernel.ended.has(node),
        'leak',
        () => `node ${id}: still monitors the ended node ${node}`,
      )
    }
  }

  #calls({ id, kernel }: ExploredNode): void {
    for (const { cell, target } of kernel.calls.values()) {
      this.#journal.require(!cell.dead, 'leak', () => `node ${id}: a call of the dead ${cell.pid} to ${target} is kept`)
    }
  }

  #cell(node: ExploredNode, cell: Cell, nodes: ReadonlyMap<number, ExploredNode>): void {
    const { pid } = cell
    const broken = (text: string): void => this.#journal.broken('leak', `${pid}: ${text}`)
    if (cell.status === 'exiting' || cell.status === 'exited') broken(`is ${cell.status} and still there`)
    if (cell.status === 'starting') broken('still starts')
    const { suspendedBy } = cell
    if (suspendedBy !== undefined)
      broken(`is suspended by ${'id' in suspendedBy ? `node ${suspendedBy.id}` : suspendedBy.label} for ever`)
    if (cell.namesInFlight > 0) broken('waits for a name for ever')
    if ((cell.drainWaiters?.length ?? 0) > 0) broken('has somebody who waits until it is drained')
    if (cell.callCount !== [...node.kernel.calls.values()].filter((call) => call.cell === cell).length)
      broken('miscounts its calls')
    const other = (partner: Pid): Cell | undefined => {
      const there = node.believesIn(nodeOf(partner)) ? nodes.get(nodeOf(partner)) : undefined
      return there?.believesIn(node.id) === true ? there.kernel.cells.get(serialOf(partner)) : undefined
    }
    for (const [partner, end] of cell.links ?? []) {
      if (end.unlinkId !== 0) broken(`an unlink of ${partner} was never acknowledged`)
      else if (!end.active) broken(`an end of a link with ${partner} says nothing and is kept`)
      else if (other(partner) === undefined) broken(`is still linked to ${partner}, which is gone`)
      else if (other(partner)?.links?.get(pid)?.active !== true) broken(`is linked to ${partner}, but that not to it`)
    }
    for (const [ref, { target }] of cell.monitors ?? []) {
      if (other(target)?.watchers?.get(pid)?.has(ref) !== true) broken(`monitors ${target}, which does not know it`)
    }
    for (const [watcher, refs] of cell.watchers ?? []) {
      for (const ref of refs)
        if (other(watcher)?.monitors?.has(ref) !== true)
          broken(`is watched by ${watcher} as ${ref}, which does not know it`)
    }
    for (const [caller, refs] of cell.openCalls ?? []) {
      const kernel = other(caller)?.kernel
      for (const ref of refs)
        if (kernel?.calls.has(ref) !== true) broken(`keeps call ${ref} of ${caller}, which does not wait for it`)
    }
    const mine = new Set(cell.timers)
    if (mine.size > 0) broken(`holds ${mine.size} timers that are over`)
  }
}
