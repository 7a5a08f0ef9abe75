import { noBytes, Polling } from '@bulkhead/core/transport'
import type { Beside, Connection, Ending, Receiver } from '@bulkhead/core/transport'
import { doorbell } from './carrier.ts'
import type { Deliver, Incoming, Outgoing, Progress } from './carrier.ts'
import { PortIncoming } from './port-incoming.ts'
import { PortOutgoing } from './port-outgoing.ts'
import { RingIncoming } from './ring-incoming.ts'
import { RingOutgoing } from './ring-outgoing.ts'
import type { ThreadEnd } from './thread-link.ts'

export interface ThreadConnectionOptions {
  /** Above this many pending bytes `send` returns false; at half of it the sender hears `drained`. Default 1 MiB. */
  readonly highWaterBytes?: number
  /** Whether the open connection keeps its thread alive. Default false: whoever hosts a node holds a port of its own. */
  readonly ref?: boolean
  /** Whether what travels beside a frame reaches whoever it is for. Not when the other end hands its frames on to another OS process. Default true. */
  readonly shares?: boolean
}

/** A connection whose reading side can wait: what the other side sends meanwhile is pending there. */
export interface PausableConnection extends Connection {
  /** Delivers no more than what has arrived already, until `resume`. */
  pause(): void
  resume(): void
}

/**
 * Makes a live connection of an end, in the thread that holds it; called once for each end. The connection ends as `lost` when
 * the other thread ends in any way, or if the end was never opened there, after everything that was published before was delivered.
 */
export function openThreadConnection(end: ThreadEnd, options: ThreadConnectionOptions = {}): PausableConnection {
  return new ThreadConnection(end, options)
}

class ThreadConnection implements PausableConnection {
  readonly shares: boolean
  readonly #end: ThreadEnd
  readonly #outgoing: Outgoing
  readonly #incoming: Incoming
  readonly #highWaterBytes: number
  #receiver: Receiver | undefined
  #ending: Ending | undefined
  #isReported = false
  #closing = false
  #peerClosing = false
  /** The port said that the other side is gone: nothing more will come through it. */
  #peerGone = false
  /** A `send` returned false, and `drained` was not called since. */
  #blocked = false
  #flushDue = false
  #reading = false
  #lookDue = false
  readonly #polling = new Polling()
  /** Whether frames were delivered since the last rest. */
  #delivered = false
  #isPaused = false

  constructor(end: ThreadEnd, options: ThreadConnectionOptions) {
    const { port, incoming, outgoing, ringBytes } = end
    const ring = () => port.postMessage(doorbell)
    this.#end = end
    this.shares = options.shares ?? true
    this.#highWaterBytes = options.highWaterBytes ?? 1024 * 1024
    this.#outgoing = ringBytes > 0 ? new RingOutgoing(port, outgoing, ringBytes) : new PortOutgoing(port, outgoing)
    this.#incoming = ringBytes > 0 ? new RingIncoming(incoming, ringBytes, ring) : new PortIncoming(incoming, ring)
    port.on('message', (message: unknown) => this.#onMessage(message))
    port.on('messageerror', () => this.#finish({ how: 'corrupt', detail: 'a message that cannot be decoded' }))
    port.on('close', () => this.#onPeerGone())
    if (!options.ref) port.unref()
  }

  get pendingBytes(): number {
    return this.#ending ? 0 : this.#outgoing.pendingBytes
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
    if (beside?.length && !this.shares) throw new TypeError('Nothing can travel beside the frames of this connection.')
    this.#outgoing.write(head, segment, start, end, beside?.length ? beside : undefined, isYours)
    if (!this.#flushDue) {
      this.#flushDue = true
      process.nextTick(this.#flush)
    }
    if (this.#outgoing.pendingBytes <= this.#highWaterBytes) return true
    this.#block()
    return false
  }

  flush(): void {
    this.#flush()
  }

  receive(receiver: Receiver): void {
    if (this.#receiver) throw new Error('This connection has a receiver already.')
    this.#receiver = receiver
    this.#lookLater(process.nextTick)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#lookLater(process.nextTick)
  }

  close(): void {
    if (this.#ending || this.#closing) return
    this.#closing = true
    this.#outgoing.finish()
  }

  cut(): void {
    if (this.#ending) return
    this.#ending = { how: 'cut' }
    this.#end.port.close()
    this.#lookLater(process.nextTick)
  }

  readonly #flush = (): void => {
    this.#flushDue = false
    if (!this.#ending && !this.#closing) this.#outgoing.flush()
  }

  #onMessage(message: unknown): void {
    if (this.#ending) return
    if (message === doorbell) this.#outgoing.wake()
    else this.#incoming.arrive(message)
    this.#look()
  }

  #onPeerGone(): void {
    this.#peerGone = true
    this.#look()
  }

  /** Delivers what is there, then sees what else has become true. Runs in a task of its own, never inside a call of the user. */
  #look(): void {
    if (!this.#receiver || this.#reading) return
    if (this.#ending) return this.#report()
    if (this.#isPaused) return this.#offerRoom()
    this.#reading = true
    const progress = this.#incoming.read(this.#deliver)
    this.#reading = false
    if (progress === 'more' || (progress === 'empty' && !this.#sleeps())) this.#lookLater(setImmediate)
    this.#conclude(progress)
    this.#offerRoom()
  }

  /** Nothing is there: whether it may wait for a doorbell. */
  #sleeps(): boolean {
    const now = performance.now()
    if (this.#delivered) this.#polling.arrived(now)
    this.#delivered = false
    return !this.#polling.looksAgain(now) && this.#incoming.sleep()
  }

  #conclude(progress: Progress): void {
    if (progress === 'closing') {
      this.#peerClosing = true
      this.close()
    }
    if (this.#peerClosing && this.#outgoing.isFinished) this.#finish({ how: 'closed' })
    else if (progress === 'corrupt') this.#finish({ how: 'corrupt', detail: 'bytes that are no frames' })
    else if (progress === 'missing' && this.#peerGone)
      this.#finish({ how: 'corrupt', detail: 'a claim without its payload' })
    else if (progress === 'empty' && this.#peerGone) this.#finish({ how: 'lost', detail: 'the other thread is gone' })
  }

  readonly #deliver: Deliver = (segment, start, end, beside, isYours) => {
    this.#delivered = true
    try {
      this.#receiver?.frame(segment, start, end, beside, isYours)
    } catch (error) {
      raiseLater(error)
    }
    return !this.#ending
  }

  #finish(ending: Ending): void {
    if (this.#ending) return
    this.#ending = ending
    this.#end.port.close()
    this.#report()
  }

  #report(): void {
    const ending = this.#ending
    if (!ending || !this.#receiver || this.#isReported) return
    this.#isReported = true
    this.#receiver.closed(ending)
  }

  #block(): void {
    this.#blocked = true
    if (!this.#outgoing.awaitRoom(this.#highWaterBytes / 2)) this.#lookLater(process.nextTick)
  }

  #offerRoom(): void {
    if (!this.#blocked || this.#ending) return
    if (this.#outgoing.awaitRoom(this.#highWaterBytes / 2)) return
    this.#blocked = false
    this.#receiver?.drained()
  }

  #lookLater(schedule: (look: () => void) => unknown): void {
    if (this.#lookDue) return
    this.#lookDue = true
    schedule(() => {
      this.#lookDue = false
      this.#look()
    })
  }
}

/** An error of the receiver is an uncaught error; the frames behind it are delivered all the same. */
function raiseLater(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}
