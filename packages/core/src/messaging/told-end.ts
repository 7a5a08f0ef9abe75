import type { Evidence } from '../actor/exit-reason.ts'
import type { Decoder, Encoder } from './codec.ts'
import { Undecodable } from './codec.ts'
import type { Ended } from './signal.ts'

/**
 * An end on its way to another node. The reason is encoded by itself: it may hold what the reader has no type for, and then only the reason
 * is lost, not the news and not the node that sent it.
 */
export type ToldEnd = readonly [reason: unknown, evidence: Evidence | undefined, nameVersion: number]

export function tellEnd(encoder: Encoder, { reason, evidence, nameVersion }: Ended): ToldEnd {
  const plain = typeof reason !== 'object' || reason === null
  return [plain ? reason : encoder.encode(reason, { root: 'reason' }).bytes, evidence, nameVersion]
}

/** Throws `Undecodable` for what is no end. */
export function hearEnd(decoder: Decoder, told: unknown): Ended {
  if (!Array.isArray(told) || told.length !== 3) throw new Undecodable('an end without its parts')
  const [reason, evidence, nameVersion] = told as readonly unknown[]
  if (typeof nameVersion !== 'number') throw new Undecodable('an end without its version of the names')
  if (evidence !== undefined && (typeof evidence !== 'object' || evidence === null))
    throw new Undecodable('evidence that is none')
  return {
    reason: reason instanceof Uint8Array ? hearReason(decoder, reason) : reason,
    evidence: evidence as Evidence | undefined,
    nameVersion,
  }
}

function hearReason(decoder: Decoder, bytes: Uint8Array): unknown {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return `a reason that does not decode here: ${error.message}`
  }
}
