import type { Cell } from '../actor/cell.ts'
import type { MailKind } from '../actor/mailbox.ts'
import { isAlias, partsOfAlias, throughAlias } from '../actor/alias.ts'
import { Mail } from '../actor/mailbox.ts'
import type { Destination } from '../actor/self.ts'
import type { Pid } from '../actor/pid.ts'
import { isPid } from '../actor/pid.ts'
import { keepOpen } from '../messaging/open-calls.ts'
import { NotSendable } from '../messaging/codec.ts'
import type { Decoder, Encoded, EncodeOptions } from '../messaging/codec.ts'
import { InvalidOption } from '../errors.ts'
import type { Kernel } from './kernel.ts'
import { encodeOptions, wayTo } from './way.ts'

/** What can be put into a mailbox by another actor. */
export type PostKind = 'message' | 'cast' | 'call' | 'system'

/** The pid behind a destination, now; undefined for a name that nobody holds. Throws `InvalidOption` for anything else. */
export function resolve(kernel: Kernel, to: Destination): Pid | undefined {
  if (typeof to === 'string') {
    if (isPid(to)) return to
    if (isAlias(to)) throw new InvalidOption('to', to, 'it is an alias, which takes messages only: self.send(alias, …)')
    return kernel.names.whereis(to)
  }
  if (typeof to === 'object' && to !== null && 'registeredName' in to) {
    return to.registeredName === undefined ? to.pid : kernel.names.whereis(to.registeredName)
  }
  throw new InvalidOption('to', to, 'give a pid, a registered name or a reference to an actor')
}

/** What a destination is called in errors and dead letters. */
export function shownAs(to: Destination): Pid | string {
  return typeof to === 'string' ? to : (to.registeredName ?? to.pid ?? 'nobody')
}

/** Encodes `value` for `to` and sends it. False above the high-water mark or when nobody is there. Throws `NotSendable`. */
export function sendMail(
  cell: Cell,
  kind: PostKind,
  to: Destination,
  value: unknown,
  ref: number,
  transfer?: readonly ArrayBuffer[],
): boolean {
  const alias = kind === 'message' ? partsOfAlias(to) : undefined
  return alias === undefined
    ? sendTo(cell, kind, to, resolve(cell.kernel, to), value, ref, transfer)
    : sendTo(cell, kind, to, alias.pid, value, alias.ref, transfer)
}

/** The same when it is known whom `to` means now. */
export function sendTo(
  cell: Cell,
  kind: PostKind,
  to: Destination,
  pid: Pid | undefined,
  value: unknown,
  ref: number,
  transfer?: readonly ArrayBuffer[],
): boolean {
  const { kernel } = cell
  const remote = pid === undefined || kernel.isLocal(pid) ? undefined : kernel.remoteOf(pid)
  const way = wayTo(remote)
  const encoded =
    kind === 'message'
      ? kernel.encoder.encode(value, transfer === undefined ? MESSAGE[way] : { ...MESSAGE[way], transfer })
      : encodeRequest(kernel, value as readonly unknown[], REQUEST[way])
  return sendEncoded(cell, kind, to, pid, ref, encoded)
}

const MESSAGE = encodeOptions('message')
const REQUEST = encodeOptions('arguments')

/** What travels is the handler's name and the arguments; an error speaks of the arguments as the caller counts them. */
function encodeRequest(kernel: Kernel, request: readonly unknown[], options: EncodeOptions): Encoded {
  try {
    return kernel.encoder.encode(request, options)
  } catch (error) {
    if (!(error instanceof NotSendable)) throw error
    const path = error.path.replace(/^arguments\[(\d+)\]/, (_, at: string) => `arguments[${Number(at) - 1}]`)
    const own = new NotSendable(path, error.problem)
    own.message = `${String(request[0])}: ${own.message}`
    throw own
  }
}

/** The same for what was encoded before; `pid` is whom `to` means now. */
export function sendEncoded(
  cell: Cell,
  kind: PostKind,
  to: Destination,
  pid: Pid | undefined,
  ref: number,
  encoded: Encoded,
): boolean {
  const { kernel } = cell
  kernel.counters.sent++
  if (pid === undefined) return lost(kernel, kind, shownAs(to), cell.pid, ref, 'unregistered')
  const remote = kernel.isLocal(pid) ? undefined : kernel.remoteOf(pid)
  if (remote !== undefined) return remote.sendMail(kind, pid, cell, ref, encoded)
  return deliverHere(kernel, kind, pid, cell.pid, ref, encoded, kernel.decoder)
}

