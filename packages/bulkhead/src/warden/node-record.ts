import type { NodeId, PlacementDecision, Verdict } from '@bulkhead/core'
import type { NodeSurvey, Population } from '../control.ts'
import type { ErrorParts } from '../error-parts.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEnd, NodeBody } from './node-body.ts'

/** What the warden knows about one node. */
export interface NodeRecord {
  readonly id: NodeId
  readonly body: NodeBody
  readonly profile: LaunchProfile | undefined
  readonly share: NodeSurvey['share']
  readonly compartment: string | undefined
  /** Resolves when the node exists; rejects when it ended before. */
  readonly up: Promise<void>
  readonly settleUp: (failure?: Error) => void
  population: Population
  /** By which actors were placed on it: of several decisions the one that lets crashes move them least far. */
  placement: PlacementDecision | undefined
  /** Whether it ever had an actor. */
  wasUsed: boolean
  /** Actors that were placed on it and may still be on their way. */
  placedAt: number
  placedSince: number
  /** It is being ended in order and gets no more actors. */
  retiring: boolean
  /** A peer cannot hear it any more. */
  isLost: boolean
  verdict: Verdict | undefined
  /** Why it is being ended, by force: it has the verdict when it has. */
  ending: BodyEnd | undefined
  /** Paths of actors whose replacements wait for its end if it is fenced, and how many live there. */
  readonly awaited: Map<string, number>
  /** What ended it, when that was an error. */
  error: ErrorParts | undefined
  /** The address where other OS processes can dial it, once it listens. */
  address: string | undefined
  /** Dials that wait for that address. */
  readonly dials: (() => void)[]
  /** Peers with which a connection was brokered. */
  readonly peers: Set<NodeId>
  /** Share of the time that its loop was active lately, 0 to 1. */
  load: number
  lastActiveMs: number
}

/** An actor lives there, or does no longer, whose replacement is to wait for the node's end if it is fenced. */
export function countAwaited({ awaited }: NodeRecord, path: string, isAlive: boolean): void {
  const lives = (awaited.get(path) ?? 0) + (isAlive ? 1 : -1)
  if (lives > 0) awaited.set(path, lives)
  else awaited.delete(path)
}

export function newRecord(
  id: NodeId,
  body: NodeBody,
  profile: LaunchProfile | undefined,
  share: NodeRecord['share'],
  compartment?: string,
): NodeRecord {
  const { promise: up, resolve, reject } = Promise.withResolvers<void>()
  up.catch(() => {}) // whoever waits for it hears
  return {
    id,
    body,
    profile,
    share,
    compartment,
    up,
    settleUp: (failure) => (failure === undefined ? resolve() : reject(failure)),
    population: { alive: 'none' },
    placement: undefined,
    wasUsed: false,
    placedAt: 0,
    placedSince: 0,
    retiring: false,
    isLost: false,
    verdict: undefined,
    ending: undefined,
    awaited: new Map(),
    error: undefined,
    address: undefined,
    dials: [],
    peers: new Set(),
    load: 0,
    lastActiveMs: 0,
  }
}

/** How many actors a node counts for when the next one is placed: those it has, those on their way, and its load. */
export function weightOf(record: NodeRecord): number {
  const alive = record.body.vitals?.alive ?? { none: 0, one: 1, several: 2 }[record.population.alive]
  return alive + record.placedSince + record.load * 100
}

/** Whether an actor with this decision may join the others on that node. */
export function fits(record: NodeRecord, decision: PlacementDecision): boolean {
  return (
    record.body.kind === decision.kind &&
    record.verdict === undefined &&
    record.ending === undefined &&
    !record.retiring &&
    !record.isLost &&
    record.body.crew?.isOver !== true &&
    record.share === decision.share &&
    record.compartment === decision.compartment
  )
}
