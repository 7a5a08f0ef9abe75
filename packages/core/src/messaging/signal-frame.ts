import type { Pid } from '../actor/pid.ts'
import { checkedFound, checkedItems } from './checked-body.ts'
import type { Decoder, Encoder } from './codec.ts'
import { Undecodable } from './codec.ts'
import type { FrameKind } from './frame.ts'
import type { Signal, StartedOutcome } from './signal.ts'
import { hearEnd, tellEnd } from './told-end.ts'

/** The number of a signal that its frame's head carries. */
export function refOfSignal(signal: Signal): number {
  switch (signal.kind) {
    case 'exit':
    case 'link_exit':
    case 'link':
      return 0
    case 'unlink':
    case 'unlink_ack':
      return signal.id
    default:
      return signal.ref
  }
}

/** What a signal says beyond its head; undefined: nothing. */
export function bodyOfSignal(encoder: Encoder, signal: Signal): unknown {
  switch (signal.kind) {
    case 'exit':
    case 'link_exit':
    case 'down':
      return tellEnd(encoder, signal.ended)
    case 'call_failed':
      return signal.reason
    case 'started': {
      const { outcome } = signal
      return outcome.kind === 'started' ? ['started'] : [outcome.kind, tellEnd(encoder, outcome.ended)]
    }
    case 'alive_reply':
      return signal.alive
    case 'info':
      return signal.items
    case 'info_reply':
      return signal.found ?? null
    default:
      return undefined
  }
}

/** The signal that a frame without a body is; undefined: a frame of that kind has one, or is no signal. */
export function signalWithoutBody(kind: FrameKind, to: Pid, from: Pid, ref: number): Signal | undefined {
  switch (kind) {
    case 'link':
    case 'monitor':
    case 'demonitor':
    case 'spawn_reply':
    case 'alive':
      return { kind, to, from, ref }
    case 'unlink':
    case 'unlink_ack':
      return { kind, to, from, id: ref }
    default:
      return undefined
  }
}

/** The signal that a frame with this body is; undefined: it is none. Throws `Undecodable` when the body is not what such a signal says. */
export function signalWithBody(
  kind: FrameKind,
  to: Pid,
  from: Pid,
  ref: number,
  body: unknown,
  decoder: Decoder,
): Signal | undefined {
  switch (kind) {
    case 'exit':
    case 'link_exit':
      return { kind, to, from, ended: hearEnd(decoder, body) }
    case 'down':
      return { kind, to, from, ref, ended: hearEnd(decoder, body) }
    case 'call_failed':
      return { kind, to, from, ref, reason: body }
    case 'started':
      return { kind, to, from, ref, outcome: outcomeOf(body, decoder) }
    case 'alive_reply':
      return { kind, to, from, ref, alive: body === true }
    case 'info':
      return { kind, to, from, ref, items: checkedItems(body) }
    case 'info_reply':
      return { kind, to, from, ref, found: checkedFound(body) }
    default:
      return undefined
  }
}

function outcomeOf(body: unknown, decoder: Decoder): StartedOutcome {
  const [kind, ended] = Array.isArray(body) ? (body as readonly unknown[]) : []
  if (kind === 'failed' || kind === 'ignored') return { kind, ended: hearEnd(decoder, ended) }
  if (kind === 'started') return { kind }
  throw new Undecodable('an unknown outcome of a start')
}