function lost(
  kernel: Kernel,
  kind: MailKind,
  to: Pid | string,
  from: Pid,
  ref: number,
  why: 'unregistered' | 'noproc',
): false {
  kernel.deadLetter(to, from, why)
  if (isRequest(kind)) kernel.signal({ kind: 'call_failed', to: from, from: kernel.pidOf(0), ref, reason: 'noproc' })
  return false
}

/** Puts mail into the mailbox of an actor of this node. */
export function deliverHere(
  kernel: Kernel,
  kind: PostKind,
  to: Pid,
  from: Pid,
  ref: number,
  encoded: Encoded,
  decoder: Decoder,
): boolean {
  const cell = kernel.cellOf(to)
  return cell === undefined || cell.dead
    ? lost(kernel, kind, to, from, ref, 'noproc')
    : deliverTo(kernel, cell, kind, from, ref, encoded, decoder)
}

/** The same by the actor's serial, which is all that a frame says. */
export function deliverBySerial(
  kernel: Kernel,
  kind: PostKind,
  serial: number,
  from: Pid,
  ref: number,
  encoded: Encoded,
  decoder: Decoder,
): boolean {
  const cell = kernel.cells.get(serial)
  return cell === undefined || cell.dead
    ? lost(kernel, kind, kernel.pidOf(serial), from, ref, 'noproc')
    : deliverTo(kernel, cell, kind, from, ref, encoded, decoder)
}

/** The same, for an actor that was found. What is encoded belongs to the mailbox from now on. */
function deliverTo(
  kernel: Kernel,
  cell: Cell,
  kind: PostKind,
  from: Pid,
  ref: number,
  encoded: Encoded,
  decoder: Decoder,
): boolean {
  if (kind === 'message' && ref !== 0) {
    const what = throughAlias(cell, ref)
    if (what === 'nobody') {
      kernel.deadLetter(cell.pid, from, 'unaliased')
      return false
    }
    if (what === 'message') ref = 0
  }
  const mail = new Mail(kind, from, ref, encoded, decoder, undefined, timeOfArrival(kernel))
  if (cell.limits !== undefined && mail.bounded && !makeRoom(kernel, cell, mail)) return false
  cell.mailbox.push(mail)
  kernel.queue.add(cell)
  return cell.mailbox.bytes < kernel.highWaterBytes
}

/** A value that the runtime itself delivers: it counts against no bound and no policy touches it. */
export function deliverNotice(cell: Cell, open: () => unknown, ref = 0): void {
  const { kernel, mailbox } = cell
  const mail = new Mail('notice', undefined, ref, undefined, undefined, open, timeOfArrival(kernel))
  mailbox.push(mail)
  kernel.queue.add(cell)
}

/** Whether somebody waits for an answer to such mail. */
export function isRequest(kind: MailKind): boolean {
  return kind === 'call' || kind === 'system'
}

function timeOfArrival({ platform: { telemetry, clock } }: Kernel): number | undefined {
  return telemetry?.handled === undefined ? undefined : clock.now()
}

/** Whether a bounded mailbox takes this mail, after its policy has done what it does. */
function makeRoom(kernel: Kernel, cell: Cell, mail: Mail): boolean {
  const { count = Infinity, bytes = Infinity, overflow = 'refuse' } = cell.limits ?? {}
  const { mailbox } = cell
  const full = (): boolean => mailbox.ordinary >= count || mailbox.bytes + mail.sizeBytes > bytes
  if (!full()) return true
  if (overflow === 'exit') {
    if (mail.kind === 'call') keepOpen(cell, mail.from as Pid, mail.ref)
    else kernel.deadLetter(cell.pid, mail.from, 'noproc')
    kernel.exit(cell, { mailbox_full: mailbox.ordinary })
    return false
  }
  if (overflow === 'drop_oldest' && mail.sizeBytes <= bytes) {
    while (full()) {
      const oldest = mailbox.takeWhere(({ bounded }) => bounded)
      if (oldest === undefined) break
      drop(kernel, cell, oldest, 'drop_oldest')
    }
    if (!full()) return true
  }
  drop(kernel, cell, mail, 'drop_newest')
  return false
}

function drop(kernel: Kernel, cell: Cell, mail: Mail, why: 'drop_newest' | 'drop_oldest'): void {
  kernel.deadLetter(cell.pid, mail.from, why)
  if (mail.kind === 'call') {
    kernel.signal({ kind: 'call_failed', to: mail.from as Pid, from: cell.pid, ref: mail.ref, reason: 'overloaded' })
  }
}
