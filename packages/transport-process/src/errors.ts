/** A connection to another process could not be made: nobody listens there, the token was not accepted, or time ran out. */
export class DialFailed extends Error {
  override readonly name = 'DialFailed'
  readonly code = 'DIAL_FAILED'
}

/** Nobody came with the token: time ran out, the listener was closed, or the wait was aborted. */
export class AcceptFailed extends Error {
  override readonly name = 'AcceptFailed'
  readonly code = 'ACCEPT_FAILED'
}
