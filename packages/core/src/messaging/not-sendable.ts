import { BulkheadError } from '../errors.ts'

/**
 * A value, or a part of it, that cannot be sent. Thrown at the sender, before anything left it. Code `not_sendable`.
 * The message is a sentence that starts with the path: `message.job.onDone is a function`.
 */
export class NotSendable extends BulkheadError {
  static override readonly name = 'NotSendable'
  /** Where the value stands, starting with the name of the root: `message.items[3]`. */
  readonly path: string
  /** What is wrong there: `is a function`. */
  readonly problem: string

  constructor(path: string, problem: string) {
    super('not_sendable', `${path} ${problem}`)
    this.path = path
    this.problem = problem
  }
}
