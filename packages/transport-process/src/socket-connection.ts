import type { Socket } from 'node:net'
import { letGo, MESSAGE_BYTES_MAX, noBytes, Polling } from '@bulkhead/core/transport'
import type { Beside, Connection, Ending, Receiver } from '@bulkhead/core/transport'
import { FrameReader } from './frame-reader.ts'
import type { Deliver } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import { keepReadingAfterFailedWrite } from './failed-write.ts'

export interface SocketConnectionOptions {
  /** Above this many pending bytes `send` returns false; at half of it the sender hears `drained`. Default 1 MiB. */
  readonly highWaterBytes?: number
  /** A frame that announces more bytes than this ends the connection as `corrupt`. Default: the longest message and 1 MiB, at most 4 GiB - 2. */
  readonly frameBytesMax?: number
  /** Whether the open connection keeps its process alive. Default false. */
  readonly ref?: boolean
}

/** A connection whose reading side can wait: what the other side sends meanwhile is pending there. */
export interface PausableConnection extends Connection {
  /** Delivers no more than what has arrived already, until `resume`. */
  pause(): void
  resume(): void
}

/**
 * What a turn has gathered is written within it already when it has grown to this, unless a write is under way: the other side works on it beside
 * this one. Otherwise two sides with many calls between them sleep by turns. Each time in a turn it takes twice as much, so that many frames take few
 * system calls.
 */
const writeEarlyBytes = 128

/** Chunks from this length on are given back as soon as their frames are delivered: a socket reads into new memory each time. */
const largeChunk = 16 * 1024

/** Beside the message a frame has a head, or stands in a request to start an actor. */
const frameBytesMaxDefault = MESSAGE_BYTES_MAX + 1024 * 1024

/**
 * Makes a connection of a connected socket, which from now on belongs to it. The connection ends as `lost` when the other process
 * ends in any way, after everything was delivered that the operating system had taken from it.
 */
export function openSocketConnection(socket: Socket, options: SocketConnectionOptions = {}): PausableConnection {
  return new SocketConnection(socket, options)
}

class SocketConnection implements PausableConnection {
  readonly shares = false
  readonly #socket: Socket
  readonly #highWaterBytes: number
  readonly #writer = new FrameWriter()
  readonly #reader: FrameReader
  #receiver: Receiver | undefined
  /** What came before anybody received. */
  #held: Uint8Array[] = []
  /** The loss that became known before anybody received. */
  #lostEarly: string | undefined
  #ending: Ending | undefined
  #isReported = false
  #closing = false
  #closingMarkTaken = false
  #peerClosing = false
  /** A `send` returned false, and `drained` was not called since. */
  #blocked = false
  #flushDue = false
  #earlyBytes = writeEarlyBytes
  readonly #polling = new Polling()
  #pollDue = false
  #isPaused = false

