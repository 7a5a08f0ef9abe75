import { noBytes } from '@bulkhead/core/transport'
import { Allowance, Police } from '@bulkhead/core'
import type { Confinement, Grant, NodeId, Verdict } from '@bulkhead/core'
import type { PausableConnection } from '@bulkhead/transport-process'
import { piece, pieceOf, pieceOverhead } from '../sandbox/wire.ts'

/** Bytes that wait for the sandbox from which on its peers are not heard. */
const sandboxBehindBytes = 1024 * 1024

/** Bytes that wait for a peer from which on the sandbox may send no more. */
const peerBehindBytes = 4 * 1024 * 1024

/** Peers whose end is remembered: what the sandbox sends there is lost, and no violation. */
const goneMax = 4_096

export interface SwitchboardOptions {
  readonly system: string
  readonly id: NodeId
  readonly confinement: Confinement
  /** Writes to the sandbox; returns how many bytes wait. */
  readonly write: (bytes: Uint8Array) => number
  /** A connection with the peer is needed: `carry` follows, or `down`. */
  readonly reach: (peer: NodeId) => void
  readonly granted: (grant: Grant) => void
}

interface Line {
  connection: PausableConnection | undefined
  /** What the sandbox has sent before there was a connection. */
  readonly waiting: Uint8Array[]
  waitingBytes: number
  /** The sandbox has closed its side. */
  isClosed: boolean
}

/** Carries frames between a sandbox, which has one socket, and its peers, who each have a connection: those that the police lets through. */
export class Switchboard {
  readonly police: Police
  readonly #options: SwitchboardOptions
  readonly #lines = new Map<NodeId, Line>()
  readonly #gone = new Set<NodeId>()
  readonly #allowance: Allowance
  #grantTimer: NodeJS.Timeout | undefined
  #isOver = false
  #isBehind = false

  constructor(options: SwitchboardOptions) {
    const { system, id, confinement } = options
    this.#options = options
    this.police = new Police({ system, id })
    this.#allowance = new Allowance(confinement, performance.now())
  }

  /** A piece has come from the sandbox, of whatever kind: it counts. Returns the rule that it breaks, if it breaks one. */
  count(bytes: number): string | undefined {
    const { framesPerSecond, bytesPerSecond } = this.#options.confinement
    const broken = this.#allowance.take(bytes + pieceOverhead)
    if (broken === 'frames') return `more than ${framesPerSecond} frames per second (isolation.sandbox.framesPerSecond)`
    if (broken === 'bytes') return `more than ${bytesPerSecond} bytes per second (isolation.sandbox.bytesPerSecond)`
    this.#grantSoon()
    return undefined
  }

  /** A frame of the sandbox to a peer. Returns the rule that it breaks. */
  fromSandbox(peer: NodeId, segment: Uint8Array, start: number, end: number): string | undefined {
    if (this.#gone.has(peer)) return this.#toNobody(peer)
    const broken = this.police.outgoing(peer, segment, start, end)
    if (broken !== undefined) return broken
    const line = this.#line(peer)
    if (line.isClosed) return `a frame to node ${peer} behind the last one`
    if (line.connection !== undefined) line.connection.send(noBytes, segment, start, end) // what a sandbox sends has its head in it
    else {
      line.waiting.push(segment.slice(start, end))
      line.waitingBytes += end - start
    }
    return undefined
  }

  /** The peer has ended. Who was handed a pid of it only afterwards has not been told so. */
  #toNobody(peer: NodeId): undefined {
    if (this.police.mayReach(peer)) this.#options.reach(peer)
  }

  closedBySandbox(peer: NodeId): void {
    const line = this.#lines.get(peer)
    if (line === undefined || line.isClosed) return
    line.isClosed = true
    line.connection?.close()
  }

  /** A connection with a peer. */
  carry(peer: NodeId, connection: PausableConnection): void {
    if (this.#isOver) return connection.close()
    const line = this.#line(peer)
    line.connection = connection
    for (const frame of line.waiting.splice(0)) connection.send(frame)
    line.waitingBytes = 0
    if (this.#isBehind) connection.pause()
    connection.receive({
      frame: (segment, start, end) => this.#toSandbox(peer, segment, start, end),
      drained: () => this.#grantSoon(),
      closed: () => {
        this.#options.write(pieceOf(piece.close, peer))
        this.#forget(peer)
      },
    })
    if (line.isClosed) connection.close()
  }

  /** A node has ended. Whether the sandbox had to do with it. */
  down(peer: NodeId, { evidence }: Verdict): boolean {
    const isKnown = this.police.mayReach(peer)
    if (isKnown) this.police.learnEvidence(evidence)
    if (this.#lines.get(peer)?.connection === undefined) this.#forget(peer)
    return isKnown
  }

  /** The sandbox has room again. */
  caughtUp(): void {
    if (!this.#isBehind) return
    this.#isBehind = false
    for (const { connection } of this.#lines.values()) connection?.resume()
  }

  /** The sandbox has ended: its peers hear what it had sent, or nothing more. */
  end(how: 'in order' | 'at once'): void {
    this.#isOver = true
    clearTimeout(this.#grantTimer)
    for (const { connection } of this.#lines.values()) {
      if (how === 'at once') connection?.cut()
      else {
        connection?.resume()
        connection?.close()
      }
    }
    this.#lines.clear()
  }

  #line(peer: NodeId): Line {
    let line = this.#lines.get(peer)
    if (line === undefined) {
      line = { connection: undefined, waiting: [], waitingBytes: 0, isClosed: false }
      this.#lines.set(peer, line)
      this.#options.reach(peer)
    }
    return line
  }

  #toSandbox(peer: NodeId, segment: Uint8Array, start: number, end: number): void {
    if (this.#isOver) return
    const frame = this.police.incoming(peer, segment, start, end)
    if (frame === undefined) return
    const waiting = this.#options.write(pieceOf(piece.frame, peer, frame.head, segment.subarray(frame.bodyStart, end)))
    if (waiting < sandboxBehindBytes || this.#isBehind) return
    this.#isBehind = true
    for (const { connection } of this.#lines.values()) connection?.pause()
  }

  #forget(peer: NodeId): void {
    this.#lines.delete(peer)
    this.police.forget(peer)
    this.#gone.add(peer)
    const [oldest] = this.#gone
    if (this.#gone.size > goneMax && oldest !== undefined) this.#gone.delete(oldest)
  }

  #grantSoon(): void {
    if (this.#grantTimer !== undefined || this.#isOver) return
    const dueMs = this.#allowance.dueMs(performance.now())
    if (dueMs !== undefined) this.#grantTimer = setTimeout(this.#grant, dueMs)
  }

  readonly #grant = (): void => {
    this.#grantTimer = undefined
    if (this.#isOver || this.#pendingBytes() > peerBehindBytes) return // `drained` comes back to it
    this.#options.granted(this.#allowance.grant(performance.now()))
    this.#grantSoon()
  }

  #pendingBytes(): number {
    let bytes = 0
    for (const { connection, waitingBytes } of this.#lines.values())
      bytes += waitingBytes + (connection?.pendingBytes ?? 0)
    return bytes
  }
}
