/**
 * Classes of the language whose instances have a form of their own on the wire, by their prototypes, so that they are
 * told apart by one look.
 */
const builtIns = new Map<object, string>(
  ([Map, Set, Date, RegExp, Error, TypeError, RangeError, ArrayBuffer, Uint8Array] as const).map((builtIn) => [
    builtIn.prototype,
    tagOf(builtIn.prototype, builtIn.name),
  ]),
)

function tagOf(prototype: object, name: string): string {
  return prototype instanceof Error || prototype === Error.prototype ? 'Error' : name
}

/** What an object is, if that shows from its prototype alone. */
export function builtInTag(prototype: object): string | undefined {
  return builtIns.get(prototype)
}

/** What an object is, also if it comes from another realm or belongs to a class derived from a built-in one. */
export function tagOfObject(value: object): string {
  if (Array.isArray(value)) return 'Array'
  if (ArrayBuffer.isView(value)) return 'view'
  if (value instanceof Error) return 'Error'
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
