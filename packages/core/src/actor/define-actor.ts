import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { checkIsolation } from '../node/isolation.ts'
import type { Isolation } from '../node/isolation.ts'
import type { CrashReport } from '../telemetry.ts'
import type { Args, Behaviour } from './behaviour.ts'
import { addBehaviour, behaviourKey, DefinedBehaviour } from './behaviour-table.ts'
import type { Cell } from './cell.ts'
import type { Format } from './crash-facts.ts'
import { lastMessageOf } from './crash-facts.ts'
import { Exiting, leftoverFailed } from './exiting.ts'
import type { Begun, Program } from './program.ts'
import type { ActorSelf } from './self.ts'
import { isThenable } from './thenable.ts'

/** Runs one function from beginning to end; its mail is taken by `self.receive`. */
export class ActorProgram implements Program {
  readonly acknowledges = false
  readonly handles = false
  readonly #body: (self: ActorSelf, ...args: never[]) => unknown

  readonly #formatMessage: Format

  constructor(body: (self: ActorSelf, ...args: never[]) => unknown, formatMessage?: Format) {
    this.#body = body
    this.#formatMessage = formatMessage
  }

  begin(cell: Cell, args: Args): Begun {
    let result: unknown
    try {
      result = this.runFor(cell, args)
    } catch (error) {
      this.#failed(cell, error)
      return 'ready'
    }
    if (isThenable(result)) {
      Promise.resolve(result).then(
        () => cell.kernel.exit(cell, 'normal'),
        (error: unknown) => this.#failed(cell, error),
      )
    } else cell.kernel.exit(cell, 'normal')
    return 'ready'
  }

  runFor(cell: Cell, args: Args): unknown {
    return this.#body(cell.kernel.selfOf(cell), ...(args as never[]))
  }

  #failed(cell: Cell, error: unknown): void {
    if (cell.dead) {
      leftoverFailed(cell, error)
      return
    }
    cell.kernel.exit(cell, error instanceof Exiting ? error.reason : error)
  }

  handle(): void {
    // Never called: `handles` is false.
  }

  terminate(): void {
    // A function has `finally` for that.
  }

  report(cell: Cell): Pick<CrashReport, 'lastMessage'> {
    return lastMessageOf(cell, this.#formatMessage)
  }
}

export interface ActorOptions {
  /** Where its actors live unless their starter says otherwise. */
  readonly isolation?: Isolation
  /** What crash reports and inspection may show of the last message. Default: the message itself. */
  readonly formatMessage?: (message: unknown) => unknown
}

/**
 * Defines a behaviour that is one function: it takes its mail with `self.receive`, and the actor ends with `normal` when it returns. Pass
 * `import.meta` and a name of its own within the module, and export the result. Throws `InvalidOption`.
 */
export function defineActor<A extends Args>(
  meta: { readonly url: string },
  name: string,
  body: (self: ActorSelf, ...args: A) => unknown,
  options: ActorOptions = {},
): Behaviour<NoInfer<A>, unknown> {
  const { url, key } = behaviourKey(meta, name)
  if (typeof body !== 'function') throw new InvalidOption(`${name}.body`, body, 'give a function of self')
  if (typeof options !== 'object' || options === null)
    throw new InvalidOption(`${name}.options`, options, 'give an object such as { isolation }, or nothing')
  checkFields(options, ['isolation', 'formatMessage'], 'option', name)
  checkIsolation(options.isolation, `${name}.isolation`)
  if (options.formatMessage !== undefined && typeof options.formatMessage !== 'function')
    throw new InvalidOption(`${name}.formatMessage`, options.formatMessage, 'give a function')
  const behaviour = new DefinedBehaviour({
    key,
    name,
    url,
    type: 'worker',
    isolation: options.isolation,
    program: new ActorProgram(body as never, options.formatMessage),
  })
  addBehaviour(meta, behaviour)
  return behaviour
}
