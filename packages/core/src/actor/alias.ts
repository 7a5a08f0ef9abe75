import type { Kernel } from '../node/kernel.ts'
import { InvalidOption } from '../errors.ts'
import type { Cell } from './cell.ts'
import type { MonitorRef } from './notices.ts'
import type { Pid } from './pid.ts'
import { isPid } from './pid.ts'

declare const aliasBrand: unique symbol

/**
 * A second address of one actor that it can take back: a plain string, `<system.node.serial#ref>`, for messages only. Nothing that is sent to it
 * after `unalias` arrives. OTP: the reference that `alias/1` returns.
 */
export type Alias = string & { readonly [aliasBrand]: true }

/**
 * How long an alias that comes with a monitor lasts. `explicit_unalias`: until `unalias`. `demonitor`: until the monitor is gone, by
 * `demonitor` or DOWN. `reply_demonitor`: that, or until the first message through it, which takes the monitor back too.
 */
export type AliasMode = 'explicit_unalias' | 'demonitor' | 'reply_demonitor'

/** `once`: the first message through it is the last. `tied`: it goes with the monitor of the same ref. */
interface AliasEnd {
  readonly once: boolean
  readonly tied: boolean
}

/** The active aliases of an actor, by ref. */
export type Aliases = Map<number, AliasEnd>

const ALIAS = /^(<[A-Za-z0-9_-]{1,64}\.[1-9][0-9]{0,15}\.(?:0|[1-9][0-9]{0,15}))#([1-9][0-9]{0,15})>$/
const MODES: readonly unknown[] = ['explicit_unalias', 'demonitor', 'reply_demonitor'] satisfies AliasMode[]

/** Whether a value has the form of an alias. It says nothing about the alias being active. */
export function isAlias(value: unknown): value is Alias {
  return typeof value === 'string' && value.includes('#') && ALIAS.test(value)
}

/** The actor behind an alias, and the alias's ref; undefined for what is no alias. */
export function partsOfAlias(value: unknown): { readonly pid: Pid; readonly ref: number } | undefined {
  if (typeof value !== 'string' || !value.includes('#')) return undefined
  const [, start, ref] = ALIAS.exec(value) ?? []
  const pid = `${start}>`
  return start !== undefined && isPid(pid) ? { pid, ref: Number(ref) } : undefined
}

/** The alias of an actor that has this ref. */
export function aliasOf(pid: Pid, ref: number): Alias {
  return `${pid.slice(0, -1)}#${ref}>` as Alias
}

/** OTP's `alias/1`. */
export function alias(cell: Cell, once: boolean): Alias {
  const ref = cell.kernel.nextRef()
  cell.mailbox.mark(ref)
  ;(cell.aliases ??= new Map()).set(ref, { once, tied: false })
  return aliasOf(cell.pid, ref)
}

/** The alias that comes with a monitor is active under the same ref. */
export function addAlias(cell: Cell, ref: MonitorRef, mode: AliasMode): void {
  ;(cell.aliases ??= new Map()).set(ref, { once: mode === 'reply_demonitor', tied: mode !== 'explicit_unalias' })
}

export function checkAliasMode(mode: unknown): asserts mode is AliasMode {
  if (!MODES.includes(mode)) throw new InvalidOption('alias', mode, `give one of ${MODES.join(', ')}`)
}

/** OTP's `unalias/1`. Whether it was an active alias of this actor; a monitor of the same ref stays. */
export function unalias(cell: Cell, given: Alias): boolean {
  const parts = partsOfAlias(given)
  if (parts === undefined) throw new InvalidOption('alias', given, 'give what self.alias returned')
  return parts.pid === cell.pid && cell.aliases?.delete(parts.ref) === true
}

/** A message came through an alias, which may be active no more. The first one may be the last: the reply for which the alias was made. */
export function throughAlias(cell: Cell, ref: number): 'nobody' | 'message' | 'reply' {
  const end = cell.aliases?.get(ref)
  if (end === undefined) return 'nobody'
  if (end.once) {
    cell.aliases?.delete(ref)
    if (end.tied) forgetMonitor(cell.kernel, cell, ref)
  }
  return end.once ? 'reply' : 'message'
}

function forgetMonitor(kernel: Kernel, cell: Cell, ref: MonitorRef): void {
  const monitoring = cell.monitors?.get(ref)
  if (monitoring === undefined) return
  cell.monitors?.delete(ref)
  kernel.signal({ kind: 'demonitor', to: monitoring.target, from: cell.pid, ref })
}

/** The monitor is gone, and so is an alias that was tied to it. */
export function monitorGone(cell: Cell, ref: MonitorRef): void {
  if (cell.aliases?.get(ref)?.tied === true) cell.aliases.delete(ref)
}
