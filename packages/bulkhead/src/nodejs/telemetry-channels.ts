import { channel } from 'node:diagnostics_channel'
import type { Channel } from 'node:diagnostics_channel'
import type { Telemetry } from '@bulkhead/core'

/** The channel of `node:diagnostics_channel` on which each telemetry hook is published: in every node, each with the event of core’s `Telemetry`. */
export const telemetryChannels = {
  spawned: 'bulkhead:actor:spawned',
  exited: 'bulkhead:actor:exited',
  crashed: 'bulkhead:actor:crashed',
  handled: 'bulkhead:actor:handled',
  restarted: 'bulkhead:supervisor:restarted',
  deadLetter: 'bulkhead:message:dead-letter',
  counted: 'bulkhead:node:counted',
  nodeDown: 'bulkhead:node:down',
} as const satisfies Record<keyof Telemetry, string>

/** A hook that exists only while somebody listens to its channel. */
function hookOf<T>(published: Channel): () => ((event: T) => void) | undefined {
  const publish = (event: T): void => published.publish(event)
  return () => (published.hasSubscribers ? publish : undefined)
}

/** Telemetry published on diagnostics channels. The hooks in `always` are called as well, whether or not anybody listens. */
export function channelTelemetry(always: Pick<Telemetry, 'spawned' | 'exited' | 'crashed'> = {}): Telemetry {
  const telemetry: Telemetry = {}
  for (const [hook, name] of Object.entries(telemetryChannels)) {
    const published = hookOf<unknown>(channel(name))
    const own = always[hook as keyof typeof always] as ((event: unknown) => void) | undefined
    const both = (event: unknown): void => {
      own?.(event)
      published()?.(event)
    }
    Object.defineProperty(telemetry, hook, {
      enumerable: true,
      ...(own === undefined ? { get: published } : { value: both }),
    })
  }
  return telemetry
}
