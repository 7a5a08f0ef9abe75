import type { Socket } from 'node:net'
import type { Connection, Ending, Receiver } from '@bulkhead/core/transport'
import type { Grant, NodeId } from '@bulkhead/core'
import { piece, PieceReader, pieceOf, wordOf } from './wire.ts'

/** Above this many pending bytes `send` returns false; at half of it the sender hears `drained`. */
const highWaterBytes = 1024 * 1024

export interface UplinkEvents {
  /** The warden said something. */
  readonly word: (word: unknown) => void
  /** A peer speaks with which there was no connection yet. */
  readonly connected: (peer: NodeId, connection: Connection) => void
  /** The warden is gone. */
  readonly closed: () => void
}

/**
 * The sandbox's side of its one socket: connections with any number of nodes, and the talk with the warden. It sends no more than it was granted; what is more waits here.
 */
export class Uplink {
  readonly #socket: Socket
  readonly #events: UplinkEvents
  readonly #connections = new Map<NodeId, UplinkConnection>()
  #frames: number
  #bytes: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #flushDue = false
  #whenEmpty: (() => void) | undefined

  constructor(socket: Socket, first: Grant, events: UplinkEvents) {
    this.#socket = socket
    this.#events = events
    this.#frames = first.frames
    this.#bytes = first.bytes
    const reader = new PieceReader(0xffff_ff00, (kind, peer, segment, start, end) => {
      this.#take(kind, peer, segment, start, end)
      return true
    })
    socket.on('data', (chunk: Uint8Array) => reader.read(chunk))
    socket.on('error', () => {}) // `close` follows
    socket.once('close', events.closed)
  }

  say(word: unknown): void {
    this.#send(wordOf(word))
  }

  /** So much more may be sent. */
  granted({ frames, bytes }: Grant): void {
    this.#frames += frames
    this.#bytes += bytes
    this.flush()
  }

  /** The connection with a node, made when it is first needed: the warden sees to the rest. */
  connect(peer: NodeId): Connection | undefined {
    return this.#connections.has(peer) ? undefined : this.#open(peer)
  }

  /** Resolves when everything has left, or after so many milliseconds. */
  async flushed(withinMs: number): Promise<void> {
    if (this.pendingBytes === 0) return
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
      setTimeout(resolve, withinMs)
    })
  }

  get pendingBytes(): number {
    return this.#waitingBytes + this.#socket.writableLength
  }

  send(
    kind: typeof piece.frame | typeof piece.close,
    peer: NodeId,
    head?: Uint8Array,
    segment?: Uint8Array,
    start?: number,
    end?: number,
  ): void {
    this.#send(pieceOf(kind, peer, head, segment, start, end))
  }

  forget(peer: NodeId, connection: UplinkConnection): void {
    if (this.#connections.get(peer) === connection) this.#connections.delete(peer)
  }

  #open(peer: NodeId): UplinkConnection {
    const connection = new UplinkConnection(this, peer)
    this.#connections.set(peer, connection)
    return connection
  }

  #take(kind: number, peer: NodeId, segment: Uint8Array, start: number, end: number): void {
    if (kind === piece.word) {
      this.#events.word(JSON.parse(Buffer.from(segment.buffer, segment.byteOffset + start, end - start).toString()))
      return
    }
    let connection = this.#connections.get(peer)
    if (kind === piece.close) return connection?.lost({ how: 'closed' })
    if (connection === undefined) {
      connection = this.#open(peer)
      this.#events.connected(peer, connection)
    }
    connection.arrived(segment, start, end)
  }

  #send(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#flushDue) return
    this.#flushDue = true
    process.nextTick(() => {
      this.#flushDue = false
      this.flush()
    })
  }

  /** One write for everything that may leave now. */
  flush(): void {
    let count = 0
    for (const { length } of this.#waiting) {
      if (this.#frames < 1 || this.#bytes < length) break
      this.#frames--
      this.#bytes -= length
      this.#waitingBytes -= length
      count++
    }
    if (count > 0) this.#socket.write(Buffer.concat(this.#waiting.splice(0, count)), () => this.#onRoom())
  }

  #onRoom(): void {
    if (this.pendingBytes === 0) this.#whenEmpty?.()
    if (this.pendingBytes <= highWaterBytes / 2)
      for (const connection of this.#connections.values()) connection.drained()
  }
}

class UplinkConnection implements Connection {
  readonly shares = false
  readonly #uplink: Uplink
  readonly #peer: NodeId
  #receiver: Receiver | undefined
  #held: Uint8Array[] = []
  #ending: Ending | undefined
  #isReported = false
  #isClosing = false
  #isBlocked = false

  constructor(uplink: Uplink, peer: NodeId) {
    this.#uplink = uplink
    this.#peer = peer
  }

  get pendingBytes(): number {
    return this.#ending === undefined ? this.#uplink.pendingBytes : 0
  }

  send(head: Uint8Array, segment?: Uint8Array, start?: number, end?: number): boolean {
    if (this.#ending !== undefined || this.#isClosing) return false
    this.#uplink.send(piece.frame, this.#peer, head, segment, start, end)
    if (this.pendingBytes <= highWaterBytes) return true
    this.#isBlocked = true
    return false
  }

  flush(): void {
    this.#uplink.flush()
  }

  receive(receiver: Receiver): void {
    process.nextTick(() => {
      this.#receiver = receiver
      for (const frame of this.#held.splice(0)) receiver.frame(frame, 0, frame.length, undefined)
      this.#report()
    })
  }

  close(): void {
    if (this.#ending !== undefined || this.#isClosing) return
    this.#isClosing = true
    this.#uplink.send(piece.close, this.#peer)
  }

  cut(): void {
    this.lost({ how: 'cut' })
  }

  arrived(segment: Uint8Array, start: number, end: number): void {
    if (this.#ending !== undefined) return
    if (this.#receiver === undefined) this.#held.push(segment.slice(start, end))
    else this.#receiver.frame(segment, start, end, undefined)
  }

  drained(): void {
    if (!this.#isBlocked || this.#ending !== undefined) return
    this.#isBlocked = false
    this.#receiver?.drained()
  }

  lost(ending: Ending): void {
    if (this.#ending !== undefined) return
    this.#ending = ending
    this.#uplink.forget(this.#peer, this)
    process.nextTick(() => this.#report())
  }

  #report(): void {
    if (this.#ending === undefined || this.#receiver === undefined || this.#isReported) return
    this.#isReported = true
    this.#receiver.closed(this.#ending)
  }
}
