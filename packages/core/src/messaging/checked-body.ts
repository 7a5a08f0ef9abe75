import { checkMailbox } from '../actor/mailbox-limits.ts'
import { isPid } from '../actor/pid.ts'
import { InvalidOption } from '../errors.ts'
import { Undecodable } from './codec.ts'
import type { NameSignal, NodeSignal, SpawnRequest } from './signal.ts'

/*
 * What another node sent as the body of a control frame, believed only after a look at its shape: the rest of the kernel relies on it. All of
 * it throws `Undecodable`.
 */

type Field = (value: unknown) => boolean
type Fields = Readonly<Record<string, Field>>

const text: Field = (value) => typeof value === 'string'
const flag: Field = (value) => typeof value === 'boolean'
const count: Field = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const node: Field = (value) => Number.isSafeInteger(value) && (value as number) > 0
const anyPid: Field = (value) => isPid(value)
const maybe =
  (field: Field): Field =>
  (value) =>
    value === undefined || field(value)
const pair =
  (first: Field, second: Field): Field =>
  (value) =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1])
const list =
  (item: Field): Field =>
  (value) =>
    Array.isArray(value) && value.every(item)
const record =
  (fields: Fields): Field =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, field]) => field((value as Record<string, unknown>)[name]))

const causes = [
  'stuck',
  'out_of_memory',
  'exited',
  'signaled',
  'error',
  'killed',
  'stopped',
  'protocol_violation',
  'fenced',
  'unknown',
]
const evidence = record({ node, domain: text, cause: (value) => causes.includes(value as string) })
const verdict = record({ evidence, culprit: maybe(record({ pid: anyPid })), fenced: maybe(flag) })

const changes = { id: count, name: text, pid: anyPid }
const nameSignals: Readonly<Record<NameSignal['op'], Fields>> = {
  register: changes,
  unregister: changes,
  granted: { id: count, version: count },
  refused: {
    id: count,
    code: (value) => ['name_taken', 'already_named', 'noproc', 'not_registered'].includes(value as string),
    holder: maybe(anyPid),
  },
  update: { version: count, name: text, pid: maybe(anyPid) },
  table: { version: count, names: list(pair(text, anyPid)) },
  died: { pid: anyPid },
  ask: { id: count, pid: anyPid },
  answer: { id: count, alive: flag },
}
const nameSignal: Field = (value) => {
  const op = (value as { op?: unknown } | null | undefined)?.op
  return typeof op === 'string' && Object.hasOwn(nameSignals, op) && record(nameSignals[op as NameSignal['op']])(value)
}

const nodeSignals: Readonly<Record<Exclude<NodeSignal['kind'], 'spawn'>, Fields>> = {
  hello: { node, system: text, fenced: list(pair(node, verdict)) },
  fenced: { node, verdict },
  name: { name: nameSignal },
}

export function checkedNodeSignal<K extends 'hello' | 'fenced' | 'name'>(
  kind: K,
  body: unknown,
): Extract<NodeSignal, { kind: K }> {
  if ((body as { kind?: unknown } | null | undefined)?.kind !== kind || !record(nodeSignals[kind])(body))
    throw new Undecodable(`a ${kind} without its parts`)
  return body as Extract<NodeSignal, { kind: K }>
}

const placement = record({
  kind: text,
  share: text,
  limits: record({}),
  because: list(text),
  rejected: list(record({ kind: text, why: text })),
})
const request = record({
  url: text,
  key: text,
  behaviour: text,
  path: text,
  name: maybe(text),
  link: flag,
  monitor: count,
  restarts: count,
  supervised: flag,
  placement,
})

export function checkedSpawn(body: unknown): readonly [SpawnRequest, Uint8Array] {
  if (!pair(request, (args) => args instanceof Uint8Array)(body)) throw new Undecodable('a spawn without its parts')
  const [{ mailbox }] = body as readonly [SpawnRequest, Uint8Array]
  try {
    if (mailbox !== undefined) checkMailbox(mailbox, 'mailbox')
  } catch (error) {
    if (error instanceof InvalidOption) throw new Undecodable(error.message)
    throw error
  }
  return body as readonly [SpawnRequest, Uint8Array]
}

export function checkedItems(body: unknown): readonly string[] {
  if (!list(text)(body)) throw new Undecodable('a question without its items')
  return body as readonly string[]
}

export function checkedFound(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (body === null) return undefined
  if (!record({})(body)) throw new Undecodable('an answer without its parts')
  return body as Readonly<Record<string, unknown>>
}
