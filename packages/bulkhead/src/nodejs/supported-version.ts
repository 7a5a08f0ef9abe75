import { BulkheadError } from '@bulkhead/core'

/** The oldest Node.js that runs TypeScript as it is. */
const oldest = [22, 18] as const

/** Throws `unsupported_node` where a system cannot run; npm only warns. */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  throw new BulkheadError(
    'unsupported_node',
    `Bulkhead needs Node.js ${oldest.join('.')} or newer; this is ${version}: install a newer one from https://nodejs.org`,
  )
}
