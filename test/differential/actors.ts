import { type ActorRef, defineServer, Down, Exit, type From, ignore, later, reply, stop } from '@bulkhead/core'
import {
  child,
  type ChildSpec as Recipe,
  childTemplate,
  defineDynamicSupervisor,
  defineSupervisor,
  type DynamicSupervisorSpec,
  type SupervisorSpec as Supervised,
} from '@bulkhead/supervisor'
import type { Journal, Kind } from './journal.ts'
import type { ChildSpec, DynamicSpec, Ending, Outcome, Signal, SupervisorSpec, WorkerSpec } from './script.ts'

type Place = 'inline' | 'thread' | 'process'

/** Where the actors of a script live; workers are spread over several places by their numbers. */
export interface Places {
  readonly supervisors: Place
  readonly workers: readonly Place[]
}

/** What the observers write into, by the token with which they were started. */
export const journals = new Map<string, Journal>()

interface ObserverProtocol {
  readonly calls: {
    /** How the start of the caller goes. */
    starting: (path: string, kind: Kind) => Outcome
    stopping: (reason: unknown) => void
    stopped: () => void
    signalled: (reason: unknown) => void
  }
  readonly casts: object
}

type Observing = ActorRef<ObserverProtocol>

/** Hears from all actors of one script, and of their ends. */
export const Observer = defineServer(import.meta, 'Observer', {
  isolation: 'inline',
  callTimeoutMs: Infinity,
  init: (_self, token: string) => journals.get(token)!,
  calls: {
    starting: (self, path: string, kind: Kind) =>
      later<Outcome>((from) => {
        self.monitor(from.caller)
        self.state.starting(from.caller, path, kind, (outcome) => reply(from, outcome))
      }),
    stopping: (self, reason: unknown) => noted((from) => self.state.note({ what: 'stop', pid: from.caller, reason })),
    stopped: (self) => noted((from) => self.state.note({ what: 'stopped', pid: from.caller })),
    signalled: (self, reason: unknown) =>
      noted((from) => self.state.note({ what: 'signal', pid: from.caller, reason })),
  },
  info: (self, message) => {
    if (message instanceof Down) self.state.down(message.target as never, message.reason)
  },
})

const noted = (write: (from: From<void>) => void) =>
  later<void>((from) => {
    write(from)
    reply(from, undefined)
  })

/** What a signal says. */
export const reasonOf = (signal: Signal): unknown => (signal === 'clean' ? { shutdown: 'done' } : signal)

/** Starts and stops as its script says, and tells the observer about it. */
export const Worker = defineServer(import.meta, 'Worker', {
  callTimeoutMs: Infinity,
  init: async (self, observer: Observing, { path: own, trap, onStop }: WorkerSpec, number?: number) => {
    self.trapExit = trap
    // A child of a dynamic supervisor has its place by the number that it was started with.
    const path = number === undefined ? own : `${own.slice(0, own.lastIndexOf('.'))}.${number}`
    const outcome = await observer.call.starting(path, 'worker')
    if (outcome === 'ignore') return ignore()
    if (outcome === 'stop') return stop('refused')
    if (outcome === 'clean') return stop({ shutdown: 'refused' })
    if (outcome === 'crash') throw new Error('crashed')
    return { observer, onStop, byItself: false }
  },
  calls: {
    ping: () => 'pong',
    unlink: (self) => {
      self.unlink(self.parent!)
    },
    pretend: async (self, reason: Signal) => {
      self.exit(self.parent!, reasonOf(reason))
      // Whatever the supervisor makes of it, it has begun when this was answered.
      await self
        .ref(Static, self.parent!)
        .call.countChildren()
        .catch(() => undefined)
    },
  },
  casts: {
    finish: (self, how: Ending) => {
      self.state.byItself = true
      if (how === 'crash') throw new Error('boom')
      if (how === 'exit') self.exit('gone')
      return stop(how === 'clean' ? { shutdown: 'done' } : how === 'stop' ? 'stopped' : how)
    },
  },
  info: async (self, message) => {
    if (message instanceof Exit) await self.state.observer.call.signalled(message.reason)
  },
  terminate: async (self, reason) => {
    const { observer, onStop, byItself } = self.state
    await observer.call.stopping(reason)
    if (onStop === 'hang' && reason === 'shutdown' && !byItself) await new Promise(() => undefined)
    if (onStop === 'fail') self.exit('unruly')
    if (onStop === 'crash') throw new Error('unruly')
    await observer.call.stopped()
  },
})

/** A supervisor as its script says. */
export const Static = defineSupervisor(
  import.meta,
  'Static',
  async (observer: Observing, places: Places, spec: SupervisorSpec) => {
    const outcome = await observer.call.starting(spec.path, 'supervisor')
    if (outcome === 'ignore') return ignore()
    if (outcome === 'crash') throw new Error('crashed')
    const { strategy, intensity, period, auto, children } = spec
    const made: Supervised = {
      strategy,
      intensity,
      periodMs: period * 1_000,
      autoShutdown: auto,
      children: children.map((each) => recipeOf(observer, places, each)),
    }
    return made
  },
)

/** OTP: `simple_one_for_one`. */
export const Dynamic = defineDynamicSupervisor(
  import.meta,
  'Dynamic',
  async (observer: Observing, places: Places, { path, intensity, period, template }: DynamicSpec) => {
    const outcome = await observer.call.starting(path, 'dynamic')
    if (outcome === 'ignore') return ignore()
    if (outcome === 'crash') throw new Error('crashed')
    const made: DynamicSupervisorSpec<[number]> = {
      intensity,
      periodMs: period * 1_000,
      child: childTemplate(Worker, [observer, template], optionsOf(template, placeOf(places, template))),
    }
    return made
  },
)

/** The child as our supervisors take it. */
export function recipeOf(observer: Observing, places: Places, spec: ChildSpec): Recipe {
  if (spec.kind === 'worker') return child(Worker, [observer, spec], optionsOf(spec, placeOf(places, spec)))
  const options = optionsOf(spec, places.supervisors)
  return spec.kind === 'supervisor'
    ? child(Static, [observer, places, spec], options)
    : child(Dynamic, [observer, places, spec], options)
}

const optionsOf = ({ id, restart, shutdown, significant }: ChildSpec, isolation: Place) => ({
  id,
  restart,
  shutdown,
  significant,
  isolation,
})

function placeOf({ workers }: Places, { path }: WorkerSpec): Place {
  const sum = Array.from(path, (character) => character.codePointAt(0)!).reduce((total, each) => total + each, 0)
  return workers[sum % workers.length]!
}
