import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { checkIsolation } from '../node/isolation.ts'
import type { Isolation } from '../node/isolation.ts'
import type { CrashReport } from '../telemetry.ts'
import type { Args, Behaviour } from './behaviour.ts'
import { addBehaviour, behaviourKey, DefinedBehaviour } from './behaviour-table.ts'
import type { Cell } from './cell.ts'
import type { Format } from './crash-facts.ts'
import { formatted, lastMessageOf } from './crash-facts.ts'
import type { ExitReason } from './exit-reason.ts'
import { reasonOfThrown } from './exit-reason.ts'
import { Exiting, leftoverFailed } from './exiting.ts'
import type { Begun, Program } from './program.ts'
import type { ActorSelf } from './self.ts'
import { isThenable } from './thenable.ts'

/** Runs one function from beginning to end; its mail is taken by `self.receive`. */
export class ActorProgram implements Program {
  readonly acknowledges: boolean
  readonly handles = false
  readonly #body: (self: ActorSelf, ...args: never[]) => unknown
  readonly #formatMessage: Format
  readonly #formatReason: Format

  constructor(
    body: (self: ActorSelf, ...args: never[]) => unknown,
    { formatMessage, formatReason, acknowledges = false }: ActorOptions = {},
  ) {
    this.#body = body
    this.#formatMessage = formatMessage
    this.#formatReason = formatReason
    this.acknowledges = acknowledges
  }

  begin(cell: Cell, args: Args): Begun {
    this.#run(cell, args)
    return this.acknowledges ? 'unacknowledged' : 'ready'
  }

  #run(cell: Cell, args: Args): void {
    let result: unknown
    try {
      result = this.runFor(cell, args)
    } catch (error) {
      this.#failed(cell, error)
      return
    }
    if (isThenable(result)) {
      Promise.resolve(result).then(
        () => cell.kernel.exit(cell, 'normal'),
        (error: unknown) => this.#failed(cell, error),
      )
    } else cell.kernel.exit(cell, 'normal')
  }

  runFor(cell: Cell, args: Args): unknown {
    return this.#body(cell.kernel.selfOf(cell), ...(args as never[]))
  }

  #failed(cell: Cell, error: unknown): void {
    if (cell.dead) {
      leftoverFailed(cell, error)
      return
    }
    cell.kernel.exit(cell, error instanceof Exiting ? error.reason : reasonOfThrown(error))
  }

  handle(): void {
    // Never called: `handles` is false.
  }

  terminate(): void {
    // A function has `finally` for that.
  }

  stop(cell: Cell, reason: ExitReason): void {
    cell.kernel.exit(cell, reason)
  }

  shown(message: unknown): unknown {
    return formatted('formatMessage', this.#formatMessage, message)
  }

  shownState(): object {
    return {}
  }

  shownReason(reason: ExitReason): ExitReason {
    return formatted('formatReason', this.#formatReason, reason)
  }

  report(cell: Cell): Pick<CrashReport, 'lastMessage'> {
    return lastMessageOf(cell, this.#formatMessage)
  }
}

export interface ActorOptions {
  /**
   * Whether its starter waits until it calls `self.initAck()`; the start has failed when it ends before (OTP: `proc_lib:start_link` and
   * `init_ack`). Default false: the start is over as soon as it runs.
   */
  readonly acknowledges?: boolean
  /** Where its actors live unless their starter says otherwise. */
  readonly isolation?: Isolation
  /** What crash reports, `sys` and inspection may show of a message. Default: the message itself. */
  readonly formatMessage?: (message: unknown) => unknown
  /** What crash reports may show of the reason. Default: the reason itself. */
  readonly formatReason?: (reason: ExitReason) => unknown
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
  checkFields(options, ['isolation', 'formatMessage', 'formatReason', 'acknowledges'], 'option', name)
  checkIsolation(options.isolation, `${name}.isolation`)
  for (const field of ['formatMessage', 'formatReason'] as const)
    if (options[field] !== undefined && typeof options[field] !== 'function')
      throw new InvalidOption(`${name}.${field}`, options[field], 'give a function')
  if (options.acknowledges !== undefined && typeof options.acknowledges !== 'boolean')
    throw new InvalidOption(`${name}.acknowledges`, options.acknowledges, 'give true or false')
  const behaviour = new DefinedBehaviour({
    key,
    name,
    url,
    type: 'worker',
    isolation: options.isolation,
    program: new ActorProgram(body as never, options),
  })
  addBehaviour(meta, behaviour)
  return behaviour
}
