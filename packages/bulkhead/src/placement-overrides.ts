import { readFileSync } from 'node:fs'
import { InvalidOption } from '@bulkhead/core'
import type { Isolation, IsolationHints } from '@bulkhead/core'

/** Isolation by tree path, such as `/shop/db`, or by behaviour name; a path wins over a name. */
export type Overrides = Readonly<Record<string, Isolation>>

/** The override for an actor that is about to start, if the operator gave one. */
export function overrideFor(overrides: Overrides, path: string, behaviour: string): Isolation | undefined {
  return overrides[path] ?? overrides[behaviour]
}

const kinds = ['inline', 'thread', 'process']
const hintFields = [
  'trust',
  'faults',
  'native',
  'memory',
  'cpu',
  'compartment',
  'limits',
] satisfies (keyof IsolationHints)[]

/**
 * Reads a placement file: a JSON object from a path or a behaviour's name to `"inline"`, `"thread"`, `"process"` or hints.
 * Throws `InvalidOption` that names the file and the entry.
 */
export function readOverrides(file: string): Overrides {
  const entries = parse(file)
  if (!isObject(entries))
    throw new InvalidOption(`options.placement (${file})`, entries, 'the file must hold one JSON object')
  for (const [target, isolation] of Object.entries(entries))
    checkIsolation(`${file}: ${JSON.stringify(target)}`, isolation)
  return entries as Overrides
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InvalidOption('options.placement', file, `the file cannot be read as JSON (${(error as Error).message})`)
  }
}

function checkIsolation(field: string, isolation: unknown): void {
  if (typeof isolation === 'string' && kinds.includes(isolation)) return
  if (!isObject(isolation))
    throw new InvalidOption(
      field,
      isolation,
      `use ${kinds.map((kind) => `"${kind}"`).join(', ')} or an object of hints`,
    )
  const unknown = Object.keys(isolation).find((hint) => !(hintFields as string[]).includes(hint))
  if (unknown !== undefined) {
    throw new InvalidOption(
      `${field}.${unknown}`,
      isolation[unknown],
      `a placement file can give ${hintFields.join(', ')}`,
    )
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
