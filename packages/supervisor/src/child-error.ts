import { BulkheadError, type Pid, registerError, show } from '@bulkhead/core'

/** OTP's words for what a supervisor refuses. */
export type ChildErrorCode =
  | 'already_present'
  | 'already_started'
  | 'not_found'
  | 'running'
  | 'restarting'
  | 'max_children'
  | 'simple_one_for_one'
  | 'fenced'

const WHY: Readonly<Record<ChildErrorCode, string>> = {
  already_present: 'a child with this id is there and does not run: restartChild starts it, deleteChild removes it',
  already_started: 'it runs already: give the new one an id or a name of its own ({ id })',
  not_found: 'the supervisor has no such child',
  running: 'the child runs: terminateChild stops it',
  restarting: 'the supervisor is about to restart the child: terminateChild makes it stop trying',
  max_children: 'the supervisor has as many children as maxChildren allows',
  simple_one_for_one:
    'the children of a template are asked for by pid, and one that does not run is forgotten: startChild starts another, terminateChild(pid) stops one',
  fenced:
    "the thread on which it lived was fenced and has not ended, which its replacement waits for: try again then, or give afterFence: 'replace'",
}

/** A supervisor refused a request about a child; only the caller fails. `code` is OTP's word. */
export class ChildError extends BulkheadError {
  static override readonly name = 'ChildError'
  declare readonly code: ChildErrorCode
  /** The id or pid that was asked about. */
  readonly child: string
  /** The actor in the way, for `already_started`. */
  readonly pid: Pid | undefined
  constructor(code: ChildErrorCode, child: unknown, pid?: Pid) {
    const asked = typeof child === 'string' ? child : show(child)
    super(code, `child ${asked}: ${WHY[code]}${pid === undefined ? '' : `; it is ${pid}`}`)
    this.child = asked
    this.pid = pid
  }
}

registerError(ChildError)
