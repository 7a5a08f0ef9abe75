import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { checkIsolation } from '../node/isolation.ts'
import type { Isolation } from '../node/isolation.ts'
import { checkTimeout } from '../messaging/call.ts'
import type { Continue, Ignore, Later, Refusal, Stop, WithTimeout } from './answer.ts'
import type { Args, Server } from './behaviour.ts'
import { addBehaviour, behaviourKey, DefinedBehaviour } from './behaviour-table.ts'
import type { ExitReason } from './exit-reason.ts'
import type { ActorSelf } from './self.ts'
import { ServerProgram } from './server-program.ts'

/** `self` of a server: the actor, and its state. */
export interface ServerSelf<S> extends ActorSelf {
  state: S
}

/** What `init` may return: the state, or one of those that say otherwise. */
export type Init<S> = S | Ignore | Refusal | Stop<unknown> | Continue<S> | WithTimeout<S>

// `never[]` is the one parameter list that every handler fits.
export type Handlers<S> = { [name: string]: (self: ServerSelf<S>, ...args: never[]) => unknown } & {
  then?: never
  toJSON?: never
}

type Tail<F> = F extends (self: never, ...args: infer A) => unknown ? A : never
type ReplyOf<R> =
  R extends Later<infer X>
    ? X
    : R extends Refusal
      ? never
      : R extends Stop<infer X>
        ? X
        : R extends Continue<infer X>
          ? ReplyOf<X>
          : R extends WithTimeout<infer X>
            ? ReplyOf<X>
            : R
/** The calls as a caller sees them: without `self`, and with what is really replied. */
export type Called<H> = {
  [N in keyof H]: (...args: Tail<H[N]>) => H[N] extends (...args: never) => infer R ? ReplyOf<Awaited<R>> : never
}

export interface ServerSpec<A extends Args, S, C, K> {
  /** Makes the state; the start is over when it settles. OTP: `init/1`. */
  readonly init: (self: ActorSelf, ...args: A) => Init<S> | Promise<Init<S>>
  /** Requests: what a handler returns is the reply. OTP: `handle_call/3`. */
  readonly calls?: C & Handlers<S>
  /** Orders: nobody waits. OTP: `handle_cast/2`. */
  readonly casts?: K & Handlers<S>
  /**
   * Everything else in the mailbox: messages, `Exit`, `Down`, `Timeout`, `CancelledTimer`, `IdleTimeout`, `Response`. Without it they are logged and
   * dropped. OTP: `handle_info/2`.
   */
  readonly info?: (self: ServerSelf<NoInfer<S>>, message: unknown) => unknown
  /** After `andContinue`, before anything in the mailbox. OTP: `handle_continue/2`. */
  readonly continue?: (self: ServerSelf<NoInfer<S>>, argument: never) => unknown
  /** Last words: after a stop, a crash in a handler, or the parent's exit signal when exits are trapped. OTP: `terminate/2`. */
  readonly terminate?: (self: ServerSelf<NoInfer<S>>, reason: ExitReason) => unknown
  /** What crash reports, `sys.getStatus` and inspection may show of the state. Default: the state itself. OTP: `format_status/1`. */
  readonly formatState?: (state: NoInfer<S>) => unknown
  /**
   * What crash reports, `sys` and inspection may show of a message; a call or cast is its name and arguments. Default: the message itself. OTP:
   * `format_status/1`.
   */
  readonly formatMessage?: (message: unknown) => unknown
  /**
   * What crash reports may show of the reason. Default: the reason itself. Links, monitors and callers hear the real one, and so does a
   * supervisor, whose report shows it. OTP: `format_status/1`.
   */
  readonly formatReason?: (reason: ExitReason) => unknown
  /** Where its actors live unless their starter says otherwise. */
  readonly isolation?: Isolation
  /**
   * Milliseconds that a call waits unless its caller says otherwise with `within`. Default 5,000; Infinity for as long as the actor lives. OTP: the
   * timeout of `gen_server:call/2`.
   */
  readonly callTimeoutMs?: number
  /** What the tree calls it. Default `worker`. */
  readonly type?: 'worker' | 'supervisor'
}

const FORBIDDEN = ['then', 'constructor', 'toJSON']
const CALLBACKS = ['init', 'info', 'continue', 'terminate', 'formatState', 'formatMessage', 'formatReason']
const MAPS = ['calls', 'casts']
const FIELDS = [...CALLBACKS, ...MAPS, 'isolation', 'callTimeoutMs', 'type']

/**
 * Defines a behaviour that keeps state and answers (OTP: `gen_server`). Pass `import.meta` and a name of its own within the module, and export
 * the result at the top level: that is how any node finds it. Throws `InvalidOption` for a bad spec.
 */
export function defineServer<A extends Args, S, C, K>(
  meta: { readonly url: string },
  name: string,
  spec: ServerSpec<A, S, C, K>,
): Server<NoInfer<A>, { calls: Called<NoInfer<C>>; casts: Called<NoInfer<K>> }> {
  const { url, key } = behaviourKey(meta, name)
  checkSpec(name, spec)
  const behaviour = new DefinedBehaviour({
    key,
    name,
    url,
    type: spec.type ?? 'worker',
    isolation: spec.isolation,
    callTimeoutMs: spec.callTimeoutMs,
    program: new ServerProgram(name, spec as never),
  })
  addBehaviour(meta, behaviour)
  return behaviour
}

function checkSpec(name: string, spec: unknown): void {
  if (typeof spec !== 'object' || spec === null)
    throw new InvalidOption(`${name}.spec`, spec, 'give an object of callbacks, such as { init, calls, casts }')
  checkFields(spec, FIELDS, 'callback or option', name)
  const given = spec as Readonly<Record<string, unknown>>
  for (const field of CALLBACKS) {
    const value = given[field]
    if (typeof value !== 'function' && (field === 'init' || value !== undefined))
      throw new InvalidOption(`${name}.${field}`, value, 'give a function')
  }
  if (given['callTimeoutMs'] !== undefined) checkTimeout(`${name}.callTimeoutMs`, given['callTimeoutMs'])
  if (![undefined, 'worker', 'supervisor'].includes(given['type'] as undefined))
    throw new InvalidOption(`${name}.type`, given['type'], "give 'worker' or 'supervisor'")
  checkIsolation(given['isolation'], `${name}.isolation`)
  for (const map of MAPS) checkHandlers(`${name}.${map}`, given[map])
}

function checkHandlers(field: string, handlers: unknown): void {
  if (handlers === undefined) return
  if (typeof handlers !== 'object' || handlers === null || Array.isArray(handlers))
    throw new InvalidOption(field, handlers, 'give an object of functions')
  for (const [handler, value] of Object.entries(handlers)) {
    if (FORBIDDEN.includes(handler)) {
      throw new InvalidOption(
        `${field}.${handler}`,
        value,
        'choose another name: JavaScript gives this one a meaning of its own',
      )
    }
    if (typeof value !== 'function') throw new InvalidOption(`${field}.${handler}`, value, 'give a function')
  }
}
