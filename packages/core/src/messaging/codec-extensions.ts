import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { builtInTag } from './codec-built-ins.ts'

type Class<T> = abstract new (...args: never[]) => T

/**
 * How values of one class of core's own travel: `write` gives data that the codec encodes in turn, `read` makes the
 * value again.
 */
export interface Extension<T = unknown, D = unknown> {
  readonly class: Class<T>
  /** `context` is what {@link CodecOptions} of the encoding codec holds. */
  write(value: T, context: unknown): D
  /**
   * The data comes from the wire: check it. What it throws becomes `Undecodable`. `context` is that of the decoding
   * codec.
   */
  read(data: unknown, context: unknown): T
}

/** A user's class whose instances keep their class when they travel. */
export interface RegisteredType<T = unknown, D = unknown> {
  readonly class: Class<T>
  /** Names the class on the wire: the same in every node, different from all others. */
  readonly name: string
  /** Any sendable value that stands for the instance. It must not lead back to the instance. */
  encode(value: T): D
  /** The data comes from the wire: check it. What it throws becomes `Undecodable`. */
  decode(data: unknown): T
}

/** One for each JavaScript realm, so that two copies of this module share what users registered. */
interface Registry {
  readonly types: Map<string, RegisteredType>
  readonly errors: Map<string, Class<Error>>
  /** By the prototypes of the classes: an instance's class is found by walking up from its own prototype. */
  readonly typeOf: WeakMap<object, RegisteredType>
  readonly errorNameOf: WeakMap<object, string>
}

const registryKey = Symbol.for('bulkhead.types')
const realm = globalThis as { [registryKey]?: Registry }
const registry: Registry = (realm[registryKey] ??= {
  types: new Map(),
  errors: new Map(),
  typeOf: new WeakMap(),
  errorNameOf: new WeakMap(),
})

/** An extension with its code. */
export interface CodedExtension {
  readonly code: number
  readonly extension: Extension
}

const firstCode = 0x20
const lastCode = 0x3f
const extensions: (Extension | undefined)[] = []
const extensionOf = new Map<object, CodedExtension>()

/**
 * Lets values of a class of core's own travel, under a code from 0x20 to 0x3f. Throws RangeError for another code, or
 * one that another class has.
 */
export function registerExtension<T, D>(code: number, extension: Extension<T, D>): void {
  if (!Number.isInteger(code) || code < firstCode || code > lastCode)
    throw new RangeError(`extension code ${code} is not between 0x20 and 0x3f`)
  const taken = extensions[code]
  if (taken !== undefined && taken.class !== (extension.class as unknown))
    throw new RangeError(`extension code ${code} is taken by ${taken.class.name}`)
  extensions[code] = extension as unknown as Extension
  extensionOf.set(extension.class.prototype as object, { code, extension })
}

/** The extension with this code, if there is one. */
export function extensionWith(code: number): Extension | undefined {
  return extensions[code]
}

/**
 * Keeps a class of errors: `instanceof` holds on the other side, if the class is registered there too. Its constructor
 * is not run; the error gets its message, stack, cause and own fields. Registering a name again replaces the class, as
 * reloaded modules need it. Throws `InvalidOption`.
 *
 * @param name names the class on the wire; by default the class's own name.
 */
export function registerError(errorClass: Class<Error>, name?: string): void {
  if (typeof errorClass !== 'function' || !isErrorPrototype(errorClass.prototype))
    throw new InvalidOption('errorClass', errorClass, 'pass a class that extends Error')
  addError(errorClass, checkName('name', name ?? errorClass.name))
}

function isErrorPrototype(prototype: unknown): boolean {
  return prototype instanceof Error || prototype === Error.prototype
}

function checkName(field: string, name: unknown): string {
  if (typeof name !== 'string' || name === '')
    throw new InvalidOption(
      field,
      name,
      'give the class a name that is the same in every node and different from all others',
    )
  return name
}

function addError(errorClass: Class<Error>, name: string): void {
  registry.errors.set(name, errorClass)
  registry.errorNameOf.set(errorClass.prototype as object, name)
}

/** The class registered under this name, if there is one. */
export function errorClassNamed(name: string): Class<Error> | undefined {
  return registry.errors.get(name)
}

/** The name under which this class of errors was registered, if it was. */
export function registeredErrorName(prototype: object): string | undefined {
  return registry.errorNameOf.get(prototype)
}

/**
 * Keeps a class: its instances, and those of classes derived from it, are encoded and decoded by these functions.
 * Registering a name again replaces the class. Throws `InvalidOption`, for a class that travels by itself, like Date or Map, too.
 */
export function registerType<T, D>(type: RegisteredType<T, D>): void {
  if (typeof type !== 'object' || type === null)
    throw new InvalidOption('type', type, 'give { class, name, encode, decode }')
  checkFields(type, ['class', 'name', 'encode', 'decode'], 'field', 'type')
  if (typeof type.class !== 'function') throw new InvalidOption('type.class', type.class, 'give a class')
  checkName('type.name', type.name)
  for (const field of ['encode', 'decode'] as const) {
    if (typeof type[field] !== 'function') throw new InvalidOption(`type.${field}`, type[field], 'give a function')
  }
  if (builtInTag(type.class.prototype as object) !== undefined)
    throw new InvalidOption('type.class', type.class, 'it travels by itself: send it as it is')
  registry.types.set(type.name, type)
  registry.typeOf.set(type.class.prototype as object, type)
}

/** The type registered under this name, if there is one. */
export function typeNamed(name: string): RegisteredType | undefined {
  return registry.types.get(name)
}

/** How instances with this prototype travel, if their class or one above it was registered. */
export function registeredFor(prototype: object): CodedExtension | RegisteredType | undefined {
  for (let above: object | null = prototype; above !== null; above = Object.getPrototypeOf(above) as object | null) {
    const found = extensionOf.get(above) ?? registry.typeOf.get(above)
    if (found !== undefined) return found
  }
  return undefined
}
