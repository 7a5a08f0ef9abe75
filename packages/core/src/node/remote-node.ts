import type { Cell } from '../actor/cell.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { makePid, pidPrefix, serialOf } from '../actor/pid.ts'
import { settleCall } from '../messaging/call.ts'
import { checkedNodeSignal, checkedSpawn } from '../messaging/checked-body.ts'
import type { Beside, Decoder } from '../messaging/codec.ts'
import { Encoded, Undecodable } from '../messaging/codec.ts'
import type { Connection, Ending, Receiver } from '../messaging/connection.ts'
import { noBytes } from '../messaging/copy-bytes.ts'
import type { FrameKind } from '../messaging/frame.ts'
import { head, readHead, writeHead } from '../messaging/frame.ts'
import type { Carried, NodeSignal, Signal, SpawnRequest } from '../messaging/signal.ts'
import { bodyOfSignal, refOfSignal, signalWithBody, signalWithoutBody } from '../messaging/signal-frame.ts'
import { deliverBySerial } from './deliver.ts'
import type { Verdict } from './host.ts'
import type { Kernel } from './kernel.ts'
import { nodeWentDown } from './node-down.ts'
import { hostSpawn } from './spawn.ts'
import type { Timer } from './timers.ts'

/** How long a node whose verdict is known may take to close its connection before it is cut. */
const DRAIN_MS = 1_000

interface Waiting {
  readonly kind: FrameKind
  readonly to: number
  readonly from: number
  readonly ref: number
  readonly body: Encoded
}

/** What signals travel with that have nothing to say beyond their head. */
const noBody = new Encoded(noBytes, 0, 0, undefined)

/**
 * Another node, as this one sees it: the one connection with it, what waits for that connection, and what is known about its end. Its loss
 * becomes signals once the connection is drained and the verdict is known.
 */
export class RemoteNode implements Receiver {
  readonly id: NodeId
  readonly prefix: string
  readonly #kernel: Kernel
  readonly #decoder: Decoder
  #connection: Connection | undefined
  #outbox: Waiting[] | undefined = []
  #outboxBytes = 0
  #nextOut = 0
  #nextIn = 0
  #definitionsSent = 0
  #lastTo: Pid | undefined
  #lastToSerial = 0
  #lastSerial = 0
  #lastPid: Pid | undefined
  #drained: boolean
  #verdict: Verdict | undefined
  #deadline: Timer | undefined
  #down = false
  readonly #suspended = new Set<Cell>()
  #drainWaiters: { readonly cell: Cell; readonly resume: () => void }[] = []

  constructor(kernel: Kernel, id: NodeId) {
    this.#kernel = kernel
    this.id = id
    this.prefix = pidPrefix(kernel.system, id)
    this.#decoder = kernel.codec.newDecoder()
    this.#drained = true
  }

  /** Whether a SharedArrayBuffer can go there. Where not even the host knows before there is a connection, it is found out when the frame leaves. */
  get shares(): boolean {
    return this.#isKnownToShare ?? true
  }

  /** The same, but known. */
  get surelyShares(): boolean {
    return this.#isKnownToShare ?? false
  }

