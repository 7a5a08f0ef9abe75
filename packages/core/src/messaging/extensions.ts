import { BoundRef } from '../actor/actor-ref.ts'
import { DefinedBehaviour, findBehaviour } from '../actor/behaviour-table.ts'
import { From } from '../actor/from.ts'
import { isPid } from '../actor/pid.ts'
import type { Pid } from '../actor/pid.ts'
import type { Kernel } from '../node/kernel.ts'
import {
  ActorExited,
  BulkheadError,
  CallFailed,
  InvalidOption,
  NameError,
  NotLoadable,
  PlacementError,
  StartFailed,
} from '../errors.ts'
import { NotSendable, registerError, registerExtension, Undecodable } from './codec.ts'

/*
 * What travels besides values: references, the right to reply, behaviours. Each is bound to the actor for which it is decoded. EXIT, DOWN and
 * timeouts are no extensions: no bytes become one.
 */

for (const error of [
  ActorExited,
  BulkheadError,
  CallFailed,
  InvalidOption,
  NameError,
  NotLoadable,
  NotSendable,
  PlacementError,
  StartFailed,
  Undecodable,
]) {
  registerError(error)
}

function holder(kernel: unknown): Kernel['main'] {
  const { decodingFor, main } = kernel as Kernel
  return decodingFor ?? main
}

registerExtension<BoundRef, unknown>(0x20, {
  class: BoundRef,
  write: (ref) => {
    const target = BoundRef.targetOf(ref)
    const ms = BoundRef.timeoutOf(ref)
    return 'pid' in target ? [target.pid, undefined, ms] : [undefined, target.name, ms]
  },
  read: (data, kernel) => {
    const [pid, name, ms] = data as readonly unknown[]
    if (typeof ms !== 'number' || !(ms >= 0)) throw new Undecodable('a reference without a time')
    if (isPid(pid)) return new BoundRef(holder(kernel), { pid }, ms)
    if (typeof name === 'string' && name !== '') return new BoundRef(holder(kernel), { name }, ms)
    throw new Undecodable('a reference to nobody')
  },
})

registerExtension<From, unknown>(0x21, {
  class: From,
  write: ({ caller, ref }) => [caller, ref],
  read: (data, kernel) => {
    const [caller, ref] = data as [Pid, number]
    if (!isPid(caller) || typeof ref !== 'number') throw new Undecodable('a From without a caller')
    return new From(caller, ref, holder(kernel))
  },
})

registerExtension<DefinedBehaviour, unknown>(0x22, {
  class: DefinedBehaviour,
  write: ({ key, name, url, type, isolation, callTimeoutMs }) => ({ key, name, url, type, isolation, callTimeoutMs }),
  read: (data) => {
    const from = data as DefinedBehaviour
    if (typeof from !== 'object' || from === null || typeof from.key !== 'string' || typeof from.url !== 'string') {
      throw new Undecodable('a behaviour without a key')
    }
    return findBehaviour(from.key) ?? new DefinedBehaviour(from)
  },
})
