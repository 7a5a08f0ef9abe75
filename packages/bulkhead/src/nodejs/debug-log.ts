import { createRequire } from 'node:module'
import type { Debugger } from 'debug'

type CreateDebugger = (namespace: string) => Debugger

/**
 * What prints under `DEBUG=bulkhead:*`. The library is looked up when this runs: it is CommonJS, which an ES module bundle cannot hold without
 * help from its configuration. A bundle that was moved away from its packages prints nothing.
 */
export function debugLog(
  namespace: string,
): Pick<Debugger, 'enabled'> & ((format: string, ...values: unknown[]) => void) {
  try {
    return (createRequire(import.meta.url)('debug') as CreateDebugger)(namespace)
  } catch {
    return Object.assign(() => {}, { enabled: false })
  }
}
