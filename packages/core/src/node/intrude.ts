import type { Args } from '../actor/behaviour.ts'
import { findBehaviour } from '../actor/behaviour-table.ts'
import { Intrusion } from '../actor/intrusion.ts'
import { isThenable } from '../actor/thenable.ts'
import { CallFailed, NotLoadable } from '../errors.ts'
import { deliverNotice } from './deliver.ts'
import type { Kernel } from './kernel.ts'

/** The function of a `defineActor`, found again on any node. */
export interface IntrudingCode {
  readonly url: string
  readonly key: string
  /** What the handler is called. */
  readonly name: string
}

/**
 * Has an actor of this node run the function of an actor behaviour between two of its messages. Resolves when the function has returned, or
 * what it returned has settled; never, when the actor ends first and takes it along. Rejects when there is no such actor or no such function.
 */
export async function intrude(kernel: Kernel, serial: number, code: IntrudingCode, args: Args): Promise<void> {
  if (findBehaviour(code.key) === undefined) await kernel.options.load(code.url, code.key)
  const program = findBehaviour(code.key)?.program
  if (program?.runFor === undefined)
    throw new NotLoadable(`${code.key} is no function of self: define it with defineActor(import.meta, …)`)
  const runFor = program.runFor.bind(program)
  const cell = kernel.cells.get(serial)
  if (cell === undefined || cell.dead || cell === kernel.main)
    throw new CallFailed(kernel.pidOf(serial), code.name, 'noproc')
  await new Promise<void>((done) => {
    const run = (): unknown => {
      const result = runFor(cell, args)
      if (isThenable(result)) return Promise.resolve(result).then(() => done())
      done()
      return undefined
    }
    deliverNotice(cell, () => new Intrusion(code.name, run))
  })
}
