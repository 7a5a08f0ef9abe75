import type { Beside, Decoder } from '../messaging/codec.ts'
import type { Pid } from './pid.ts'

/** `notice`: EXIT, DOWN, timeouts, which hold a value and count against no bound. The others hold encoded bytes. */
export type MailKind = 'message' | 'call' | 'cast' | 'notice'

/** One entry of a mailbox. */
export class Mail {
  readonly kind: MailKind
  readonly from: Pid | undefined
  /** The caller's ref, for calls. */
  readonly ref: number
  readonly bytes: Uint8Array | undefined
  readonly beside: Beside | undefined
  /** Knows the record structures of the node that encoded the bytes. */
  readonly decoder: Decoder | undefined
  /** Makes a notice's value when it is looked at: what lies in a mailbox is nobody's object yet. */
  readonly open: (() => unknown) | undefined
  /** The value, once somebody has looked. */
  value: unknown = UNOPENED
  /** When it came; known only while somebody listens to how long mail waits. */
  readonly queuedAt: number | undefined
  next: Mail | undefined = undefined

  constructor(
    kind: MailKind,
    from: Pid | undefined,
    ref: number,
    bytes: Uint8Array | undefined,
    beside: Beside | undefined,
    decoder: Decoder | undefined,
    open: (() => unknown) | undefined,
    queuedAt: number | undefined,
  ) {
    this.kind = kind
    this.from = from
    this.ref = ref
    this.bytes = bytes
    this.beside = beside
    this.decoder = decoder
    this.open = open
    this.queuedAt = queuedAt
  }

  get sizeBytes(): number {
    return this.bytes === undefined ? 0 : this.bytes.length
  }
}

export const UNOPENED: unique symbol = Symbol('unopened')

/** The queue of one actor: encoded mail in the order of arrival, any of which a selective receive may take. */
export class Mailbox {
  first: Mail | undefined = undefined
  last: Mail | undefined = undefined
  count = 0
  /** How many of them are notices. */
  notices = 0
  bytes = 0
  /** The last mail that the waiting `receive` looked at and left; what stands behind it is new to that receive. */
  seen: Mail | undefined = undefined

  push(mail: Mail): void {
    if (this.last === undefined) this.first = mail
    else this.last.next = mail
    this.last = mail
    this.count++
    if (mail.kind === 'notice') this.notices++
    this.bytes += mail.sizeBytes
  }

  /** Takes `mail`, which follows `previous` (undefined: it is the first). */
  take(mail: Mail, previous: Mail | undefined): void {
    if (previous === undefined) this.first = mail.next
    else previous.next = mail.next
    if (this.last === mail) this.last = previous
    if (this.seen === mail) this.seen = previous
    mail.next = undefined
    this.count--
    if (mail.kind === 'notice') this.notices--
    this.bytes -= mail.sizeBytes
  }

  /** What bounds are about: everything but notices. */
  get ordinary(): number {
    return this.count - this.notices
  }

  /** The first mail that the waiting `receive` has not seen. */
  get news(): Mail | undefined {
    return this.seen === undefined ? this.first : this.seen.next
  }

  /** Undoes a `take`. */
  putBack(mail: Mail, previous: Mail | undefined): void {
    const next = previous === undefined ? this.first : previous.next
    if (previous === undefined) this.first = mail
    else previous.next = mail
    mail.next = next
    if (next === undefined) this.last = mail
    this.count++
    if (mail.kind === 'notice') this.notices++
    this.bytes += mail.sizeBytes
  }

  shift(): Mail | undefined {
    const mail = this.first
    if (mail !== undefined) this.take(mail, undefined)
    return mail
  }

  /** Takes the first mail that `fits`. */
  takeWhere(fits: (mail: Mail) => boolean): Mail | undefined {
    let previous: Mail | undefined
    for (let mail = this.first; mail !== undefined; mail = mail.next) {
      if (fits(mail)) {
        this.take(mail, previous)
        return mail
      }
      previous = mail
    }
    return undefined
  }

  clear(): Mail | undefined {
    const first = this.first
    this.first = undefined
    this.last = undefined
    this.seen = undefined
    this.count = 0
    this.notices = 0
    this.bytes = 0
    return first
  }
}
