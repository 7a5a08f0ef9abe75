import { CallFailed, Down, Exit, isPid, Timeout } from '@bulkhead/core'

/** Words for pids: what an observation calls the actors it is about. */
export type Labels = ReadonlyMap<unknown, string>

/**
 * What we observed, in the words of Erlang as the recordings hold them: atoms and binaries are strings, tuples and lists are arrays, `undefined` is
 * null. The shapes that differ:
 *
 * | ours | Erlang |
 * |---|---|
 * | an `Error` as a reason | `{Message, Stack}`, where the stack is the word `stack` |
 * | `{ shutdown: Reason }` | `{shutdown, Reason}` |
 * | `{ nocatch: Value }`, which has no stack | `{{nocatch, Value}, Stack}` |
 * | `{ failed_to_start_child: Id, reason }` | `{failed_to_start_child, Id, Reason}` |
 * | a call that rejects with `CallFailed` | an exit `{Reason, {gen_server, call, _}}`, where the second is the word `call` |
 * | `Exit`, `Down`, `Timeout` | `{'EXIT', From, Reason}`, `{'DOWN', ref, process, Target, Reason}`, `{timeout, ref, Message}` |
 * | a pid | its label, or the word `pid` |
 */
export function inErlang(value: unknown, labels: Labels = new Map()): unknown {
  const into = (part: unknown): unknown => inErlang(part, labels)
  if (value === undefined || value === null) return null
  if (isPid(value)) return labels.get(value) ?? 'pid'
  if (value instanceof CallFailed) return [into(value.reason), 'call']
  if (value instanceof Error) return [value.message, 'stack']
  if (value instanceof Exit) return ['EXIT', into(value.from), into(value.reason)]
  if (value instanceof Down) return [value.tag ?? 'DOWN', 'ref', 'process', into(value.target), into(value.reason)]
  if (value instanceof Timeout) return ['timeout', 'ref', into(value.message)]
  if (Array.isArray(value)) return value.map(into)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return value
  const fields = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(fields)
  if (keys.length === 1 && keys[0] === 'shutdown') return ['shutdown', into(fields['shutdown'])]
  if (keys.length === 1 && keys[0] === 'nocatch') return [['nocatch', into(fields['nocatch'])], 'stack']
  if (keys.length === 2 && 'failed_to_start_child' in fields)
    return ['failed_to_start_child', into(fields['failed_to_start_child']), into(fields['reason'])]
  return Object.fromEntries(keys.map((key) => [key, into(fields[key])]))
}
