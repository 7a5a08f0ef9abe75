import type { Down, Exit } from '../../packages/core/src/actor/notices.ts'
import { isPid } from '../../packages/core/src/actor/pid.ts'
import type { StartOutcome } from '../../packages/core/src/actor/self.ts'
import type { Actor, Actors } from './actors.ts'
import type { ExploredNode } from './explored-node.ts'
import type { Journal } from './journal.ts'
import { Aliases } from './laws/aliases.ts'
import { Calls } from './laws/calls.ts'
import type { Frames } from './laws/frames.ts'
import { Kills } from './laws/kills.ts'
import { Links } from './laws/links.ts'
import { Monitors } from './laws/monitors.ts'
import { Names } from './laws/names.ts'
import { NodeEnds } from './laws/node-ends.ts'
import { Order } from './laws/order.ts'
import { Starts } from './laws/starts.ts'
import { Tables } from './laws/tables.ts'
import { TimerLaws } from './laws/timers.ts'
import type { ActorSpec } from './program.ts'
import type { Scheduler } from './scheduler.ts'

/** All that must hold, whatever happens. */
export class Laws {
  readonly order: Order
  readonly frames: Frames
  readonly monitors: Monitors
  readonly links: Links
  readonly calls: Calls
  readonly starts: Starts
  readonly names: Names
  readonly kills: Kills
  readonly timers: TimerLaws
  readonly tables: Tables
  readonly nodeEnds: NodeEnds
  readonly aliases: Aliases
  readonly #actors: Actors

  constructor(
    journal: Journal,
    actors: Actors,
    living: () => readonly ExploredNode[],
    scheduler: Scheduler,
    frames: Frames,
  ) {
    this.#actors = actors
    this.order = new Order(journal)
    this.frames = frames
    this.monitors = new Monitors(journal, actors)
    this.links = new Links(journal, actors, this.order, frames)
    this.calls = new Calls(journal, actors, scheduler, this.links)
    this.aliases = new Aliases(journal, actors)
    this.starts = new Starts(journal, actors, this.links, this.monitors)
    this.names = new Names(journal, actors, living)
    this.kills = new Kills(journal, actors)
    this.timers = new TimerLaws(journal)
    this.tables = new Tables(journal, living)
    this.nodeEnds = new NodeEnds(journal, scheduler)
  }

  /** A start was told to have failed or been ignored, which its starter had not given up on: that is news of an end, when there was an actor. */
  startSettled(starter: Actor, spec: ActorSpec, outcome: StartOutcome<unknown>): void {
    this.starts.settled(spec, outcome)
    const child = this.#actors.at(spec.index)
    if (child === undefined || outcome.kind === 'started') return
    if (outcome.kind === 'failed' && outcome.reason === 'timeout') return
    this.names.hears(starter, child.pid)
  }

  heardDown(at: Actor, down: Down): void {
    const { target } = down
    if (isPid(target)) this.starts.hears(at, target, 'DOWN')
    if (this.aliases.has(at, down.ref)) this.aliases.ended(at, down)
    else this.monitors.fires(at, down)
    // Nobody had the name, or nobody was there: that is no news of an end.
    if (isPid(target)) this.names.hears(at, target)
  }

  heardExit(at: Actor, exit: Exit): void {
    if (!this.links.breaks(at, exit)) return
    this.starts.hears(at, exit.from, 'EXIT')
    this.names.hears(at, exit.from)
  }

  /** Nothing can happen any more. */
  atRest(): void {
    const { order, monitors, aliases, links, calls, starts, names, kills, timers, tables } = this
    for (const law of [order, monitors, aliases, links, calls, starts, names, kills, timers, tables]) law.atRest()
  }
}
