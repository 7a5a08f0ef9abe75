import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ROOT } from 'bulkhead'
import type { ChaosDoor, Disturbed } from 'bulkhead'
import type { InjectionEvidence } from './evidence.ts'
import { endOf } from './fault.ts'
import type { Fault } from './fault.ts'
import type { Candidate } from './place.ts'
import { SABOTAGE } from './sabotage.ts'

/** Milliseconds that the operating system may take to stop a process. */
const stopMs = 500

export interface Inflicting {
  readonly door: ChaosDoor
  readonly kill: (target: Candidate) => void
  /** Asks its node, over the connection of the root with that, whether the actor is alive. */
  readonly isAlive: (target: Candidate) => Promise<boolean>
  /** The node of the actor at this path; undefined when there is none. */
  readonly nodeAt: (path: string) => number | undefined
}

/**
 * Makes a fault happen, now. Resolves with what was seen of it when it is over, where the target is meant to survive it, and never otherwise:
 * its end is to be watched. Rejects when it could not be done.
 */
export async function inflict(fault: Fault, target: Candidate, means: Inflicting): Promise<InjectionEvidence> {
  const begunMs = performance.now()
  const evidence = await commit(fault, target, means)
  if (endOf(fault.kind) !== 'nobody' || evidence === undefined) return await new Promise(() => {})
  return { ...evidence, lastedMs: Math.round(performance.now() - begunMs) }
}

async function commit(fault: Fault, target: Candidate, means: Inflicting): Promise<InjectionEvidence | undefined> {
  const { kind } = fault
  switch (kind) {
    case 'kill':
      means.kill(target)
      return undefined
    case 'SIGKILL':
    case 'SIGSTOP':
      signal(target.osProcess, kind)
      return undefined
    case 'SIGCONT':
      return await stopAndContinue(target.osProcess, fault.forMs ?? 0)
    case 'cut':
    case 'delay':
      return await disturb(fault, target, means)
    default: {
      const code = SABOTAGE[kind]
      if (code === undefined) throw new Error(`nobody knows how to commit ${kind}`)
      await means.door.intrude(target.pid, code, [fault])
      return { cause: kind }
    }
  }
}

/** As another process sends it: the victim can do nothing about SIGKILL and SIGSTOP. */
function signal(osProcess: number, name: NodeJS.Signals): void {
  if (osProcess === process.pid) throw new Error(`${name} would hit the process that injects faults`)
  process.kill(osProcess, name)
}

async function stopAndContinue(osProcess: number, forMs: number): Promise<InjectionEvidence> {
  signal(osProcess, 'SIGSTOP')
  try {
    const until = performance.now() + Math.min(forMs, stopMs)
    let state = stateOf(osProcess)
    while (state !== undefined && state !== 'T' && performance.now() < until) {
      await pause(1)
      state = stateOf(osProcess)
    }
    await pause(Math.max(0, forMs))
    return { cause: 'continued', ...(state !== undefined && { state }) }
  } finally {
    try {
      signal(osProcess, 'SIGCONT')
    } catch {
      // It was ended meanwhile.
    }
  }
}

/** The state letter of `/proc/PID/stat`; undefined where there is none. The command before it stands in parentheses. */
function stateOf(osProcess: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${osProcess}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')') + 2)[0]
  } catch {
    return undefined
  }
}

async function disturb(fault: Fault, target: Candidate, means: Inflicting): Promise<InjectionEvidence> {
  const peer = peerOf(fault, means)
  if (peer === target.node)
    throw new Error(`it shares the node of ${fault.peer ?? 'the root'}: no frames go between them`)
  const { kind, forMs = 0, ways = 'both' } = fault
  const delayMs = kind === 'cut' ? Infinity : (fault.delayMs ?? 0)
  const late = (from: number, to: number): Promise<Disturbed> => means.door.disturb({ from, to, delayMs, forMs })
  const disturbed = await Promise.all([
    ...(ways === 'from' ? [] : [late(peer, target.node)]),
    ...(ways === 'to' ? [] : [late(target.node, peer)]),
  ])
  const answeredMs = peer === ROOT ? await answerOf(target, means) : undefined
  const held = await Promise.all(disturbed.map(({ over }) => over))
  return {
    cause: kind,
    ...(answeredMs !== undefined && { answeredMs }),
    held: {
      frames: held.reduce((sum, { frames }) => sum + frames, 0),
      bytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  }
}

/** How long it takes to be heard and answered; undefined when it is not there any more. */
async function answerOf(target: Candidate, { isAlive }: Inflicting): Promise<number | undefined> {
  const askedMs = performance.now()
  return (await isAlive(target)) ? Math.round(performance.now() - askedMs) : undefined
}

function peerOf({ peer }: Fault, { nodeAt }: Inflicting): number {
  if (peer === undefined) return ROOT
  const node = nodeAt(peer)
  if (node === undefined) throw new Error(`there is no actor at ${peer} to be at odds with`)
  return node
}
