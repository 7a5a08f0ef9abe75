import { InvalidOption, NotLoadable } from '../errors.ts'
import type { Isolation } from '../node/isolation.ts'
import type { Behaviour } from './behaviour.ts'
import type { Program } from './program.ts'

/**
 * All behaviours defined in this JavaScript realm, by key. It lives on the global object because one program can hold two copies of this
 * module (a test runner's module graph beside Node.js's own), and both must find the same behaviour.
 */
const TABLE = Symbol.for('bulkhead.behaviours')

function table(): Map<string, DefinedBehaviour> {
  const holder = globalThis as { [TABLE]?: Map<string, DefinedBehaviour> }
  return (holder[TABLE] ??= new Map())
}

/**
 * The behaviour with this key, if its module was loaded in this realm. Throws `NotLoadable` for one that another copy of this package has
 * defined: the two would not know each other's messages.
 */
export function findBehaviour(key: string): DefinedBehaviour | undefined {
  const found: unknown = table().get(key)
  if (found === undefined || found instanceof DefinedBehaviour) return found
  throw new NotLoadable(
    `${key} was defined with another copy of @bulkhead/core than the one that runs this node: install one for both (in a package that ` +
      'defines actors make bulkhead a peer dependency; npm ls @bulkhead/core shows the copies)',
  )
}

/** The names that each module has given. By the identity of `import.meta`, since a module that is loaded anew defines everything anew. */
const given = new WeakMap<object, Set<string>>()

/** Makes a behaviour known; what every `define…` ends with. Throws `InvalidOption` when its module has given that name to another one. */
export function addBehaviour(meta: object, behaviour: DefinedBehaviour): void {
  const names = given.get(meta) ?? new Set()
  if (names.has(behaviour.name)) {
    throw new InvalidOption(
      'name',
      behaviour.name,
      'this module gave that name to another behaviour already (a bundle is one module): choose another',
    )
  }
  given.set(meta, names.add(behaviour.name))
  table().set(behaviour.key, behaviour)
}

/** The key of a behaviour: its module's URL, `#`, its name. */
export function behaviourKey(
  meta: { readonly url?: string },
  name: string,
): { readonly url: string; readonly key: string } {
  if (typeof name !== 'string' || name === '' || name.includes('#')) {
    throw new InvalidOption('name', name, 'give the behaviour a name of its own within its module, without #')
  }
  const url: unknown = meta?.url
  if (typeof url !== 'string' || url === '') {
    throw new InvalidOption('meta.url', url, 'pass import.meta, from an ES module (a bundle must be built as ESM)')
  }
  return { url, key: `${url}#${name}` }
}

/** A behaviour: what travels in messages and child specs and, where its module was loaded, what it runs. */
export class DefinedBehaviour implements Behaviour {
  readonly key: string
  readonly name: string
  readonly url: string
  readonly type: 'worker' | 'supervisor'
  readonly isolation: Isolation | undefined
  readonly callTimeoutMs: number | undefined
  readonly program: Program | undefined
  constructor(
    from: Omit<Behaviour, 'isolation'> & {
      readonly isolation?: Isolation | undefined
      readonly program?: Program | undefined
    },
  ) {
    this.key = from.key
    this.name = from.name
    this.url = from.url
    this.type = from.type
    this.isolation = from.isolation
    this.callTimeoutMs = from.callTimeoutMs
    this.program = from.program
  }
}

/** What `start` takes: something that a `define…` function returned, or its reference. */
export function checkBehaviour(value: unknown): asserts value is Behaviour {
  const candidate = value as Partial<Behaviour> | undefined | null
  if (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.key === 'string' &&
    typeof candidate.url === 'string'
  )
    return
  if (typeof value === 'function') {
    throw new NotLoadable(
      `a function (${value.name || 'anonymous'}) cannot be started on another node, since no node could find it again: ` +
        `define it in a module with defineActor(import.meta, 'Name', async (self) => …), or run it here with self.spawn(fn)`,
    )
  }
  throw new InvalidOption('behaviour', value, 'pass what defineServer, defineActor or defineSupervisor returned')
}
