import { printable } from '../messaging/printable.ts'
import { sendMail } from '../node/deliver.ts'
import type { Cell } from './cell.ts'
import type { Mail } from './mailbox.ts'
import type { Pid } from './pid.ts'
import type { Observation, SystemEvent } from './system-state.ts'

/** Events that `sys.log` keeps unless told otherwise, as in OTP. */
export const LOG_MAX = 10

/** Nothing is observed. */
export function newObservation(): Observation {
  return { trace: false, statistics: undefined, log: undefined, observers: new Set() }
}

/** A mail was taken and is handled next. */
export function observeIn(cell: Cell, mail: Mail): void {
  const seen = cell.system?.observation
  if (seen === undefined || mail.kind === 'system') return
  if (seen.statistics !== undefined) seen.statistics.messagesIn++
  const { kind, from } = mail
  observe(cell, seen, () => ({ event: 'in', kind, from, message: cell.program.shown(mail.value) }))
}

/** A call was answered. */
export function observeOut(cell: Cell, kind: 'reply' | 'refusal', to: Pid, reply: unknown): void {
  const seen = cell.system?.observation
  if (seen === undefined) return
  if (seen.statistics !== undefined) seen.statistics.messagesOut++
  observe(cell, seen, () => ({ event: 'out', kind, to, reply: cell.program.shown(reply), state: stateOf(cell) }))
}

/** A handler returned that answers nobody. */
export function observeNoReply(cell: Cell): void {
  const seen = cell.system?.observation
  if (seen !== undefined) observe(cell, seen, () => ({ event: 'noreply', state: stateOf(cell) }))
}

const stateOf = (cell: Cell): unknown => cell.program.shownState(cell).state

function observe(cell: Cell, { trace, log, observers }: Observation, make: () => SystemEvent): void {
  if (!trace && log === undefined && observers.size === 0) return
  // Kept as it was: what a handler does to a value afterwards is not what was observed.
  const event = copyOf(cell, make())
  if (trace) cell.kernel.log('info', `${cell.behaviour} ${wordsOf(event)}`, cell, event)
  if (log !== undefined && log.events.push(event) > log.max) log.events.shift()
  for (const to of observers) sendMail(cell, 'message', to, event, 0)
}

function copyOf(cell: Cell, event: SystemEvent): SystemEvent {
  const copy = (value: unknown): unknown => shownCopy(cell, value)
  if (event.event === 'in') return { ...event, message: copy(event.message) }
  const { state } = event
  return { ...event, state: copy(state), ...(event.event === 'out' && { reply: copy(event.reply) }) }
}

/** A value as it is now, or printed if it cannot be sent. */
export function shownCopy({ kernel }: Cell, value: unknown): unknown {
  try {
    const { bytes, beside } = kernel.encoder.encode(value, { shares: true })
    return kernel.decoder.decode(bytes, beside)
  } catch {
    return printable(value)
  }
}

function wordsOf(event: SystemEvent): string {
  if (event.event === 'in') return `got ${event.kind} ${printable(event.message)}`
  return event.event === 'out' ? `sent ${event.kind} ${printable(event.reply)} to ${event.to}` : 'replied nothing'
}
