import { show } from '@bulkhead/core'
import type { Telemetry } from '@bulkhead/core'
import { debugLog } from './debug-log.ts'

const core = debugLog('bulkhead:core')
const supervisor = debugLog('bulkhead:supervisor')

/** Prints what core and the supervisor do, who are portable and print nothing themselves. Hooks exist while their namespace is enabled. */
export const debugTelemetry: Telemetry = hooksOf(core, {
  spawned: ({ path, pid, behaviour }) => core('%s %s spawned: %s', path, pid, behaviour),
  exited: ({ path, pid, reason }) => core('%s %s exited: %s', path, pid, show(reason)),
  deadLetter: ({ to, from, why }) => core('dead letter from %s to %s: %s', from ?? 'nobody', to, why),
  nodeDown: ({ node, cause }) => core('node %d is down: %s', node, cause),
})

Object.defineProperties(
  debugTelemetry,
  Object.getOwnPropertyDescriptors(
    hooksOf(supervisor, {
      restarted: ({ child, pid, reason }) =>
        supervisor(
          'child %s %s: %s',
          child,
          pid === undefined ? 'did not start again' : `restarted as ${pid}`,
          show(reason),
        ),
    }),
  ),
)

function hooksOf(log: { readonly enabled: boolean }, hooks: Telemetry): Telemetry {
  const telemetry: Telemetry = {}
  for (const [name, hook] of Object.entries(hooks))
    Object.defineProperty(telemetry, name, {
      enumerable: true,
      get: () => (log.enabled ? (hook as unknown) : undefined),
    })
  return telemetry
}
