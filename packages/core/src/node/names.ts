import { isAlias } from '../actor/alias.ts'
import type { Cell } from '../actor/cell.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { isPid, nodeOf, ROOT } from '../actor/pid.ts'
import { InvalidOption, NameError } from '../errors.ts'
import type { Ended, NameSignal } from '../messaging/signal.ts'
import type { Kernel } from './kernel.ts'
import { NameAuthority } from './name-authority.ts'
import type { RemoteNode } from './remote-node.ts'

interface Request {
  readonly name: string
  /** Who answers it. */
  readonly node: NodeId
  readonly cell: Cell | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * This node's copy of the system's names. Reading asks nobody; changing asks the authority on the root. A node that told of an actor's end
 * never finds that actor by name afterwards: what it hears about it later, from an older version of the table, does not count.
 */
export class Names {
  readonly #kernel: Kernel
  readonly #authority: NameAuthority | undefined
  readonly #pids = new Map<string, Pid>()
  readonly #requests = new Map<number, Request>()
  /** Who waits for somebody to hold a name. */
  readonly #waiting = new Map<string, { readonly cell: Cell; readonly resolve: (pid: Pid) => void }[]>()
  readonly #whenAnswered = new Map<Cell, (() => void)[]>()
  /** Ended actors of which this replica may still hear that they got a name: until it has seen this version. */
  readonly #lateEnds = new Map<Pid, number>()
  /** Grants that another node passed on, of versions that this replica has not seen yet. */
  readonly #unseen: Extract<NameSignal, { op: 'granted' }>[] = []
  #version = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    if (kernel.id !== ROOT) return
    this.#authority = new NameAuthority({
      answer: (node, signal) => this.#send(node, signal),
      announce: (signal) => {
        this.#apply(signal)
        this.#seen(signal.version)
        for (const remote of kernel.remotes.values())
          if (remote.open) remote.sendNodeSignal({ kind: 'name', name: signal })
      },
      ask: (node, signal) => this.#send(node, signal),
      ended: (node) => kernel.ended.has(node),
    })
  }

  whereis(name: string): Pid | undefined {
    return this.#pids.get(name)
  }

  /** Resolves with the pid that holds `name`, as soon as one does. */
  available(name: string, cell: Cell): Promise<Pid> {
    checkName(name)
    const pid = this.#pids.get(name)
    if (pid !== undefined) return Promise.resolve(pid)
    return new Promise((resolve) => {
      const waiting = (this.#waiting.get(name) ?? []).filter((each) => !each.cell.dead)
      this.#waiting.set(name, [...waiting, { cell, resolve }])
    })
  }

  nameOf(pid: Pid): string | undefined {
    for (const [name, holder] of this.#pids) if (holder === pid) return name
    return undefined
  }

  get size(): number {
    return this.#pids.size
  }

  /**
   * Resolves when `pid` holds `name` here and at the authority. `cell` is the actor to be named, when it lives on this node; for any other its
   * node registers it, since only that node can hold its end back until the answer is there.
   */
  register(name: string, pid: Pid, cell: Cell | undefined): Promise<void> {
    checkName(name)
    const home = nodeOf(pid)
    if (home === this.#kernel.id) {
      if (cell === undefined || cell.dead) return Promise.reject(refusal({ code: 'noproc', holder: undefined }, name))
      cell.namesInFlight++
    }
    return this.#request('register', name, pid, cell, cell === undefined ? home : ROOT)
  }

  unregister(name: string): Promise<void> {
    checkName(name)
    const pid = this.#pids.get(name)
    if (pid === undefined)
      return Promise.reject(new NameError('not_registered', name, `nobody is registered as ${name}`))
    return this.#request('unregister', name, pid, undefined, ROOT)
  }

  #request(op: 'register' | 'unregister', name: string, pid: Pid, cell: Cell | undefined, node: NodeId): Promise<void> {
    const id = this.#kernel.nextRef()
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { name, node, cell, resolve, reject })
      if (this.#kernel.ended.has(node)) this.#answered({ op: 'refused', id, code: 'noproc', holder: undefined })
      else this.#send(node, { op, id, name, pid })
    })
  }

  /** Another node asks that an actor of this one be named. */
  #registerFor(
    node: NodeId,
    { id, name, pid }: { readonly id: number; readonly name: string; readonly pid: Pid },
  ): void {
    this.register(name, pid, this.#kernel.cellOf(pid)).then(
      () => this.#send(node, { op: 'granted', id, version: this.#version }),
      (error: unknown) => {
        const { code, holder } = error instanceof NameError ? error : { code: 'noproc', holder: undefined }
        this.#send(node, { op: 'refused', id, code: code as 'noproc', holder })
      },
    )
  }

  /** How much of the table's history this replica has seen. */
  get version(): number {
    return this.#version
  }

  /** Runs `then` once no registration of `cell` is on its way any more. */
  whenAnswered(cell: Cell, then: () => void): void {
    const waiting = this.#whenAnswered.get(cell)
    if (waiting === undefined) this.#whenAnswered.set(cell, [then])
    else waiting.push(then)
  }

  /** An actor of this node that had a name has ended: the name is free here at once, and at the authority as fast as can be. */
  ownerExited(cell: Cell): void {
    if (cell.name !== undefined && this.#pids.get(cell.name) === cell.pid) this.#pids.delete(cell.name)
    cell.name = undefined
    this.#send(ROOT, { op: 'died', pid: cell.pid })
  }

  /** The end of an actor is about to be told here: from now on its name is not found. */
  heardOfEnd(pid: Pid, { nameVersion }: Ended): void {
    if (nameVersion === 0) return
    const name = this.nameOf(pid)
    if (name !== undefined) this.#pids.delete(name)
    if (nameVersion > this.#version) this.#lateEnds.set(pid, nameVersion)
  }

  nodeEnded(node: NodeId): void {
    for (const [name, pid] of this.#pids) if (nodeOf(pid) === node) this.#pids.delete(name)
    this.#authority?.nodeEnded(node)
    for (const [id, request] of [...this.#requests]) {
      if (request.node === node) this.#answered({ op: 'refused', id, code: 'noproc', holder: undefined })
    }
  }

  peerConnected(remote: RemoteNode): void {
    if (this.#authority !== undefined) remote.sendNodeSignal({ kind: 'name', name: this.#authority.table })
  }

  #send(node: NodeId, signal: NameSignal): void {
    if (node === this.#kernel.id) this.#handle(node, signal)
    else if (this.#kernel.ended.has(node)) {
      if (signal.op === 'ask') this.#authority?.answered(signal.id, false)
    } else this.#kernel.remote(node).sendNodeSignal({ kind: 'name', name: signal })
  }

  arrived(from: RemoteNode, signal: NameSignal): void {
    this.#handle(from.id, signal)
  }

  #handle(from: NodeId, signal: NameSignal): void {
    switch (signal.op) {
      case 'register':
        if (from !== this.#kernel.id && this.#kernel.isLocal(signal.pid)) this.#registerFor(from, signal)
        else this.#authority?.request(from, signal)
        return
      case 'unregister':
        this.#authority?.request(from, signal)
        return
      case 'died':
        this.#authority?.died(signal.pid)
        return
      case 'answer':
        this.#authority?.answered(signal.id, signal.alive)
        return
      case 'ask': {
        const cell = this.#kernel.cellOf(signal.pid)
        this.#send(from, { op: 'answer', id: signal.id, alive: cell !== undefined && !cell.dead })
        return
      }
      case 'update':
        this.#apply(signal)
        this.#seen(signal.version)
        return
      case 'table':
        // Seen as a whole: what is known of late ends counts for each of its names.
        for (const [name, pid] of signal.names) this.#apply({ op: 'update', version: signal.version, name, pid })
        this.#seen(signal.version)
        return
      case 'granted':
      case 'refused':
        this.#answered(signal)
    }
  }

  #apply({ version, name, pid }: Extract<NameSignal, { op: 'update' }>): void {
    const holder = this.#pids.get(name)
    const owner = holder === undefined ? undefined : this.#kernel.cellOf(holder)
    if (owner !== undefined && holder !== pid) owner.name = undefined
    const void_ =
      pid === undefined || this.#lateEnds.has(pid) || this.#kernel.ended.has(nodeOf(pid)) || this.#endedHere(pid)
    if (void_) this.#pids.delete(name)
    else this.#held(name, pid)
    const cell = void_ ? undefined : this.#kernel.cellOf(pid)
    if (cell !== undefined) {
      cell.name = name
      cell.nameVersion = Math.max(cell.nameVersion, version)
    }
  }

  #held(name: string, pid: Pid): void {
    this.#pids.set(name, pid)
    const waiting = this.#waiting.get(name)
    this.#waiting.delete(name)
    for (const { cell, resolve } of waiting ?? []) if (!cell.dead) resolve(pid)
  }

  #endedHere(pid: Pid): boolean {
    return this.#kernel.isLocal(pid) && this.#kernel.cellOf(pid) === undefined
  }

  #seen(version: number): void {
    this.#version = Math.max(this.#version, version)
    for (const [pid, until] of this.#lateEnds) if (until <= this.#version) this.#lateEnds.delete(pid)
    for (const granted of this.#unseen.splice(0)) this.#answered(granted)
  }

  #answered(signal: Extract<NameSignal, { op: 'granted' | 'refused' }>): void {
    const request = this.#requests.get(signal.id)
    if (request === undefined) return
    if (signal.op === 'granted' && signal.version > this.#version) {
      this.#unseen.push(signal)
      return
    }
    this.#requests.delete(signal.id)
    const { cell, name } = request
    if (cell !== undefined) {
      cell.namesInFlight--
      if (signal.op === 'granted') cell.nameVersion = Math.max(cell.nameVersion, signal.version)
    }
    if (signal.op === 'granted') request.resolve()
    else request.reject(refusal(signal, name))
    if (cell === undefined || cell.namesInFlight > 0) return
    const waiting = this.#whenAnswered.get(cell)
    this.#whenAnswered.delete(cell)
    for (const then of waiting ?? []) then()
  }
}

function refusal(
  { code, holder }: Pick<Extract<NameSignal, { op: 'refused' }>, 'code' | 'holder'>,
  name: string,
): NameError {
  const why = {
    name_taken: `the name ${name} is held by ${holder}`,
    already_named: `the actor that was to become ${name} has a name already; unregister that first`,
    noproc: `the actor that was to become ${name} has ended, or the root, which gives names, is gone`,
    not_registered: `nobody is registered as ${name}`,
  }
  return new NameError(code, name, why[code], holder)
}

function checkName(name: unknown): void {
  if (
    typeof name !== 'string' ||
    name === '' ||
    name.length > 255 ||
    name === 'undefined' ||
    isPid(name) ||
    isAlias(name)
  ) {
    throw new InvalidOption(
      'name',
      name,
      'give a name of 1 to 255 characters that is neither "undefined" nor a pid or alias',
    )
  }
}
