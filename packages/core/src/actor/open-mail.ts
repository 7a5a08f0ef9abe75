import { Undecodable } from '../messaging/codec.ts'
import { letGo } from '../messaging/encoded.ts'
import type { Cell } from './cell.ts'
import type { Mail } from './mailbox.ts'
import { UNOPENED } from './mailbox.ts'

/**
 * The value of a mail, decoded when it is first looked at. Undefined and `opened: false` when the bytes decode to nothing: they become a dead
 * letter, and a call among them fails with `undecodable`. Never the receiver's crash.
 */
export function openMail(cell: Cell, mail: Mail): boolean {
  if (mail.value !== UNOPENED) return true
  const { kernel } = cell
  if (mail.open !== undefined) {
    mail.value = kernel.decodingAs(cell, mail.open)
    return true
  }
  try {
    if (mail.decoder === undefined || mail.segment === undefined) return false
    mail.value = kernel.decodeFor(cell, mail.decoder, mail.segment, mail.beside, mail.start, mail.end)
    if (mail.isAlone) letGo(mail.segment)
    mail.segment = undefined
    mail.beside = undefined
    return true
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    kernel.log('error', `a ${mail.kind} from ${mail.from ?? 'nobody'} does not decode: ${error.message}`, cell)
    kernel.deadLetter(cell.pid, mail.from, 'undecodable')
    if ((mail.kind === 'call' || mail.kind === 'system') && mail.from !== undefined) {
      kernel.signal({ kind: 'call_failed', to: mail.from, from: cell.pid, ref: mail.ref, reason: 'undecodable' })
    }
    return false
  }
}
