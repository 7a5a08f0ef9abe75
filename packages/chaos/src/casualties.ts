import { endOf } from './fault.ts'
import type { Fault } from './fault.ts'
import type { Candidate } from './place.ts'
import { isAtOrBelow } from './target.ts'

/** What a signal to an OS process hits: all nodes in it. */
const OF_THE_PROCESS: ReadonlySet<Fault['kind']> = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGKILL',
  'SIGSTOP',
  'SIGCONT',
  'heap',
  'buffer',
])

/**
 * Everybody who goes down with the target of a fault, itself included: it alone, its node, or its OS process; and whoever is supervised below
 * one of them. Of faults that end nobody: whoever feels it.
 */
export function casualtiesOf(fault: Fault, target: Candidate, all: readonly Candidate[]): Candidate[] {
  const isHit = (other: Candidate): boolean => {
    if (other === target) return true
    if (OF_THE_PROCESS.has(fault.kind)) return other.osProcess === target.osProcess
    return (
      (endOf(fault.kind) === 'node' || fault.kind === 'cut' || fault.kind === 'delay') && other.node === target.node
    )
  }
  const hit = all.filter(isHit)
  if (endOf(fault.kind) === 'nobody') return hit
  return all.filter((other) => hit.some(({ path }) => isAtOrBelow(other.path, path)))
}
