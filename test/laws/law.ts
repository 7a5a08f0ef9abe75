import type { ActorRef, ActorSelf, Args, Behaviour, Isolation, MonitorRef, Pid, StartOptions } from '@bulkhead/core'
import type { Heard, Puppet, Step } from './fixtures/puppet.ts'

export type RefOf<B> = B extends Behaviour<infer _A extends Args, infer P> ? ActorRef<P> : never

/** A puppet and its strings. */
export interface Strings {
  readonly pid: Pid
  readonly ref: RefOf<typeof Puppet>
  /** Uses the puppet's `self`; answers with what each step returned. */
  do(...steps: readonly Step[]): Promise<unknown[]>
  /** Links it to another, or has it monitor another; answers when that has arrived there. */
  tie(how: 'link' | 'monitor', to: Pid | string): Promise<unknown>
  /** What it heard, as soon as that is `count` or more. */
  heard(count: number): Promise<Heard[]>
  /** What it heard, once everything that these have sent it until now is there. */
  heardFrom(...senders: readonly Strings[]): Promise<Heard[]>
}

/** What a law has at hand. What it starts ends with it. */
export interface Stage {
  /** Where the actors of the law live, and where those live that it shall meet: on another node, if the placement has several. */
  readonly here: Isolation
  readonly there: Isolation
  /** Whether actors of this placement can share memory with the root. */
  readonly shares: boolean
  /** An actor of the root whose `self` the law uses. It traps exits. */
  readonly self: ActorSelf
  /** A puppet `here`, and one `there`. */
  puppet(options?: StartOptions & { readonly trapExit?: boolean }): Promise<Strings>
  stranger(options?: StartOptions & { readonly trapExit?: boolean }): Promise<Strings>
  /** Starts an actor `here`; what else `start` takes may be given. */
  start<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions,
  ): Promise<ActorRef<P> & { readonly pid: Pid }>
  /** Has `self` monitor an actor; resolves when that has arrived there. */
  watch(pid: Pid): Promise<MonitorRef>
  /** The next messages of `self`. */
  take(count: number): Promise<unknown[]>
}

/** Something that holds wherever actors live. */
export interface Law {
  readonly title: string
  run(stage: Stage): Promise<void>
}

/** `spread`: `here` is a thread and `there` a process. */
export type Placement = 'inline' | 'memory' | 'thread' | 'crew' | 'process' | 'spread'

export const law = (title: string, run: Law['run']): Law => ({ title, run })
