import { createRequire } from 'node:module'
import type { Debugger } from 'debug'

type CreateDebugger = (namespace: string) => Debugger

/** Prints under a namespace while that is enabled. */
export type DebugLog = Pick<Debugger, 'enabled'> & ((format: string, ...values: unknown[]) => void)

/**
 * What prints under `DEBUG=bulkhead:*`. The library is CommonJS, which an ES module bundle cannot hold without help from its configuration, so
 * it is looked up; and only where it can print: with `DEBUG` set, or once the program has loaded it, and may enable something. A bundle
 * that was moved away from its packages prints nothing.
 */
export function debugLog(namespace: string): DebugLog {
  let log: DebugLog | undefined
  const own = (): DebugLog | undefined => (log ??= library()?.(namespace))
  const print = (format: string, ...values: unknown[]): void => own()?.(format, ...values)
  return Object.defineProperty(print, 'enabled', { get: () => own()?.enabled ?? false }) as unknown as DebugLog
}

/** As the library reads it, when it is loaded; each look takes half a microsecond. */
const isWanted = process.env['DEBUG'] !== undefined

/** Where the library is found, and what of CommonJS has been loaded; undefined where there is none. */
const place = placeOf('debug')

function library(): CreateDebugger | undefined {
  if (place === undefined || (!isWanted && !(place.file in place.require.cache))) return undefined
  return place.require('debug') as CreateDebugger
}

function placeOf(name: string): { readonly require: NodeJS.Require; readonly file: string } | undefined {
  try {
    const require = createRequire(import.meta.url)
    return { require, file: require.resolve(name) }
  } catch {
    return undefined
  }
}
