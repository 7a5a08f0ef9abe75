import { checkFields, InvalidOption } from '@bulkhead/core'
import type { ThreadsRule } from './control.ts'

export interface ThreadsOptions {
  /** Thread nodes of the pool. Default: one less than the cores, at least 1. */
  readonly count?: number
  /** The OS process that thread nodes live in: the root's (default), or one for all of them. */
  readonly within?: ThreadsRule['within']
}

export interface CompartmentOptions {
  /** The OS process that the compartment's threads live in: the root's, or one that nobody else lives in. */
  readonly within: ThreadsRule['within']
  /** Thread nodes that share its actors. Default 1: all live on one node. */
  readonly threads?: number
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_024
const count = 'use a whole number from 1 to 1024'
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Checks the option `threads` of `start` and fills in its defaults. Throws `InvalidOption`. */
export function checkThreads(threads: unknown = {}): ThreadsRule {
  const field = 'options.threads'
  if (isCount(threads)) return { count: threads, within: 'root' }
  if (!isObject(threads)) throw new InvalidOption(field, threads, `${count}, or { count, within: 'root' or 'process' }`)
  checkFields(threads, ['count', 'within'], 'option', field)
  const {
    count: given = Math.max(1, process.getBuiltinModule('node:os').availableParallelism() - 1),
    within = 'root',
  }: ThreadsOptions = threads
  checkCount(given, `${field}.count`)
  checkWithin(within, `${field}.within`)
  return { count: given, within }
}

/** Checks the option `compartments` of `start`. Throws `InvalidOption`. */
export function checkCompartments(compartments: unknown = {}): Readonly<Record<string, ThreadsRule>> {
  const field = 'options.compartments'
  if (!isObject(compartments))
    throw new InvalidOption(field, compartments, "use an object such as { checkout: { within: 'process' } }")
  const checked = Object.entries(compartments)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, ThreadsRule] => [name, checkCompartment(value, `${field}.${name}`)])
  return Object.fromEntries(checked)
}

function checkCompartment(compartment: unknown, field: string): ThreadsRule {
  if (!isObject(compartment))
    throw new InvalidOption(field, compartment, "use { within: 'root' or 'process', threads }")
  checkFields(compartment, ['within', 'threads'], 'option', field)
  const { within, threads = 1 } = compartment as CompartmentOptions
  checkWithin(within, `${field}.within`)
  checkCount(threads, `${field}.threads`)
  return { count: threads, within }
}

function checkCount(value: unknown, field: string): void {
  if (!isCount(value)) throw new InvalidOption(field, value, count)
}

function checkWithin(value: unknown, field: string): void {
  if (value !== 'root' && value !== 'process') throw new InvalidOption(field, value, "use 'root' or 'process'")
}
