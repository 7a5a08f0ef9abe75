import type { Evidence, LogRecord, NodeSnapshot, PolicedActor, Verdict } from '@bulkhead/core'
import type { FromNode, NodeBirth, Population } from '../control.ts'
import type { CrashNews } from '../inspect/crash-log.ts'
import { printedData } from '../nodejs/log-line.ts'

/** What the warden says to a sandbox. */
export type ToSandbox =
  | { readonly type: 'become'; readonly birth: NodeBirth }
  | { readonly type: 'granted'; readonly frames: number; readonly bytes: number }
  | { readonly type: 'down'; readonly peer: number; readonly verdict: Verdict }
  | { readonly type: 'ping'; readonly ping: number }
  | { readonly type: 'snapshot'; readonly request: number }
  | { readonly type: 'stop' }

/** What a sandbox may say to its warden; of each word only what it alone can know is believed. */
export type FromSandbox =
  | Extract<FromNode, { type: 'up' | 'population' | 'log' | 'snapshot' | 'crashed' | 'failing' | 'stopped' }>
  | { readonly type: 'started' }
  | { readonly type: 'pong'; readonly ping: number }

const saidByNode: readonly FromNode['type'][] = ['up', 'population', 'log', 'snapshot', 'crashed', 'failing', 'stopped']

/**
 * Whether a node may say this from within a sandbox. The rest is not for it to say, such as that a peer which it cannot hear any more be ended: its
 * warden sees that itself.
 */
export function isForWarden(message: FromNode): message is Extract<FromNode, FromSandbox> {
  return saidByNode.includes(message.type)
}

type Actors = ReadonlyMap<number, PolicedActor>
type Fields = Readonly<Record<string, unknown>>

const textMax = 8_192

/** A text of the sandbox's, cut where it is too long; undefined for anything else. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, textMax) : undefined
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** Whom a word is about: the actor that its pid names, or the only one. */
function actorOf(actors: Actors, pid: unknown): PolicedActor | undefined {
  for (const actor of actors.values()) if (actor.pid === pid) return actor
  return undefined
}

/** Reads a word of a sandbox. Undefined when it may say no such thing. `actors` are those that others started there. */
export function readWord(bytes: Uint8Array, actors: Actors): FromSandbox | undefined {
  let word: Fields
  try {
    word = fields(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()))
  } catch {
    return undefined
  }
  switch (word['type']) {
    case 'started':
    case 'up':
    case 'stopped':
      return { type: word['type'] }
    case 'pong':
      return Number.isSafeInteger(word['ping']) ? { type: 'pong', ping: word['ping'] as number } : undefined
    case 'population':
      return { type: 'population', population: populationOf(fields(word['population'])['alive'], actors) }
    case 'log':
      return { type: 'log', record: recordOf(fields(word['record']), actors) }
    case 'snapshot':
      return {
        type: 'snapshot',
        request: count(word['request']),
        snapshot: snapshotOf(fields(word['snapshot']), actors),
      }
    case 'crashed': {
      const news = newsOf(fields(word['news']), actors)
      return news && { type: 'crashed', news }
    }
    case 'failing': {
      const { name, message, stack } = fields(word['error'])
      const error = { name: text(name) ?? 'Error', message: text(message) ?? '', stack: text(stack) ?? '', fields: {} }
      return { type: 'failing', error, culprit: undefined }
    }
    default:
      return undefined
  }
}

function populationOf(alive: unknown, actors: Actors): Population {
  const latest = [...actors].at(-1)
  if (alive === 'none' || latest === undefined) return { alive: 'none' }
  const [serial, { request }] = latest
  return { alive: 'one', sole: { serial, path: request.path } }
}

function recordOf({ level, text: said, pid, data }: Fields, actors: Actors): LogRecord {
  const actor = actorOf(actors, pid)
  return {
    level: level === 'warning' || level === 'error' ? level : 'info',
    text: text(said) ?? '',
    ...(actor && { pid: actor.pid, path: actor.request.path }),
    ...(data !== undefined && { data: text(printedData(data)) }),
  }
}

/** Where an actor lives and why is known here; what it does now, it says itself. */
function snapshotOf({ actors: said, counters }: Fields, actors: Actors): NodeSnapshot {
  const shown = Array.isArray(said) ? said.slice(0, actors.size).map(fields) : []
  const { sent, handled, encoded, decoded, deadLetters } = fields(counters)
  return {
    node: 0,
    actors: shown.flatMap(({ pid, status, handler, mailbox }) => {
      const actor = actorOf(actors, pid)
      if (actor === undefined) return []
      const { request } = actor
      const { count: waiting, bytes } = fields(mailbox)
      return {
        pid: actor.pid,
        behaviour: request.behaviour,
        type: 'worker',
        path: request.path,
        parent: actor.parent,
        name: actor.name,
        status: statuses.find((each) => each === status) ?? 'waiting',
        handler: text(handler)?.slice(0, 200),
        mailbox: { count: count(waiting), bytes: count(bytes) },
        restarts: request.restarts,
        placement: request.placement,
      }
    }),
    counters: {
      sent: count(sent),
      handled: count(handled),
      encoded: count(encoded),
      decoded: count(decoded),
      deadLetters: count(deadLetters),
    },
  }
}

const statuses = ['starting', 'running', 'waiting', 'suspended'] as const

function newsOf({ pid, reason, handler, lastMessage, state }: Fields, actors: Actors): CrashNews | undefined {
  const actor = actorOf(actors, pid)
  if (actor === undefined) return undefined
  const { behaviour, path, restarts } = actor.request
  return {
    pid: actor.pid,
    path,
    behaviour,
    reason: text(reason) ?? 'unknown',
    handler: text(handler)?.slice(0, 200),
    lastMessage: text(lastMessage),
    state: text(state),
    restarts,
  }
}

/** What a sandbox is told about the end of a node: no more than its actors need. */
export function verdictFor({ evidence, culprit }: Verdict): Verdict {
  const { node, domain, cause }: Evidence = evidence
  const reason = culprit !== undefined && typeof culprit.reason === 'string' ? culprit.reason : cause
  return { evidence: { node, domain, cause }, ...(culprit && { culprit: { pid: culprit.pid, reason } }) }
}
