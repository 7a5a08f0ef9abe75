import type { Beside, Decoder, Encoded } from '../messaging/codec.ts'
import type { Pid } from './pid.ts'

/**
 * `notice`: EXIT, DOWN, timeouts, responses, which hold a value. `system`: a request to the actor's runtime and not to its code. Neither counts
 * against a bound. All but notices hold encoded bytes.
 */
export type MailKind = 'message' | 'call' | 'cast' | 'notice' | 'system'

/** One entry of a mailbox. */
export class Mail {
  readonly kind: MailKind
  readonly from: Pid | undefined
  /** The caller's ref, for calls and system requests; for DOWN, responses and replies through an alias the ref that they are about. */
  readonly ref: number
  /** The bytes lie from `start` to `end` of a segment, in which other mail can lie too. Undefined once they are decoded. */
  segment: Uint8Array | undefined
  readonly start: number
  readonly end: number
  beside: Beside | undefined
  /** Whether nothing else lies in the segment's ArrayBuffer. */
  readonly isAlone: boolean
  /** Knows the record structures of the node that encoded the bytes. */
  readonly decoder: Decoder | undefined
  /** Makes a notice's value when it is looked at: what lies in a mailbox is nobody's object yet. */
  readonly open: (() => unknown) | undefined
  /** The value, once somebody has looked. */
  value: unknown = UNOPENED
  /** What it counts against a bound in bytes. */
  readonly sizeBytes: number
  /** When it came; known only while somebody listens to how long mail waits. */
  readonly queuedAt: number | undefined
  next: Mail | undefined = undefined

  constructor(
    kind: MailKind,
    from: Pid | undefined,
    ref: number,
    encoded: Encoded | undefined,
    decoder: Decoder | undefined,
    open: (() => unknown) | undefined,
    queuedAt: number | undefined,
  ) {
    this.kind = kind
    this.from = from
    this.ref = ref
    this.segment = encoded?.segment
    this.start = encoded === undefined ? 0 : encoded.start
    this.end = encoded === undefined ? 0 : encoded.end
    this.beside = encoded?.beside
    this.isAlone = encoded !== undefined && encoded.isAlone
    this.decoder = decoder
    this.open = open
    this.sizeBytes = encoded !== undefined && this.bounded ? encoded.weight : 0
    this.queuedAt = queuedAt
  }

  /** Lets go of its value. Mail that had to wait is old for the collector, which would take for old what it holds, too. */
  forget(): void {
    this.value = undefined
  }

  /** Whether bounds of the mailbox concern it. A message with a ref is the one reply that its alias was made for. */
  get bounded(): boolean {
    return this.kind === 'message' ? this.ref === 0 : this.kind !== 'notice' && this.kind !== 'system'
  }
}

export const UNOPENED: unique symbol = Symbol('unopened')

/** Where a mailbox ended when a ref was made: neither this mail nor what stands before it can hold that ref. */
interface Mark {
  readonly ref: number
  at: Mail | undefined
}

/** Marks that a mailbox keeps. Without one a receive begins further back, and finds the same. */
const MARKS_MAX = 8

/** The queue of one actor: encoded mail in the order of arrival, any of which a selective receive may take. */
export class Mailbox {
  first: Mail | undefined = undefined
  last: Mail | undefined = undefined
  count = 0
  /** How many of them no bound concerns. */
  unbounded = 0
  bytes = 0
  /** The last mail that the waiting `receive` looked at and left; what stands behind it is new to that receive. */
  seen: Mail | undefined = undefined
  /** The last mail that a suspended actor left where it was. */
  skimmed: Mail | undefined = undefined

  /** The newest refs for which somebody may wait; none while the mailbox is empty. */
  #marks: Mark[] | undefined = undefined

  push(mail: Mail): void {
    if (this.last === undefined) this.first = mail
    else this.last.next = mail
    this.last = mail
    this.#added(mail)
  }

  /** Takes `mail`, which follows `previous` (undefined: it is the first). */
  take(mail: Mail, previous: Mail | undefined): void {
    if (previous === undefined) this.first = mail.next
    else previous.next = mail.next
    if (this.last === mail) this.last = previous
    if (this.seen === mail) this.seen = previous
    if (this.skimmed === mail) this.skimmed = previous
    mail.next = undefined
    this.count--
    if (!mail.bounded) this.unbounded--
    this.bytes -= mail.sizeBytes
    if (this.#marks !== undefined) this.#unmark(mail, previous)
  }

  #unmark(mail: Mail, previous: Mail | undefined): void {
    if (this.first === undefined) this.#marks = undefined
    for (const mark of this.#marks ?? []) if (mark.at === mail) mark.at = previous
  }

  /** Undoes a `take`: `mail` follows `previous` again (undefined: it is the first). */
  putBack(mail: Mail, previous: Mail | undefined): void {
    const next = previous === undefined ? this.first : previous.next
    if (previous === undefined) this.first = mail
    else previous.next = mail
    mail.next = next
    if (next === undefined) this.last = mail
    this.#added(mail)
  }

  #added(mail: Mail): void {
    this.count++
    if (!mail.bounded) this.unbounded++
    this.bytes += mail.sizeBytes
  }

  /** What bounds are about. */
  get ordinary(): number {
    return this.count - this.unbounded
  }

  /** The first mail that the waiting `receive` has not seen. */
  get news(): Mail | undefined {
    return this.seen === undefined ? this.first : this.seen.next
  }

  /** The first mail that the suspended actor has not looked at. */
  get unskimmed(): Mail | undefined {
    return this.skimmed === undefined ? this.first : this.skimmed.next
  }

  /** A ref is made for which somebody may wait: what is here now cannot hold it. */
  mark(ref: number): void {
    if (this.last === undefined) return
    const marks = (this.#marks ??= [])
    marks.push({ ref, at: this.last })
    if (marks.length > MARKS_MAX) marks.shift()
  }

  /** A mail that came before `ref` was made, the newest that is known; undefined when none is. */
  olderThan(ref: number): Mail | undefined {
    return this.#marks?.findLast((mark) => mark.ref <= ref)?.at
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
    this.skimmed = undefined
    this.#marks = undefined
    this.count = 0
    this.unbounded = 0
    this.bytes = 0
    return first
  }
}
