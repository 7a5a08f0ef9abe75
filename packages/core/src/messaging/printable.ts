import { binaryText } from '../binary-text.ts'

const lengthMax = 1_000
const entriesMax = 20
const depthMax = 3

/**
 * A printed form of any value, for logs and for reasons that cannot be encoded. Never throws, runs no code of the
 * value's beyond its getters, and is at most 1,000 characters long.
 */
export function printable(value: unknown): string {
  let text: string
  try {
    text = print(value, 0, [])
  } catch {
    return 'a value that cannot be printed'
  }
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text
}

function print(value: unknown, depth: number, around: readonly object[]): string {
  if (typeof value === 'string')
    return depth === 0 ? value : JSON.stringify(value.length > lengthMax ? value.slice(0, lengthMax) : value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[function ${value.name}]`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (around.includes(value)) return '[circular]'
  const binary = binaryText(value)
  if (binary !== undefined) return binary
  if (depth > depthMax) return '…'
  const inside = [...around, value]
  if (value instanceof Error) return printError(value, depth, inside)
  if (Array.isArray(value)) return `[${list(value, (item) => print(item, depth + 1, inside))}]`
  if (value instanceof Map)
    return `Map {${list(value, ([key, item]) => `${print(key, depth + 1, inside)} => ${print(item, depth + 1, inside)}`)}}`
  if (value instanceof Set) return `Set {${list(value, (item) => print(item, depth + 1, inside))}}`
  if (value instanceof Date || value instanceof RegExp) return String(value)
  return printFields(value, depth, inside)
}

function printError(error: Error, depth: number, around: readonly object[]): string {
  const keys = Object.keys(error)
  const fields = keys.length === 0 ? '' : ` ${printFields(error, depth, around)}`
  return `${error.name}: ${error.message}${fields}`
}

function printFields(value: object, depth: number, around: readonly object[]): string {
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1)
  const constructed: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name
  const className = name === 'Object' || name === 'Error' ? constructed : name
  const prefix =
    typeof className === 'string' && className !== 'Object' && !(value instanceof Error) ? `${className} ` : ''
  const fields = list(
    Object.keys(value),
    (key) => `${key}: ${print((value as Record<string, unknown>)[key], depth + 1, around)}`,
  )
  return `${prefix}{${fields && ` ${fields} `}}`
}

/** The first entries, printed; a getter that throws prints as such. */
function list<T>(entries: Iterable<T>, printEntry: (entry: T) => string): string {
  const parts: string[] = []
  for (const entry of entries) {
    if (parts.length === entriesMax) {
      parts.push('…')
      break
    }
    try {
      parts.push(printEntry(entry))
    } catch {
      parts.push('[unreadable]')
    }
  }
  return parts.join(', ')
}
