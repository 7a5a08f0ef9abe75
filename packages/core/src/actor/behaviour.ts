import type { Isolation } from '../node/isolation.ts'
import type { RequestId } from '../messaging/request-id.ts'
import type { Pid } from './pid.ts'

/** Arguments of a behaviour's `init`. */
export type Args = readonly unknown[]

/** What a running actor of some behaviour understands: the calls and casts as its callers see them. */
export interface Protocol {
  readonly calls?: object
  readonly casts?: object
}

declare const takes: unique symbol
declare const speaks: unique symbol

/**
 * A module of callbacks that actors run, found again on any node by `key`: the URL of its module, `#` and its name.
 * Made by `defineServer`, `defineActor` and `defineSupervisor`.
 */
export interface Behaviour<A extends Args = Args, P = unknown> {
  readonly key: string
  readonly name: string
  readonly url: string
  /** What the tree shows. */
  readonly type: 'worker' | 'supervisor'
  /** Where its actors live unless the one who starts them says otherwise. */
  readonly isolation: Isolation | undefined
  /** Milliseconds that a call to its actors waits unless `within` says otherwise. Default 5,000. */
  readonly callTimeoutMs?: number | undefined
  /** Phantoms: they carry the types of the arguments and of the protocol and do not exist at run time. */
  readonly [takes]?: (args: A) => void
  readonly [speaks]?: () => P
}

/** A behaviour made by `defineServer`. */
export interface Server<A extends Args = Args, P = unknown> extends Behaviour<A, P> {
  readonly [speaks]?: () => P
}

/** The handle of a running actor, or of whoever holds a name; bound to the actor that made or received it. */
export interface ActorRef<P = unknown> {
  /** The actor's pid; for a reference by name the pid that holds the name now, `undefined` when nobody does. */
  readonly pid: Pid | undefined
  /** The name, for a reference by name. */
  readonly registeredName: string | undefined
  /**
   * Asks and waits: rejects with what the handler refused, or with `CallFailed` when no reply came. Default time 5,000 ms.
   */
  readonly call: P extends { calls: infer C }
    ? { readonly [N in keyof C]: C[N] extends (...a: infer A) => infer R ? (...a: A) => Promise<R> : never }
    : object
  /**
   * Asks and does not wait: the response comes into the mailbox, or is taken with `receiveResponse`. OTP: `gen_server:send_request`.
   */
  readonly sendRequest: P extends { calls: infer C }
    ? { readonly [N in keyof C]: C[N] extends (...a: infer A) => infer R ? (...a: A) => RequestId<R> : never }
    : object
  /** Tells and goes on: false means that the way to the actor is congested (advice; the message is on its way all the same). */
  readonly cast: P extends { casts: infer C }
    ? { readonly [N in keyof C]: C[N] extends (...a: infer A) => unknown ? (...a: A) => boolean : never }
    : object
  /** The same actor, with `ms` milliseconds for each call; `Infinity` waits as long as the actor lives. */
  within(ms: number): ActorRef<P>
}
