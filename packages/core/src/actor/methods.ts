/** Names that are shared; beyond them somebody makes names up, and each object keeps its own. */
const SHARED_NAMES_MAX = 1_000

type Method = (...args: unknown[]) => unknown

/**
 * A class of objects that have any method there may be: `name` of an object of `owner` runs `invoke(owner, name, args)`, also when it was taken off
 * the object. A method comes into being when it is first used, and is a plain property from then on. Objects of one class have one prototype, so that
 * a place in a program which uses many of them sees one shape. What JavaScript itself looks for (`then`, `toJSON`, `constructor`, symbols) is no
 * method.
 */
export function methodsClass<Owner extends object>(
  invoke: (owner: Owner, name: string, args: readonly unknown[]) => unknown,
): new (owner: Owner) => object {
  class Methods {
    readonly #owner: Owner
    constructor(owner: Owner) {
      this.#owner = owner
    }
    static make(object: object, name: string): Method | undefined {
      if (!(#owner in object)) return undefined
      const owner = object.#owner
      const method: Method = (...args) => invoke(owner, name, args)
      Object.defineProperty(object, name, { value: method })
      return method
    }
  }
  let shared = 0
  const unknown = new Proxy(Object.create(null) as object, {
    get(_, name, receiver: object) {
      if (typeof name !== 'string' || name === 'then' || name === 'toJSON' || name === 'constructor') return undefined
      if (shared < SHARED_NAMES_MAX) {
        shared++
        Object.defineProperty(Methods.prototype, name, {
          get(this: object) {
            return Methods.make(this, name)
          },
        })
      }
      return Methods.make(receiver, name)
    },
  })
  delete (Methods.prototype as Partial<Methods> & { constructor?: unknown }).constructor
  Object.setPrototypeOf(Methods.prototype, unknown)
  return Methods
}
