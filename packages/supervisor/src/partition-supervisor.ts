import {
  type ActorRef,
  type ActorSelf,
  type Args,
  type Behaviour,
  checkBehaviour,
  checkFields,
  InvalidOption,
  type Server,
} from '@bulkhead/core'
import { child, type ChildOptions } from './child-spec.ts'
import { defineSupervisor, type SupervisorProtocol } from './supervisor.ts'
import type { IntensityOptions } from './supervisor-spec.ts'
import type { Strategy } from './strategy.ts'

/**
 * What is told apart by its partition: plain data. A whole number finds it by its remainder, anything else by its hash; equal keys always find the
 * same one.
 */
export type PartitionKey =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly PartitionKey[]
  | { readonly [field: string]: PartitionKey }

/** How `definePartitionSupervisor` makes the partitions. The options of a child hold for each of them. */
export interface PartitionOptions<A extends Args, G extends Args>
  extends Omit<ChildOptions, 'id' | 'name' | 'significant'>, IntensityOptions {
  /** How many there are: a whole number from 1. Default: the number of cores, which is the same on all nodes of a machine. */
  readonly partitions?: number
  /** The arguments of one, by its number from 0 and what the supervisor was started with; each parameter with its type. Default: none. */
  readonly args?: (partition: number, ...given: G) => Copied<A>
  /** Which partitions share the fate of one that is restarted. Default `one_for_one`. */
  readonly strategy?: Strategy
}

/** The same tuple, as something that gives a literal its type and takes none from it. */
type Copied<A extends Args> = { readonly [I in keyof A]: A[I] }

declare const routes: unique symbol

/** A supervisor of equal actors among which keys are spread. Its children have the ids `0`, `1`, … */
export interface PartitionSupervisor<G extends Args = Args, P = unknown> extends Server<
  readonly [name: string, ...given: G],
  SupervisorProtocol
> {
  /** Phantom: what each partition understands. */
  readonly [routes]?: () => P
}

interface Route {
  readonly behaviour: Behaviour<never, unknown>
  readonly partitions: number
}

/** How keys are spread, by the supervisor's key; the same on every node that has loaded its module. */
const routesByKey = new Map<string, Route>()

const OWN = ['partitions', 'args', 'strategy', 'intensity', 'periodMs']

/**
 * Makes a supervisor of `partitions` actors of one behaviour, so that work which one actor would do for all keys is spread over several. It is
 * started with a name, under which the partitions are found by `partition`, and then what `args` takes.
 *
 * ```ts
 * export const Caches = definePartitionSupervisor(import.meta, 'Caches', Cache, { partitions: 4, args: (_: number, ttlMs: number) => [ttlMs] })
 * await system.start(Caches, ['caches', 60_000])
 * await partition(system, Caches, 'caches', userId).call.get(userId)
 * ```
 *
 * Throws `InvalidOption`. Elixir: `PartitionSupervisor`.
 */
export function definePartitionSupervisor<A extends Args, P, G extends unknown[] = []>(
  meta: { readonly url: string },
  name: string,
  behaviour: Behaviour<A, P>,
  options: PartitionOptions<NoInfer<A>, G> = {},
): PartitionSupervisor<G, NoInfer<P>> {
  checkBehaviour(behaviour)
  const { partitions = coresOf(), args, strategy, intensity, periodMs, ...rest } = checkOptions(name, options)
  // What is wrong with them is wrong now, not when somebody starts it.
  child(behaviour as Behaviour<Args, P>, [], { ...rest, id: '0' })
  const argsOf = (index: number, given: G): Args => args?.(index, ...given) ?? []
  const supervisor = defineSupervisor(meta, name, (registered: string, ...given: G) => ({
    ...(strategy !== undefined && { strategy }),
    ...(intensity !== undefined && { intensity }),
    ...(periodMs !== undefined && { periodMs }),
    children: Array.from({ length: partitions }, (_, index) =>
      child(behaviour as Behaviour<Args, P>, argsOf(index, given), {
        ...rest,
        id: String(index),
        name: nameOf(checkName(registered), index),
      }),
    ),
  }))
  routesByKey.set(supervisor.key, { behaviour, partitions })
  return supervisor as PartitionSupervisor<G, P>
}

/**
 * A reference to the partition that has this key; by name, so it survives restarts. `self` is the actor that uses it, or the system. Throws
 * `InvalidOption`. Elixir: `{:via, PartitionSupervisor, {name, key}}`.
 */
export function partition<G extends Args, P>(
  self: Pick<ActorSelf, 'named'>,
  supervisor: PartitionSupervisor<G, P>,
  name: string,
  key: PartitionKey,
): ActorRef<P> {
  checkBehaviour(supervisor)
  const route = routesByKey.get(supervisor.key)
  if (route === undefined)
    throw new InvalidOption('supervisor', supervisor, 'pass what definePartitionSupervisor returned')
  return self.named(route.behaviour as Behaviour<Args, P>, nameOf(checkName(name), partitionOf(key, route.partitions)))
}

/** Which of so many partitions has this key. */
export function partitionOf(key: unknown, partitions: number): number {
  if (typeof key === 'bigint') return Number((key < 0n ? -key : key) % BigInt(partitions))
  if (Number.isSafeInteger(key)) return Math.abs(key as number) % partitions
  return hashOf(typeof key === 'string' ? key : textOf(key)) % partitions
}

/** The same text for equal keys. */
function textOf(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key)
  if (key === null || typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') return String(key)
  if (Array.isArray(key)) return `[${key.map(textOf).join()}]`
  if (isPlain(key))
    return `{${Object.keys(key)
      .toSorted()
      .map((field) => `${textOf(field)}:${textOf(key[field])}`)
      .join()}}`
  throw new InvalidOption('key', key, 'give a string, a number, a bigint, a boolean, null, or plain data made of them')
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Of the platforms, Node.js among them; the same in each node, since they are on one machine. */
declare const navigator: { readonly hardwareConcurrency: number }

/** How many threads can run at once: what Elixir's schedulers are. */
function coresOf(): number {
  return navigator.hardwareConcurrency
}

/** FNV-1a over the text, 32 bits: the same in every place and every time. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function nameOf(name: string, index: number): string {
  return `${name}/${index}`
}

function checkName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  throw new InvalidOption(
    'name',
    name,
    'give the name under which the partitions are found: a string that is not empty',
  )
}

function checkOptions<A extends Args, G extends Args>(
  name: string,
  given: PartitionOptions<A, G>,
): PartitionOptions<A, G> {
  if (typeof given !== 'object' || given === null)
    throw new InvalidOption(`${name}.options`, given, 'give an object such as { partitions: 4 }')
  const { partitions, args } = given
  if (partitions !== undefined && (!Number.isSafeInteger(partitions) || partitions < 1))
    throw new InvalidOption(`${name}.partitions`, partitions, 'give a whole number, 1 or more')
  if (args !== undefined && typeof args !== 'function')
    throw new InvalidOption(`${name}.args`, args, 'give a function of the number of a partition')
  checkFields(given, [...OWN, ...CHILD], 'option', name)
  return given
}

const CHILD: readonly (keyof ChildOptions)[] = [
  'restart',
  'shutdown',
  'isolation',
  'mailbox',
  'startTimeoutMs',
  'backoff',
  'hold',
  'adapt',
]
