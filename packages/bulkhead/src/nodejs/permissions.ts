/** What a process node needs of its program: to be started, and to be reached over a socket. */
const needs = [
  ['child', '--allow-child-process'],
  ['net', '--allow-net'],
] as const

/** Throws where Node.js's permission model forbids process nodes, in words that say what to grant. */
export function checkProcessPermissions(): void {
  const missing = missingPermissions(['child', 'net'])
  if (missing.length > 0)
    throw new Error(`this program runs under --permission, and a process node needs ${missing.join(' and ')}`)
}

/** Whether there can be process nodes. */
export const mayStartProcesses = (): boolean => missingPermissions(['child', 'net']).length === 0

/** The options that would grant what this program is not allowed of these. */
export function missingPermissions(scopes: readonly (typeof needs)[number][0][]): string[] {
  const { permission, allowedNodeEnvironmentFlags: known } = process
  if (permission === undefined) return []
  return needs
    .filter(([scope, option]) => scopes.includes(scope) && known.has(option) && !permission.has(scope))
    .map(([, option]) => option)
}
