// Shows: the supervision tree as text, with the place of each actor.
import type { TreeEntry } from 'bulkhead'

export type ShownEntry = Pick<TreeEntry, 'path' | 'kind' | 'node' | 'restarts'> & {
  readonly children: readonly ShownEntry[]
}

export function treeLines(entries: readonly ShownEntry[]): string[] {
  const rows = entries.flatMap((entry) => rowsOf(entry, 0))
  const width = Math.max(0, ...rows.map(({ label }) => label.length))
  return rows.map(({ label, place }) => `${label.padEnd(width)}  ${place}`)
}

interface Row {
  readonly label: string
  readonly place: string
}

function rowsOf({ path, kind, node, restarts, children }: ShownEntry, depth: number): Row[] {
  const name = path.slice(path.lastIndexOf('/') + 1) || '/'
  const history = restarts === 0 ? '' : `, restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`
  const row = { label: '  '.repeat(depth) + name, place: `${kind}, node ${node}${history}` }
  return [row, ...children.flatMap((child) => rowsOf(child, depth + 1))]
}
