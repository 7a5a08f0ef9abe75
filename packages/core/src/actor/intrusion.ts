import type { Cell } from './cell.ts'
import { reasonOfThrown } from './exit-reason.ts'
import { Exiting, leftoverFailed } from './exiting.ts'
import { isThenable } from './thenable.ts'

/**
 * Code from outside that an actor runs between two messages, as if it were a handler of its own: whatever it does, the actor has done. It
 * comes through the mailbox, as a notice, so it follows all that was sent before; nothing that another actor sends decodes to one.
 */
export class Intrusion {
  /** What the handler is called: in a crash report, and to whoever finds the node stuck. */
  readonly label: string
  readonly run: () => unknown

  constructor(label: string, run: () => unknown) {
    this.label = label
    this.run = run
  }

  /** For an actor that takes its mail by `receive`, where no handler runs: it gets no message until the code is done. */
  runWithin(cell: Cell): void {
    const { kernel } = cell
    kernel.enter(cell, this.label)
    let result: unknown
    try {
      result = kernel.runFor(cell, this.run)
    } catch (error) {
      failed(cell, error)
      return
    }
    if (!isThenable(result)) return
    cell.suspendedBy = this
    const goOn = (): void => {
      if (cell.suspendedBy !== this) return
      cell.suspendedBy = undefined
      kernel.queue.add(cell)
    }
    Promise.resolve(result).then(goOn, (error: unknown) => failed(cell, error))
  }
}

function failed(cell: Cell, error: unknown): void {
  if (cell.dead) leftoverFailed(cell, error)
  else cell.kernel.exit(cell, error instanceof Exiting ? error.reason : reasonOfThrown(error))
}
