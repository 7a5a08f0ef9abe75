/** An error as plain data that survives every way between threads and processes. What is thrown can be anything: `value` holds what is no error. */
export type ErrorParts =
  | { readonly value: unknown }
  | {
      readonly name: string
      readonly message: string
      readonly stack: string
      readonly fields: Readonly<Record<string, unknown>>
    }

const builtIn: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

/** Takes a thrown value apart; fields that cannot be cloned are left out. */
export function partsOf(thrown: unknown): ErrorParts {
  if (!(thrown instanceof Error)) return { value: isCloneable(thrown) ? thrown : String(thrown) }
  const { name, message, stack = '' } = thrown
  const names = [...Object.keys(thrown), 'cause', 'code'].filter(
    (field) => field in thrown && !['name', 'message', 'stack'].includes(field),
  )
  const fields = names.map((field) => [field, (thrown as unknown as Record<string, unknown>)[field]] as const)
  return {
    name,
    message,
    stack,
    fields: Object.fromEntries(
      fields
        .map(([field, value]) => [field, value instanceof Error ? `${value}` : value])
        .filter(([, value]) => isCloneable(value)),
    ),
  }
}

/** Puts it together again: of its class where that is built in, else an Error with its name. */
export function errorOf(parts: ErrorParts): unknown {
  if ('value' in parts) return parts.value
  const { name, message, stack, fields } = parts
  const error = new ((Object.hasOwn(builtIn, name) ? builtIn[name] : undefined) ?? Error)(message)
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  for (const [field, value] of Object.entries(fields)) {
    Object.defineProperty(error, field, { value, configurable: true, writable: true, enumerable: field !== 'cause' })
  }
  return error
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
