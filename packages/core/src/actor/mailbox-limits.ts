import { InvalidOption } from '../errors.ts'

/**
 * Bounds of a mailbox. They concern messages, casts and calls only: EXIT, DOWN, replies, timeouts and system requests always get in.
 */
export interface MailboxLimits {
  /** Messages that may wait. Default Infinity. */
  readonly count?: number
  /** Bytes of encoded messages that may wait. Default Infinity. */
  readonly bytes?: number
  /**
   * What happens to a message for which there is no room. `refuse` (the default): a call is refused with `overloaded`, a cast or message
   * is dropped as `drop_newest` does. `drop_newest`: the arriving one is dropped. `drop_oldest`: the oldest waiting ones make room.
   * `exit`: the actor exits with `{ mailbox_full: count }`. Drops become dead letters; a dropped call fails with `overloaded`.
   */
  readonly overflow?: 'refuse' | 'drop_newest' | 'drop_oldest' | 'exit'
}

const POLICIES = ['refuse', 'drop_newest', 'drop_oldest', 'exit']

/** Throws `InvalidOption`, naming the field that is wrong below `name`. */
export function checkMailbox(limits: unknown, name: string): asserts limits is MailboxLimits {
  if (typeof limits !== 'object' || limits === null)
    throw new InvalidOption(name, limits, 'give { count?, bytes?, overflow? }')
  for (const [field, value] of Object.entries(limits)) {
    if (field === 'overflow') {
      if (!POLICIES.includes(value as string))
        throw new InvalidOption(`${name}.overflow`, value, `give one of ${POLICIES.join(', ')}`)
    } else if (field !== 'count' && field !== 'bytes') {
      throw new InvalidOption(
        `${name}.${field}`,
        value,
        'there is no such bound; the bounds are count, bytes, overflow',
      )
    } else if (typeof value !== 'number' || !(value >= 1))
      throw new InvalidOption(`${name}.${field}`, value, 'give a number of at least 1')
  }
}
