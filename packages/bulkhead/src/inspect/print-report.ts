import type { NodeId, PlacementDecision } from '@bulkhead/core'
import type { NodeSurvey } from '../control.ts'
import { endWith, treeOf } from '../survey.ts'
import type { TreeEntry } from '../system.ts'
import type { CrashEntry, SystemReport } from './system-report.ts'

/** A report as text for a terminal. */
export function printReport(report: SystemReport): string {
  const { name, system, pid, upMs, nodes, crashes } = report
  const tree = treeOf(nodes)
  const radii = radiiOf(nodes)
  return [
    `${name}: system ${system}, process ${pid}, up for ${duration(upMs)}`,
    ...section('Actors', table(rowsOf(tree))),
    ...section('Nodes', table(nodes.map((node) => nodeRow(node, pid)))),
    ...section(
      'Placement',
      flatten(tree).flatMap((entry) => placementLines(entry, radii)),
    ),
    ...section('Last crashes', crashes.length === 0 ? ['none'] : crashes.flatMap(crashLines)),
    '',
  ].join('\n')
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => `  ${line}`)]
}

type Row = readonly string[]

function rowsOf(tree: readonly TreeEntry[], depth = 0): Row[] {
  return tree.flatMap((entry) => [actorRow(entry, depth), ...rowsOf(entry.children, depth + 1)])
}

function actorRow(
  { path, behaviour, type, kind, node, status, handler, mailbox, restarts, name }: TreeEntry,
  depth: number,
): Row {
  const last = path.split('/').at(-1) || '/'
  const state = status === 'running' ? `running ${handler ?? ''}`.trim() : status
  return [
    `${'  '.repeat(depth)}${last}${name === undefined ? '' : ` "${name}"`}`,
    type === 'supervisor' ? 'supervisor' : behaviour,
    `${kind} ${node}`,
    state,
    mailbox.count === 0 ? '' : `${mailbox.count} waiting (${mailbox.bytes} bytes)`,
    restarts === 0 ? '' : `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
  ]
}

function nodeRow(
  { node, kind, osProcess, share, snapshot, ageMs, busyWith }: SystemReport['nodes'][number],
  root: number,
): Row {
  const house = kind === 'thread' && osProcess !== root ? 'crew' : 'process'
  const actors = snapshot?.actors.length ?? 0
  const age =
    snapshot === undefined
      ? 'has not answered yet'
      : ageMs === 0
        ? ''
        : `does not answer${busyWith === undefined ? '' : `, busy with ${busyWith}`}; as it was ${duration(ageMs)} ago`
  return [`${kind} ${node}`, share, `${house} ${osProcess}`, `${actors} ${actors === 1 ? 'actor' : 'actors'}`, age]
}

function placementLines({ path, placement, node }: TreeEntry, radii: ReadonlyMap<NodeId, string>): string[] {
  if (placement === undefined) return []
  const { because, rejected } = placement
  return [
    `${path || '/'}: ${decided(placement)}, since ${because.join('; ')}`,
    ...rejected.map(({ kind, why }) => `  not ${kind}: ${why}`),
    `  blast radius: ${radii.get(node)}`,
  ]
}

/** Who else would end with an actor of each node, in words. */
function radiiOf(nodes: readonly NodeSurvey[]): ReadonlyMap<NodeId, string> {
  const countOf = ({ snapshot }: NodeSurvey): number => snapshot?.actors.length ?? 0
  return new Map(
    nodes.map((each) => {
      const onNode = Math.max(0, countOf(each) - 1)
      const further = endWith(each, nodes).reduce((sum, other) => (other === each ? sum : sum + countOf(other)), 0)
      return [each.node, `${onNode} more on its node, ${further} beyond it with its OS process`]
    }),
  )
}

const decided = ({ kind, share }: PlacementDecision): string => (kind === 'inline' ? kind : `${share} ${kind}`)

function crashLines({
  pid,
  path,
  behaviour,
  reason,
  handler,
  lastMessage,
  state,
  restarts,
  output = [],
  agoMs,
}: CrashEntry): string[] {
  const facts = { behaviour, handler, 'last message': lastMessage, state, restarts }
  return [
    `${path ?? pid}, ${duration(agoMs)} ago: ${reason}`,
    ...Object.entries(facts).flatMap(([fact, value]) => (value === undefined ? [] : [`  ${fact}: ${value}`])),
    ...output.map((line) => `  | ${line}`),
  ]
}

const flatten = (tree: readonly TreeEntry[]): TreeEntry[] =>
  tree.flatMap((entry) => [entry, ...flatten(entry.children)])

/** Columns as wide as they need to be. */
function table(rows: readonly Row[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Milliseconds in words of one or two units. */
function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}
