/** What a process node needs of its program: to be started, and to be reached over a socket. */
const needs = [
  ['child', '--allow-child-process'],
  ['net', '--allow-net'],
] as const

/** Throws where Node.js's permission model forbids process nodes, in words that say what to grant. */
export function checkProcessPermissions(): void {
  const missing = missingPermissions()
  if (missing.length > 0)
    throw new Error(`this program runs under --permission, and a process node needs ${missing.join(' and ')}`)
}

/** Whether there can be process nodes. */
export const mayStartProcesses = (): boolean => missingPermissions().length === 0

function missingPermissions(): string[] {
  const { permission, allowedNodeEnvironmentFlags: known } = process
  if (permission === undefined) return []
  return needs.filter(([scope, option]) => known.has(option) && !permission.has(scope)).map(([, option]) => option)
}
