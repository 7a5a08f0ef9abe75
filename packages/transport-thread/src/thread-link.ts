import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { laneMemory } from './lane.ts'

/**
 * One end of a link, before it is opened: plain data that any thread of the OS process can receive by `postMessage`, with
 * {@link transferOf} as the transfer list. It is opened once, by `openThreadConnection`, in the thread that keeps it.
 */
export interface ThreadEnd {
  readonly port: MessagePort
  /** The memory of the direction that this end writes. */
  readonly outgoing: SharedArrayBuffer
  /** The memory of the direction that this end reads. */
  readonly incoming: SharedArrayBuffer
  /** Bytes of each ring; 0 means that frames go through the port. */
  readonly ringBytes: number
}

export interface ThreadLinkOptions {
  /** `ring`: frames lie in shared memory, the port only wakes a sleeping reader. `port`: frames are posted. Default `ring`. */
  readonly carrier?: 'ring' | 'port'
  /** Size of each direction's ring, a power of two, at least 4 KiB. Default 256 KiB. */
  readonly ringBytes?: number
}

const ringBytesDefault = 256 * 1024
const ringBytesMin = 4096

/** Makes a fresh link between two threads. Throws a RangeError for a ring size that is not a power of two of at least 4 KiB. */
export function threadLink(options: ThreadLinkOptions = {}): { near: ThreadEnd; far: ThreadEnd } {
  const { carrier = 'ring', ringBytes: wanted = ringBytesDefault } = options
  if (wanted < ringBytesMin || !Number.isInteger(Math.log2(wanted))) {
    throw new RangeError(`ringBytes must be a power of two of at least ${ringBytesMin}, not ${wanted}.`)
  }
  const ringBytes = carrier === 'ring' ? wanted : 0
  const { port1, port2 } = new MessageChannel()
  const toFar = laneMemory(ringBytes)
  const toNear = laneMemory(ringBytes)
  return {
    near: { port: port1, outgoing: toFar, incoming: toNear, ringBytes },
    far: { port: port2, outgoing: toNear, incoming: toFar, ringBytes },
  }
}

/** What has to stand in the transfer list of the `postMessage` that carries this end to another thread. */
export function transferOf(end: ThreadEnd): [MessagePort] {
  return [end.port]
}
