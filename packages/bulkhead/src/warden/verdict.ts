import { makePid, pidPrefix } from '@bulkhead/core'
import type { Evidence, ExitReason, Verdict } from '@bulkhead/core'
import { errorOf } from '../error-parts.ts'
import type { ErrorParts } from '../error-parts.ts'
import type { BodyEnd } from './node-body.ts'
import type { NodeRecord } from './node-record.ts'

/** What everybody is told about the end of a node. `fenced`: it is cut off before it has really ended. */
export function verdictOf(system: string, record: NodeRecord, end: BodyEnd, fenced: boolean): Verdict {
  const { id, body, population } = record
  const output = [...body.output.lastLines, ...(end.output ?? [])]
  const evidence: Evidence = {
    node: id,
    domain: end.domain ?? `${system}.${id}`,
    cause: end.cause,
    lastHeartbeatMs: body.silentMs,
    ...(end.code !== undefined && { code: end.code }),
    ...(end.signal !== undefined && { signal: end.signal }),
    ...(end.handler !== undefined && { handler: end.handler }),
    ...(end.rule !== undefined && { rule: end.rule }),
    ...(end.limitField !== undefined && { limit: { field: end.limitField, mb: end.limitMb as number } }),
    ...(end.heapBytes !== undefined && end.heapBytes > 0 && { heapBytes: end.heapBytes }),
    ...(output.length > 0 && { output }),
  }
  const serial = end.culprit ?? (body.vitals === undefined ? population.sole?.serial : body.vitals.sole)
  const isBlamed = typeof serial === 'number' && serial > 0 && end.cause !== 'stopped' && end.cause !== 'unknown'
  return {
    evidence,
    ...(isBlamed && { culprit: { pid: makePid(pidPrefix(system, id), serial), reason: reasonOf(end) } }),
    ...(fenced && { fenced }),
  }
}

/** A verdict with the error that ended the node, put together again: an error keeps its class and fields across threads only as parts. */
export function withError(verdict: Verdict, parts: ErrorParts | undefined): Verdict {
  if (parts === undefined) return verdict
  const error = errorOf(parts)
  const { evidence, culprit } = verdict
  return { ...verdict, evidence: { ...evidence, error }, ...(culprit && { culprit: { ...culprit, reason: error } }) }
}

/** What the actor to blame ends with. */
function reasonOf(end: BodyEnd): ExitReason {
  switch (end.cause) {
    case 'stuck':
      return { stuck: { handler: end.handler ?? 'unknown', forMs: Math.round(end.forMs ?? 0) } }
    case 'out_of_memory':
      return { out_of_memory: { limitMb: end.limitMb } }
    case 'exited':
      return { exited: { code: end.code ?? 0 } }
    case 'signaled':
      return { signaled: { signal: end.signal ?? 'unknown' } }
    case 'error': // put together where it is heard, see `withError`
    case 'killed':
      return 'killed'
    case 'protocol_violation':
    case 'stopped':
    case 'unknown':
      return end.cause
  }
}
