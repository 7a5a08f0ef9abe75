import { channel } from 'node:diagnostics_channel'
import type { Telemetry } from '@bulkhead/core'

/** The channel of `node:diagnostics_channel` on which each telemetry hook is published: in every node, each with the event of core’s `Telemetry`. */
export const telemetryChannels = {
  spawned: 'bulkhead:actor:spawned',
  exited: 'bulkhead:actor:exited',
  crashed: 'bulkhead:actor:crashed',
  handled: 'bulkhead:actor:handled',
  progress: 'bulkhead:supervisor:progress',
  restarted: 'bulkhead:supervisor:restarted',
  deadLetter: 'bulkhead:message:dead-letter',
  counted: 'bulkhead:node:counted',
  nodeDown: 'bulkhead:node:down',
} as const satisfies Record<keyof Telemetry, string>

type Hook = (event: unknown) => void

/** Telemetry published on diagnostics channels: a hook exists only while somebody listens to its channel. */
export function channelTelemetry(): Telemetry {
  const telemetry: Telemetry = {}
  for (const [hook, name] of Object.entries(telemetryChannels)) {
    const published = channel(name)
    const publish: Hook = (event) => published.publish(event)
    Object.defineProperty(telemetry, hook, {
      enumerable: true,
      get: () => (published.hasSubscribers ? publish : undefined),
    })
  }
  return telemetry
}

/** One telemetry for several listeners: a hook exists while one of them has it, and calls all that have it, in their order. */
export function joinTelemetry(...listeners: readonly Telemetry[]): Telemetry {
  const telemetry: Telemetry = {}
  for (const hook of Object.keys(telemetryChannels) as (keyof Telemetry)[]) {
    const own = listeners.filter((listener) => hook in listener)
    const tell: Hook = (event) => {
      for (const listener of own) (listener[hook] as Hook | undefined)?.(event)
    }
    const alone = own.length === 1 ? Object.getOwnPropertyDescriptor(own[0], hook) : undefined
    Object.defineProperty(telemetry, hook, {
      enumerable: true,
      ...(alone ?? { get: () => (own.some((listener) => listener[hook] !== undefined) ? tell : undefined) }),
    })
  }
  return telemetry
}
