import type { Confinement, NodeId, PlacementDecision } from '@bulkhead/core'
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

function rowsOf(tree: readonly TreeEntry[], depth = 0, parent?: TreeEntry): Row[] {
  return tree.flatMap((entry) => [
    actorRow(entry, depth, isStopping(entry, parent)),
    ...rowsOf(entry.children, depth + 1, entry),
    ...absentRows(entry, depth + 1),
  ])
}

/** Children that are meant to run and do not; one whose `init` runs has a row of its own already. */
function absentRows({ path, unsettled = [], children }: TreeEntry, depth: number): Row[] {
  const missing = unsettled.filter(
    ({ child, status }) => status !== 'stopping' && !children.some((each) => each.path === `${path}/${child}`),
  )
  return missing.map(({ child, behaviour, type, status, restarts }) => [
    `${'  '.repeat(depth)}${child}`,
    type === 'supervisor' ? 'supervisor' : behaviour,
    'nowhere',
    status === 'held' ? 'held until restartChild' : 'is being restarted',
    '',
    restartsIn(restarts),
  ])
}

const isStopping = ({ path }: TreeEntry, parent: TreeEntry | undefined): boolean =>
  parent?.unsettled?.some(({ child, status }) => status === 'stopping' && `${parent.path}/${child}` === path) === true

const restartsIn = (restarts: number): string =>
  restarts === 0 ? '' : `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`

function actorRow(
  { path, behaviour, type, kind, node, status, handler, mailbox, restarts, name, placement }: TreeEntry,
  depth: number,
  stops: boolean,
): Row {
  const last = path.split('/').at(-1) || '/'
  const state = status === 'running' ? `running ${handler ?? ''}`.trim() : status
  return [
    `${'  '.repeat(depth)}${last}${name === undefined ? '' : ` "${name}"`}`,
    type === 'supervisor' ? 'supervisor' : behaviour,
    `${placement?.sandbox === true ? 'sandbox' : kind} ${node}`,
    stops ? `${state}, is being stopped` : state,
    mailbox.count === 0 ? '' : `${mailbox.count} waiting (${mailbox.bytes} bytes)`,
    restartsIn(restarts),
  ]
}

function nodeRow(
  { node, kind, osProcess, share, sandbox, snapshot, ageMs, busyWith }: SystemReport['nodes'][number],
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
  return [
    `${sandbox === true ? 'sandbox' : kind} ${node}`,
    share,
    `${house} ${osProcess}`,
    `${actors} ${actors === 1 ? 'actor' : 'actors'}`,
    age,
  ]
}

function placementLines({ path, placement, node }: TreeEntry, radii: ReadonlyMap<NodeId, string>): string[] {
  if (placement === undefined) return []
  const { because, rejected } = placement
  return [
    `${path || '/'}: ${decided(placement)}, since ${because.join('; ')}`,
    ...(placement.confinement === undefined ? [] : [`  sandbox: ${confined(placement.confinement)}`]),
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

/** Which of its walls hold, and what else than its code was granted. */
function confined({ walls = [], env }: Confinement): string {
  const holding = walls.filter(({ holds }) => holds === 'yes').map(({ wall }) => wall)
  const others = walls.filter(({ holds }) => holds !== 'yes').map(({ wall, holds }) => `${wall}: ${holds}`)
  const names = Array.isArray(env) ? env : Object.keys(env)
  return [
    `holds ${holding.join(', ')}`,
    ...others,
    names.length === 0 ? 'empty environment' : `env ${names.join(', ')}`,
  ].join('; ')
}

const decided = ({ kind, share, sandbox }: PlacementDecision): string =>
  kind === 'inline' ? kind : `${share} ${kind}${sandbox ? ' in a sandbox' : ''}`

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
