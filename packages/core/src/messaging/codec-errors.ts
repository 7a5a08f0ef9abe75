import { errorClassNamed, registeredErrorName } from './codec-extensions.ts'

/**
 * Properties of an error that are not enumerable and yet part of it; `message`, `stack` and `cause` have places of
 * their own.
 */
const quietKeys = ['name', 'code', 'errors', 'error', 'suppressed'] as const

type ErrorClass = abstract new (...args: never[]) => Error
declare const SuppressedError: ErrorClass
declare const DOMException: new (message?: string, name?: string) => Error
const DomException = typeof DOMException === 'undefined' ? undefined : DOMException

const platformClasses = new Map<string, ErrorClass>(
  [
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    AggregateError,
    ...(typeof SuppressedError === 'undefined' ? [] : [SuppressedError]),
  ].map((platformClass) => [platformClass.name, platformClass]),
)

/** An error, taken apart for the wire. */
export interface ErrorParts {
  /** The registered or own name of its class. */
  readonly className: string
  /** The nearest class that every receiver has. */
  readonly platformName: string
  readonly message: unknown
  readonly stack: unknown
  /** Whether it has a cause, be it undefined. */
  readonly hasCause: boolean
  readonly cause: unknown
  /** Names of the own enumerable fields. */
  readonly fields: readonly string[]
  /** Names of the own fields that are kept though they are not enumerable. */
  readonly quiet: readonly string[]
}

export function isDomException(value: object): boolean {
  return DomException !== undefined && value instanceof DomException
}

/** Reads what an error consists of. Its getters run. */
export function takeApart(error: Error): ErrorParts {
  const fields = Object.keys(error)
  const apart = isDomException(error)
  return {
    ...classNames(error),
    message: error.message,
    stack: error.stack,
    hasCause: Object.hasOwn(error, 'cause'),
    cause: error.cause,
    fields,
    quiet: apart ? ['name'] : quietKeys.filter((key) => Object.hasOwn(error, key) && !fields.includes(key)),
  }
}

function classNames(error: Error): { className: string; platformName: string } {
  if (isDomException(error)) return { className: 'DOMException', platformName: 'DOMException' }
  let className: string | undefined
  for (
    let above: object | null = Object.getPrototypeOf(error);
    above !== null;
    above = Object.getPrototypeOf(above) as object | null
  ) {
    const constructor = Object.hasOwn(above, 'constructor') ? above.constructor : undefined
    const name = registeredErrorName(above) ?? (typeof constructor === 'function' ? constructor.name : '')
    className ??= name || undefined
    if (platformClasses.has(name)) return { className: className ?? name, platformName: name }
  }
  return { className: className ?? 'Error', platformName: 'Error' }
}

/** Makes an error that has nothing yet, not even a stack. */
export function emptyError(): Error {
  return withoutTrace(() => new Error())
}

/**
 * Makes an error an instance of the class registered under that name, or of its platform class, without running a
 * constructor of the user's.
 */
export function giveClass(error: Error, className: string, platformName: string): void {
  const known = errorClassNamed(className) ?? platformClasses.get(className) ?? platformClasses.get(platformName)
  if (known !== undefined && known !== Error) Object.setPrototypeOf(error, known.prototype as object)
}

/** Makes a DOMException, or the nearest thing if the platform has none. */
export function newDomException(message: string, name: string): Error {
  if (DomException !== undefined) return withoutTrace(() => new DomException(message, name))
  const error = emptyError()
  setQuietly(error, 'message', message)
  setQuietly(error, 'name', name)
  return error
}

/**
 * Whether a receiver without this class should call the error by its class's name, since its own name says no more than
 * its platform class.
 */
export function needsName(error: Error, className: string, platformName: string): boolean {
  return className !== platformName && errorClassNamed(className) === undefined && error.name === platformName
}

export function setQuietly(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false })
}

/** Capturing a stack that is thrown away at once would be most of the cost of decoding an error. */
function withoutTrace(make: () => Error): Error {
  const traced = Error as unknown as { stackTraceLimit?: unknown }
  const limit = traced.stackTraceLimit
  if (typeof limit !== 'number') return make()
  traced.stackTraceLimit = 0
  try {
    return make()
  } finally {
    traced.stackTraceLimit = limit
  }
}
