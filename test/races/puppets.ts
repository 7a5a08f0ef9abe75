import type { Alias } from '../../packages/core/src/actor/alias.ts'
import type { From } from '../../packages/core/src/actor/from.ts'
import type { Pid } from '../../packages/core/src/actor/pid.ts'
import type { ActorSelf } from '../../packages/core/src/actor/self.ts'
import { andContinue, ignore, later, refuse, stop } from '../../packages/core/src/actor/answer.ts'
import { defineActor } from '../../packages/core/src/actor/define-actor.ts'
import { P } from '../../packages/core/src/actor/patterns.ts'
import { defineServer } from '../../packages/core/src/actor/server.ts'
import type { ActorSpec, CallMode, EndMode } from './program.ts'

/** A message whose sender and number among all that its sender sends to its receiver are known. */
export interface Letter {
  readonly from: Pid
  readonly number: number
  /** Something to be answered, by whoever gets the letter. */
  readonly answer?: From<unknown>
  readonly call?: number
  /** Through which to answer, twice, and the ref that the answer names. */
  readonly alias?: Alias
  readonly ref?: number
}

/** What the puppets say to whoever pulls their strings. */
export interface Strings {
  /** The actor's first code runs. */
  begins(self: ActorSelf, index: number): ActorSpec
  /** It handles a message, a notice, or what a call or cast became in a loop. */
  hears(self: ActorSelf, message: unknown): void
  asked(self: ActorSelf, letter: Letter): void
  defers(self: ActorSelf, from: From<unknown>, call: number): void
  /** It goes on after it awaited something of its own. */
  resumes(self: ActorSelf): void
}

let strings: Strings

export function pullStrings(by: Strings): void {
  strings = by
}

async function pause(self: ActorSelf, ms: number): Promise<void> {
  await self.sleep(ms)
  strings.resumes(self)
}

async function start(self: ActorSelf, { init, index }: ActorSpec): Promise<unknown> {
  switch (init) {
    case 'ready':
      return {}
    case 'slow':
      await pause(self, 4)
      return {}
    case 'continue':
      return andContinue({}, index)
    case 'ignore':
      return ignore()
    case 'stop':
      return stop({ init: index })
    case 'throw':
      throw new Error(`init ${index}`)
    case 'slowThrow':
      await pause(self, 4)
      throw new Error(`init ${index}`)
    case 'exit':
      return self.exit({ init: index })
  }
}

function end(self: ActorSelf, how: EndMode, reason: unknown): unknown {
  switch (how) {
    case 'stop':
      return stop(reason)
    case 'throw':
      throw reason
    case 'reject':
      return pause(self, 2).then(() => Promise.reject(reason))
    case 'exit':
      return self.exit(reason)
    case 'slowStop':
      return pause(self, 2).then(() => stop(reason))
  }
}

function answer(self: ActorSelf, mode: CallMode, call: number): unknown {
  const reply = { call, by: self.pid }
  switch (mode) {
    case 'reply':
    case 'typo':
    case 'system':
      return reply
    case 'slow':
      return pause(self, 3).then(() => reply)
    case 'later':
      return later((from) => strings.defers(self, from, call))
    case 'refuse':
      return refuse(new Error(`refused ${call}`))
    case 'crash':
      throw new Error(`crash ${call}`)
    case 'stop':
      return stop({ call })
    case 'stopReply':
      return stop({ call }, { reply })
    case 'exit':
      return self.exit({ call })
  }
}

/** A server that does as it is told. */
export const Puppet = defineServer(import.meta, 'Puppet', {
  init: (self, index: number) => start(self, strings.begins(self, index)),
  calls: {
    ask: (self, letter: Letter, mode: CallMode, call: number) => {
      strings.asked(self, letter)
      return answer(self, mode, call)
    },
  },
  casts: {
    note: (self, letter: Letter) => strings.hears(self, letter),
    busy: (self, ms: number) => pause(self, ms),
    end: (self, how: EndMode, reason: unknown) => end(self, how, reason),
  },
  continue: (self) => strings.resumes(self),
  info: (self, message) => strings.hears(self, message),
})

/** An actor that receives whatever comes, for ever; what a call or a cast became is an array that starts with its name. */
export const Looper = defineActor(import.meta, 'Looper', async (self, index: number) => {
  strings.begins(self, index)
  await hearAll(self)
})

/** Receives whatever comes until it is told to end. */
export async function hearAll(self: ActorSelf): Promise<void> {
  for (;;) {
    const message: unknown = await self.receive((on) => on.with(P._, (each: unknown) => each))
    if (Array.isArray(message) && message[0] === 'end') {
      if (message[1] === 'throw' || message[1] === 'reject') throw message[2]
      self.exit(message[2])
    }
    strings.hears(self, message)
  }
}
