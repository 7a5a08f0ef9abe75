import { CallFailed, Down, P, Response } from '@bulkhead/core'
import type { ExitReason, Pid, StartOptions } from '@bulkhead/core'
import type { RefOf } from '../../../laws/law.ts'
import { patienceMs } from '../../../laws/stage.ts'
import { Clerk, Parent } from '../../fixtures/servers-2-clerk.ts'
import type { Order, Plan } from '../../fixtures/servers-2-clerk.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'
import type { ConformanceStage } from '../../stage.ts'

export type ClerkRef = RefOf<typeof Clerk> & { readonly pid: Pid }

/** A clerk whose boss is the item. */
export function clerk({ self, start }: ConformanceStage, plan: Plan = {}, options?: StartOptions): Promise<ClerkRef> {
  return start(Clerk, [self.pid, plan], options)
}

/** Clerks by turns here and there. */
export function clerks(stage: ConformanceStage, count: number): Promise<ClerkRef[]> {
  const places = Array.from({ length: count }, (_, i) => stage.place(i))
  return Promise.all(places.map((isolation) => clerk(stage, {}, { isolation })))
}

/** A clerk on a node that is its own, and that may end. */
export function lodger(stage: ConformanceStage, plan: Plan = {}): Promise<ClerkRef> {
  return clerk(stage, plan, { isolation: stage.spot === 'threads' ? { cpu: 'heavy' } : { faults: 'contained' } })
}

/** A parent here, and its clerk there, whose boss is the item. */
export async function family(stage: ConformanceStage, plan: Plan) {
  const parent = await stage.start(Parent, [])
  const pid = await parent.call.start(stage.self.pid, plan, stage.there)
  return { parent, clerk: stage.self.ref(Clerk, pid).within(patienceMs) as ClerkRef }
}

/** The next that the clerks tell. */
export async function told({ take }: ConformanceStage, count: number, labels?: Labels): Promise<unknown> {
  return inErlang(await take(count), labels)
}

/** What the clerks tell up to the mark of one of them. */
export async function toldUntilMark({ take }: ConformanceStage): Promise<unknown[]> {
  const all: unknown[] = []
  for (;;) {
    const [message] = await take(1)
    if (message instanceof Response) continue
    all.push(inErlang(message))
    if (Array.isArray(message) && message[1] === 'mark') return all
  }
}

/** What a clerk that is watched tells until it has ended, and that. */
export async function toldUntilDown({ take }: ConformanceStage): Promise<unknown[]> {
  const all: unknown[] = []
  for (;;) {
    const [message] = await take(1)
    if (message instanceof Down) return [...all, ['down', inErlang(message.reason)]]
    all.push(inErlang(message))
  }
}

/** `quiet` when nothing lies in the mailbox of the item. */
export function mailbox({ self }: ConformanceStage): Promise<unknown> {
  return self.receive((on) => on.with(P._, (message) => ['noise', inErlang(message)]).after(0, () => 'quiet'))
}

/** What a clerk's terminate hears, and with which reason it then ends. */
export async function ended(
  { watch, take }: ConformanceStage,
  ref: ClerkRef,
  make: (ref: ClerkRef) => unknown,
): Promise<{ readonly told: ExitReason; readonly reason: ExitReason }> {
  await watch(ref.pid)
  make(ref)
  const [last, down] = await take(2)
  const [word, heard] = last as [string, ExitReason]
  if (word !== 'terminate') throw new Error(`it told ${word}`)
  return { told: heard, reason: (down as Down).reason }
}

/** The ways to give an order. */
export const by = {
  call: (order: Order) => (ref: ClerkRef) => void ref.call.do(order).catch(() => undefined),
  cast: (order: Order) => (ref: ClerkRef) => void ref.cast.do(order),
  info: (stage: ConformanceStage, order: Order) => (ref: ClerkRef) => void stage.self.send(ref.pid, { order }),
}

/** With which reason it failed. */
export async function failure(promise: Promise<unknown>): Promise<ExitReason> {
  try {
    await promise
  } catch (error) {
    return error instanceof CallFailed ? error.reason : error
  }
  throw new Error('it did not fail')
}

/** Whether a reason is that a callback returned what it may not. */
export const isBadReturn = (reason: unknown): boolean =>
  (reason as { readonly code?: string } | null)?.code === 'bad_return_value'
