import type { ActorSnapshot, Pid, UnsettledChild } from '@bulkhead/core'

/** An actor that still lives while the system stops, and why. */
export interface Remaining {
  /** Undefined for one that only its supervisor speaks of. */
  readonly pid: Pid | undefined
  readonly path: string
  /** What it did, as the end of a sentence. */
  readonly why: string
}

/**
 * What each of these actors does while their supervisors stop them, one child at a time: one is waited for, others wait for it. The top supervisor
 * is not among them, and those are that it speaks of. Pure.
 */
export function remainingOf(actors: readonly ActorSnapshot[]): Remaining[] {
  const stops = new Map(actors.flatMap(stopsOf))
  const here = actors.filter(({ path }) => path !== '')
  const elsewhere = [...stops.keys()].filter((path) => !actors.some((each) => each.path === path))
  return [
    ...here.map((actor) => ({ pid: actor.pid, path: actor.path, why: whyOf(actor, stops.get(actor.path)) })),
    ...elsewhere.map((path) => ({ pid: undefined, path, why: told(stops.get(path) as UnsettledChild) })),
  ]
}

/** Children that are being stopped, by their paths. */
const stopsOf = ({ path, unsettled = [] }: ActorSnapshot): (readonly [path: string, child: UnsettledChild])[] =>
  unsettled.filter(({ status }) => status === 'stopping').map((child) => [`${path}/${child.child}`, child])

function whyOf(actor: ActorSnapshot, stop: UnsettledChild | undefined): string {
  const waits = stopsOf(actor).map(([, { child }]) => child)
  if (waits.length > 0) return `it waited for ${waits.join(', ')}`
  return stop === undefined ? 'its turn had not come' : told(stop)
}

function told({ stoppingMs = 0, shutdown }: UnsettledChild): string {
  const time = typeof shutdown === 'number' ? `${shutdown} ms to end` : 'no limit to its end'
  return `it was told to stop ${stoppingMs} ms ago, and has ${time} (shutdown)`
}

/** What may keep a Node.js from ending by itself, besides the pipes of its output: kinds of handles and requests, and how many of each. */
export function activeResources(kinds: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(', ')
}