  constructor(socket: Socket, options: SocketConnectionOptions) {
    this.#socket = socket
    this.#highWaterBytes = options.highWaterBytes ?? 1024 * 1024
    this.#reader = new FrameReader(options.frameBytesMax ?? frameBytesMaxDefault, this.#deliver)
    if (options.ref) socket.ref()
    else socket.unref()
    keepReadingAfterFailedWrite(socket)
    let detail = 'the other process is gone'
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk))
    socket.on('error', (error: Error) => (detail = error.message))
    socket.on('end', () => this.#onLost(this.#reader.isInsideFrame ? 'the stream ended inside a frame' : detail))
    socket.on('close', () => this.#onLost(detail))
    socket.pause()
    if (socket.destroyed || socket.readableEnded) this.#onLost(detail)
  }

  get pendingBytes(): number {
    return this.#ending ? 0 : this.#writer.bytes + this.#socket.writableLength
  }

  send(
    head: Uint8Array,
    segment: Uint8Array = noBytes,
    start = 0,
    end = segment.length,
    beside?: Beside,
    isYours = false,
  ): boolean {
    if (this.#ending || this.#closing) return false
    if (beside?.length) throw new TypeError('Nothing can travel beside the frames of a connection between processes.')
    this.#writer.write(head, segment, start, end, isYours)
    if (!this.#flushDue) {
      this.#flushDue = true
      process.nextTick(this.#flush)
    }
    if (this.#writer.bytes >= this.#earlyBytes && this.#socket.writableLength === 0) {
      this.#earlyBytes *= 2
      this.#write(this.#onTaken)
    }
    if (this.pendingBytes <= this.#highWaterBytes) return true
    this.#blocked = true
    return false
  }

  flush(): void {
    this.#flush()
  }

  receive(receiver: Receiver): void {
    if (this.#receiver) throw new Error('This connection has a receiver already.')
    this.#receiver = receiver
    process.nextTick(() => {
      for (const chunk of this.#held.splice(0)) this.#onData(chunk)
      if (this.#lostEarly !== undefined) this.#onLost(this.#lostEarly)
      this.#settle()
      this.#report()
      if (!this.#isPaused) this.#socket.resume()
    })
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (this.#receiver) this.#socket.resume()
  }

  close(): void {
    if (this.#ending || this.#closing) return
    this.#closing = true
    this.#writer.writeClosing()
    this.#write(() => {
      this.#closingMarkTaken = true
      this.#settle()
    })
  }

  cut(): void {
    if (this.#ending) return
    this.#ending = { how: 'cut' }
    this.#socket.destroy()
    process.nextTick(() => this.#report())
  }

  readonly #flush = (): void => {
    this.#flushDue = false
    this.#earlyBytes = writeEarlyBytes
    if (!this.#ending && this.#writer.bytes > 0) this.#write(this.#onTaken)
  }

  readonly #onTaken = (): void => this.#settle()

  /** One system call for everything that was gathered. `taken` runs when the operating system has all of it. */
  #write(taken: () => void): void {
    const chunks = this.#writer.take()
    const moved = this.#writer.takeMoved()
    const last = chunks.pop()
    if (chunks.length > 0) this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    if (last)
      this.#socket.write(last, (error) => {
        if (!error) for (const chunk of moved) letGo(chunk)
        taken()
      })
    if (chunks.length > 0) this.#socket.uncork()
  }

  #onData(chunk: Uint8Array): void {
    if (this.#ending) return
    if (!this.#receiver) {
      this.#held.push(chunk)
      return
    }
    // Not as the `Buffer` that it is, whose `slice` copies nothing: whoever keeps a copy of a frame would keep what is given back.
    const reading = this.#reader.read(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length))
    if (chunk.length >= largeChunk && chunk.length === chunk.buffer.byteLength) letGo(chunk)
    this.#polling.arrived(performance.now())
    this.#poll()
    if (reading === 'corrupt') this.#finish({ how: 'corrupt', detail: 'a frame longer than the limit' })
    if (reading !== 'closing') return
    this.#peerClosing = true
    this.close()
    this.#settle()
  }

  /** Keeps the event loop from sleeping, so that it finds the next chunk by itself. */
  #poll(): void {
    if (this.#pollDue || this.#ending || !this.#polling.looksAgain(performance.now())) return
    this.#pollDue = true
    setImmediate(this.#polled)
  }

  readonly #polled = (): void => {
    this.#pollDue = false
    this.#poll()
  }

  readonly #deliver: Deliver = (segment, start, end, isYours) => {
    try {
      this.#receiver?.frame(segment, start, end, undefined, isYours)
    } catch (error) {
      raiseLater(error)
    }
    return !this.#ending
  }

  /** Sees what has become true: both sides have closed, or there is room again. */
  #settle(): void {
    if (this.#ending) return
    if (this.#peerClosing && this.#closingMarkTaken) this.#finish({ how: 'closed' })
    else if (this.#blocked && this.#receiver && this.pendingBytes <= this.#highWaterBytes / 2) {
      this.#blocked = false
      this.#receiver.drained()
    }
  }

  #onLost(detail: string): void {
    if (!this.#receiver) this.#lostEarly ??= detail
    else this.#finish({ how: 'lost', detail })
  }

  #finish(ending: Ending): void {
    if (this.#ending) return
    this.#ending = ending
    this.#socket.destroy()
    this.#report()
  }

  #report(): void {
    if (!this.#ending || !this.#receiver || this.#isReported) return
    this.#isReported = true
    this.#receiver.closed(this.#ending)
  }
}

/** An error of the receiver is an uncaught error; the frames behind it are delivered all the same. */
function raiseLater(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}