  get #isKnownToShare(): boolean | undefined {
    return this.#connection?.shares ?? this.#kernel.host.shares?.(this.id)
  }

  get congested(): boolean {
    return (this.#connection?.pendingBytes ?? this.#outboxBytes) >= this.#kernel.highWaterBytes
  }

  get isDown(): boolean {
    return this.#down
  }

  get open(): boolean {
    return this.#connection !== undefined
  }

  connected(connection: Connection): void {
    if (this.#connection !== undefined || this.#down) {
      connection.cut()
      return
    }
    this.#connection = connection
    this.#drained = false
    const waiting = this.#outbox ?? []
    this.#outbox = undefined
    this.#outboxBytes = 0
    this.sendNodeSignal({
      kind: 'hello',
      node: this.#kernel.id,
      system: this.#kernel.system,
      fenced: [...this.#kernel.fenced],
    })
    this.#kernel.names.peerConnected(this)
    let flowing = true
    for (const { kind, to, from, ref, body } of waiting) flowing = this.#frame(kind, to, from, ref, body) && flowing
    connection.receive(this)
    if (flowing) this.drained() // otherwise the connection says when
  }

  /** Mail or an answer of an actor of this node. False above the high-water mark: that actor gets no next message until it is below. */
  sendMail(kind: Carried, to: Pid, cell: Cell, ref: number, body: Encoded): boolean {
    const flowing = this.#frame(kind, this.#serialOf(to), cell.serial, ref, body)
    if (!flowing) {
      cell.suspendedBy = this
      this.#suspended.add(cell)
    }
    return flowing
  }

  sendSignal(signal: Signal): void {
    const body = bodyOfSignal(this.#kernel.encoder, signal)
    const [to, from] = [serialOf(signal.to), serialOf(signal.from)]
    this.#frame(signal.kind, to, from, refOfSignal(signal), body === undefined ? noBody : this.#encoded(body))
  }

  sendSpawn(from: Pid, ref: number, request: SpawnRequest, args: Encoded): void {
    const { segment, start, end } = this.#kernel.encoder.encode([request, args.bytes], {
      root: 'spawn',
      bytesMax: Infinity,
    })
    if (args.beside !== undefined && !this.shares) {
      // Found out late: the arguments hold shared memory, and this node is behind a process wall.
      this.#kernel.signal({
        kind: 'started',
        to: from,
        from: makePid(this.prefix, 0),
        ref,
        outcome: { kind: 'failed', ended: { reason: 'not_shareable', nameVersion: 0 } },
      })
      return
    }
    this.#frame('spawn', 0, serialOf(from), ref, new Encoded(segment, start, end, args.beside))
  }

  sendNodeSignal(signal: Exclude<NodeSignal, { kind: 'spawn' }>): void {
    this.#frame(signal.kind, 0, 0, 0, this.#encoded(signal))
  }

  #encoded(value: unknown): Encoded {
    return this.#kernel.encoder.encode(value, { root: 'signal', bytesMax: Infinity })
  }

  #frame(kind: FrameKind, to: number, from: number, ref: number, body: Encoded): boolean {
    if (this.#down) return true
    const connection = this.#connection
    if (connection === undefined) {
      this.#outbox?.push({ kind, to, from, ref, body })
      this.#outboxBytes += body.weight
      return !this.congested
    }
    const { segment, start, end, beside, isAlone } = body
    if (beside !== undefined && !connection.shares) {
      this.#kernel.log(
        'error',
        `shared memory cannot cross to node ${this.id}, another OS process: the ${kind} is lost`,
      )
      this.#kernel.deadLetter(makePid(this.prefix, to), this.#kernel.pidOf(from), 'undecodable')
      return true
    }
    const { encoder } = this.#kernel
    if (this.#definitionsSent < encoder.definitions) {
      const definition = encoder.define(this.#definitionsSent)
      this.#definitionsSent = encoder.definitions
      connection.send(writeHead('define', this.#nextOut++, 0, 0, 0), definition)
    }
    return connection.send(writeHead(kind, this.#nextOut++, to, from, ref), segment, start, end, beside, isAlone)
  }

  /** What was sent so far leaves now, and not when this turn of the event loop ends. */
  flush(): void {
    this.#connection?.flush()
  }

  // What arrives.

  frame(segment: Uint8Array, start: number, end: number, beside: Beside | undefined, isYours = false): void {
    if (this.#down) return
    if (!readHead(segment, start, end)) this.#violated('a frame without a head')
    else if (head.frameNumber !== this.#nextIn)
      this.#violated(`frame ${head.frameNumber} came where ${this.#nextIn} was due`)
    else {
      this.#nextIn++
      try {
        this.#take(segment, end, beside, isYours)
      } catch (error) {
        if (!(error instanceof Undecodable)) throw error
        this.#violated(error.message)
      }
    }
  }

  #take(segment: Uint8Array, end: number, beside: Beside | undefined, isYours: boolean): void {
    const kernel = this.#kernel
    const { kind, ref, bodyStart } = head
    const from = this.#pidOf(head.from)
    // Unless the segment was handed over, the connection uses it again: what is looked at later is copied.
    switch (kind) {
      case 'message':
      case 'cast':
      case 'call':
      case 'system':
        deliverBySerial(
          kernel,
          kind,
          head.to,
          from,
          ref,
          isYours
            ? new Encoded(segment, bodyStart, end, beside, true)
            : kernel.shelf.keep(segment, bodyStart, end, beside),
          this.#decoder,
        )
        return
      case 'reply':
      case 'refusal':
        settleCall(
          kernel,
          kind,
          ref,
          from,
          new Encoded(segment, bodyStart, end, beside, isYours),
          this.#decoder,
          !isYours,
        )
        return
      case 'define':
        this.#decoder.define(segment.slice(bodyStart, end))
        return
      default: {
        const to = kernel.pidOf(head.to)
        const signal = signalWithoutBody(kind, to, from, ref)
        if (signal !== undefined) kernel.signal(signal)
        else this.#takeBody(kind, to, from, ref, this.#decoder.decode(segment, undefined, bodyStart, end), beside)
      }
    }
  }

  #takeBody(kind: FrameKind, to: Pid, from: Pid, ref: number, body: unknown, beside: Beside | undefined): void {
    const kernel = this.#kernel
    switch (kind) {
      case 'spawn': {
        const [request, args] = checkedSpawn(body)
        void hostSpawn(kernel, from, ref, request, args, beside, this.#decoder)
        return
      }
      case 'hello':
      case 'fenced':
      case 'name':
        this.#takeNodeSignal(checkedNodeSignal(kind, body))
        return
      default: {
        const signal = signalWithBody(kind, to, from, ref, body, this.#decoder)
        if (signal === undefined) throw new Undecodable(`a ${kind} that stands by itself`)
        kernel.signal(signal)
      }
    }
  }

  /** Who is sent to is who was sent to before, as a rule. */
  #serialOf(to: Pid): number {
    if (to !== this.#lastTo) {
      this.#lastTo = to
      this.#lastToSerial = serialOf(to)
    }
    return this.#lastToSerial
  }

  /** Who sends a frame is who sent the one before, as a rule. */
  #pidOf(serial: number): Pid {
    if (serial !== this.#lastSerial || this.#lastPid === undefined) {
      this.#lastSerial = serial
      this.#lastPid = makePid(this.prefix, serial)
    }
    return this.#lastPid
  }

  #takeNodeSignal(signal: Exclude<NodeSignal, { kind: 'spawn' }>): void {
    switch (signal.kind) {
      case 'hello':
        if (signal.node !== this.id || signal.system !== this.#kernel.system)
          this.#violated(`node ${signal.node} answered for node ${this.id}`)
        else for (const [node, verdict] of signal.fenced) this.#kernel.nodeDown(node, verdict)
        return
      case 'fenced':
        this.#kernel.nodeDown(signal.node, signal.verdict)
        return
      case 'name':
        this.#kernel.names.arrived(this, signal.name)
    }
  }

  /** The peer sent what no node sends: nothing of it is believed any more. */
  #violated(detail: string): void {
    this.#kernel.log('error', `node ${this.id} broke the protocol (${detail}): it is ended`)
    this.#connection?.cut()
    this.#kernel.host.endNode(this.id, { cause: 'protocol_violation', detail })
  }

  drained(): void {
    for (const cell of this.#suspended) {
      cell.suspendedBy = undefined
      this.#kernel.queue.add(cell)
    }
    this.#suspended.clear()
    for (const { cell, resume } of this.#drainWaiters.splice(0)) if (!cell.dead) resume()
  }

  whenDrained(cell: Cell): Promise<void> {
    if (!this.congested || this.#down) return Promise.resolve()
    return new Promise((resume) => this.#drainWaiters.push({ cell, resume }))
  }

  closed(ending: Ending): void {
    this.#drained = true
    this.#disarm()
    if (this.#down) return
    if (this.#verdict !== undefined) {
      this.#finish(this.#verdict)
      return
    }
    const verdictMs = this.#kernel.options.verdictMs ?? 250
    if (ending.how === 'corrupt') this.#violated(ending.detail ?? 'corrupt bytes')
    this.#deadline = this.#kernel.timers.set(verdictMs, () => {
      this.#finish(unknownVerdict(this.#kernel, this.id, ending))
      // It is dead to this node, so it must not live on for others, who would send actors of this node there.
      this.#kernel.host.endNode(this.id, {
        cause: 'unknown',
        ...(ending.detail !== undefined && { detail: ending.detail }),
      })
    })
  }

  /** The verdict is known. A fenced node is not listened to any more; any other first says what it had sent. */
  judged(verdict: Verdict): void {
    if (this.#down) return
    this.#verdict = verdict
    this.#disarm()
    if (verdict.fenced === true) {
      this.#drained = true
      this.#connection?.cut()
    }
    if (this.#drained) this.#finish(verdict)
    else
      this.#deadline = this.#kernel.timers.set(DRAIN_MS, () => {
        this.#connection?.cut()
        this.#finish(verdict)
      })
  }

  #finish(verdict: Verdict): void {
    if (this.#down) return
    this.#down = true
    this.#disarm()
    for (const waiting of this.#outbox ?? []) this.#lost(waiting)
    this.#outbox = undefined
    nodeWentDown(this.#kernel, this.id, verdict)
    this.drained()
  }

  /** It waited for a connection that never came. */
  #lost({ kind, to, from }: Waiting): void {
    if (isMail(kind)) this.#kernel.deadLetter(makePid(this.prefix, to), this.#kernel.pidOf(from), 'noconnection')
  }

  #disarm(): void {
    if (this.#deadline !== undefined) this.#kernel.timers.cancel(this.#deadline)
    this.#deadline = undefined
  }

  /** Ends the connection in order: this node stops. */
  close(): void {
    this.#down = true
    this.#disarm()
    this.#connection?.close()
  }
}

function isMail(kind: FrameKind): boolean {
  return (
    kind === 'message' ||
    kind === 'cast' ||
    kind === 'call' ||
    kind === 'system' ||
    kind === 'reply' ||
    kind === 'refusal'
  )
}

function unknownVerdict(kernel: Kernel, node: NodeId, ending: Ending): Verdict {
  return {
    evidence: {
      node,
      domain: kernel.host.domainOf?.(node) ?? `${kernel.system}.${node}`,
      cause: 'unknown',
      ...(ending.detail !== undefined && { error: ending.detail }),
    },
  }
}
