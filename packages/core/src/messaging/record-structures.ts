import { Undecodable } from './undecodable.ts'

/**
 * How many record structures one encoder defines. Objects of further shapes travel as plain maps. msgpackr's limit is
 * 8,160.
 */
export const structuresMax = 1_024
/**
 * From this many on a shape is defined when it is seen for the second time, so that objects used as dictionaries do not
 * use the table up.
 */
const eagerMax = 512
/** How many shapes seen once are remembered. */
const onceMax = 512
const keysMax = 64
const keyLengthMax = 64

/** The keys of a record, in order. */
export interface Structure {
  readonly id: number
  readonly keys: readonly string[]
  /** Whether a key is also a property of Object.prototype, so that plain assignment would not do. */
  readonly shadows: boolean
}

function structureOf(id: number, keys: readonly string[]): Structure {
  return { id, keys, shadows: keys.some((key) => key in Object.prototype) }
}

/**
 * A step in the tree of known shapes: one key. Nearly every node has one child, so the first is kept beside the others.
 */
class Step {
  structure: Structure | undefined
  #firstKey: string | undefined
  #first: Step | undefined
  #others: Map<string, Step> | undefined

  next(key: string): Step | undefined {
    return this.#firstKey === key ? this.#first : this.#others?.get(key)
  }

  grow(key: string): Step {
    const step = new Step()
    if (this.#first === undefined) {
      this.#firstKey = key
      this.#first = step
    } else (this.#others ??= new Map()).set(key, step)
    return step
  }
}

/**
 * Whether an object with these keys may be a record: not too wide, and no key that msgpackr or JavaScript treats
 * specially.
 */
function isRecord(keys: readonly string[]): boolean {
  return (
    keys.length <= keysMax &&
    keys.every((key) => key.length <= keyLengthMax && key !== '__proto__' && key !== '__keys__' && key.isWellFormed())
  )
}

/** The shapes that one encoder has given a number. Append-only and bounded, whatever is encoded. */
export class DefinedStructures {
  readonly list: Structure[] = []
  readonly #first = new Map<string, Step>()
  #none: Structure | undefined
  #once = new Set<string>()

  /** The structure of a plain object, or undefined if its shape has none. */
  find(object: object): Structure | undefined {
    let step: Step | undefined
    for (const key in object) {
      step = step === undefined ? this.#first.get(key) : step.next(key)
      if (step === undefined) return undefined
    }
    return step === undefined ? this.#none : step.structure
  }

  /** Gives a shape that has no structure one, if there is room. */
  consider(keys: readonly string[]): Structure | undefined {
    if (this.list.length >= structuresMax || !isRecord(keys)) return undefined
    if (this.list.length >= eagerMax && !this.#seenBefore(keys)) return undefined
    return this.#define(keys)
  }

  #seenBefore(keys: readonly string[]): boolean {
    const name = keys.join('\0')
    if (this.#once.delete(name)) return true
    if (this.#once.size >= onceMax) this.#once.clear()
    this.#once.add(name)
    return false
  }

  #define(keys: readonly string[]): Structure {
    const structure = structureOf(this.list.length, keys)
    this.list.push(structure)
    let step: Step | undefined
    for (const key of keys) {
      if (step !== undefined) step = step.next(key) ?? step.grow(key)
      else {
        step = this.#first.get(key) ?? new Step()
        this.#first.set(key, step)
      }
    }
    if (step === undefined) this.#none = structure
    else step.structure = structure
    return structure
  }
}

/** Checks a peer's definitions before they are used. Adds all of them to `known`, or none. */
export function learnStructures(known: Structure[], definition: unknown): void {
  if (!Array.isArray(definition)) throw new Undecodable('a definition of structures is not an array')
  const [from, ...added] = definition as unknown[]
  if (!Number.isInteger(from) || (from as number) < 0) throw new Undecodable('a definition of structures has no start')
  if ((from as number) > known.length)
    throw new Undecodable(`structures ${known.length} to ${(from as number) - 1} were never defined`)
  if ((from as number) + added.length > structuresMax) throw new Undecodable(`more than ${structuresMax} structures`)
  const fresh = added.map((keys, index) => checkedStructure((from as number) + index, keys, known))
  known.push(...fresh.slice(known.length - (from as number)))
}

function checkedStructure(id: number, keys: unknown, known: readonly Structure[]): Structure {
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string'))
    throw new Undecodable(`the keys of structure ${id} are not strings`)
  if (!isRecord(keys) || new Set(keys).size !== keys.length)
    throw new Undecodable(`structure ${id} has keys that no record can have`)
  const before = known[id]
  if (before !== undefined && before.keys.join('\0') !== keys.join('\0'))
    throw new Undecodable(`structure ${id} is defined twice, in two ways`)
  return structureOf(id, keys)
}
