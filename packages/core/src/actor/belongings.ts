import type { UnsettledChild } from '../node/host.ts'
import type { Timer } from '../node/timers.ts'
import type { AbortControllerLike } from '../platform.ts'
import type { Aliases } from './alias.ts'
import type { MonitorRef, TimerRef } from './notices.ts'
import type { Pid } from './pid.ts'

export interface Monitoring {
  readonly target: Pid
  /** What DOWN calls the target: the name, when the monitor was set by name. */
  readonly shown: Pid | string
  /** What stands in `tag` of the DOWN. Default `'DOWN'`. */
  readonly tag?: (() => unknown) | undefined
  /** The runtime's own monitor: what happens instead of a DOWN. */
  readonly instead?: () => void
}

/** What few actors have, apart from the cell: a million idle ones must stay small. */
export class Belongings {
  name: string | undefined = undefined
  nameVersion = 0
  /** Registrations of this actor that the authority has not answered yet. */
  namesInFlight = 0
  monitors: Map<MonitorRef, Monitoring> | undefined = undefined
  /** Who monitors this actor: `pid` and ref. */
  watchers: Map<Pid, Set<MonitorRef>> | undefined = undefined
  aliases: Aliases | undefined = undefined
  /** Timers that go when this actor ends, and the refs of those that an actor may cancel. */
  timers: Map<Timer, TimerRef | undefined> | undefined = undefined
  aborter: AbortControllerLike | undefined = undefined
  /** Of a supervisor: its children of which more is to be said than that they run. */
  unsettled: (() => readonly UnsettledChild[]) | undefined = undefined
  drainWaiters: (() => void)[] | undefined = undefined
}
