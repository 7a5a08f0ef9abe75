import { readFileSync } from 'node:fs'
import { checkIsolation, InvalidOption } from '@bulkhead/core'
import type { Isolation, IsolationHints } from '@bulkhead/core'

/** Isolation by tree path, such as `/shop/db`, or by behaviour name; a path wins over a name. */
export type Overrides = Readonly<Record<string, Isolation>>

/** The override for an actor that is about to start, if the operator gave one. */
export function overrideFor(overrides: Overrides, path: string, behaviour: string): Isolation | undefined {
  // A behaviour can have any name, `constructor` too.
  const target = [path, behaviour].find((each) => Object.hasOwn(overrides, each))
  return target === undefined ? undefined : overrides[target]
}

/** An actor to be near to is known to code only. */
const unwritable: keyof IsolationHints = 'coordination'

/**
 * Reads a placement file: a JSON object from a path or a behaviour's name to `"inline"`, `"thread"`, `"process"` or hints.
 * Throws `InvalidOption` that names the file and the entry.
 */
export function readOverrides(file: string): Overrides {
  const entries = parse(file)
  if (!isObject(entries))
    throw new InvalidOption(`options.placement (${file})`, entries, 'the file must hold one JSON object')
  for (const [target, isolation] of Object.entries(entries)) checkEntry(`${file}: ${JSON.stringify(target)}`, isolation)
  return entries as Overrides
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InvalidOption('options.placement', file, `the file cannot be read as JSON (${(error as Error).message})`)
  }
}

function checkEntry(field: string, isolation: unknown): void {
  if (isObject(isolation) && Object.hasOwn(isolation, unwritable))
    throw new InvalidOption(
      `${field}.${unwritable}`,
      isolation[unwritable],
      'a placement file cannot name a running actor',
    )
  checkIsolation(isolation, field)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
