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
