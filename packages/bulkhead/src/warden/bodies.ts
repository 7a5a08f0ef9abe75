import type { NodeId } from '@bulkhead/core'
import type { WardenOrders } from '../control.ts'
import type { Outlets } from '../output/outlet.ts'
import { TaggedOutput } from '../output/tagged-output.ts'
import type { ChildTable } from './child-table.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEvents, NodeBody } from './node-body.ts'
import { ProcessBody } from './process-body.ts'
import { Sandboxes } from './sandboxes.ts'
import type { PreparedSandbox } from './sandboxes.ts'
import type { SpareBody } from './spares.ts'
import { ThreadBody } from './thread-body.ts'

export interface BodiesOptions {
  readonly orders: WardenOrders
  readonly children: ChildTable
  readonly outlets: Outlets
  /** Whether a debugger can be attached to the threads of this OS process. */
  readonly isExempt: () => boolean
  /** Keeps signals from opening the root's inspector. */
  readonly shield: () => void
}

/** Starts what a node can live in: a thread of this OS process, a child process, a sandbox. */
export class Bodies {
  readonly sandboxes: Sandboxes
  readonly #options: BodiesOptions

  constructor(options: BodiesOptions) {
    const { orders, children, outlets, shield } = options
    this.#options = options
    this.sandboxes = new Sandboxes({ entry: orders.entry, execArgv: orders.options.process, children, outlets, shield })
  }

  start(profile: LaunchProfile, events: BodyEvents): NodeBody {
    const { orders, children, outlets, isExempt } = this.#options
    const { entry, options, sharedNodes } = orders
    if (profile.kind === 'process')
      return new ProcessBody({ entry, profile, execArgv: options.process, children, outlets }, events)
    const output = new TaggedOutput(outlets, 'thread')
    return new ThreadBody({ entry, profile, execArgv: options.thread, sharedNodes, output, outlets, isExempt }, events)
  }

  /** `reach`: the node needs a connection with that one. */
  startSandbox(sandbox: PreparedSandbox, profile: LaunchProfile, reach: (peer: NodeId) => void): SpareBody {
    const events: SpareBody['events'] = { message: () => {}, ended: () => {} }
    const told: BodyEvents = {
      message: (message) => events.message(message),
      ended: (end, gone) => events.ended(end, gone),
    }
    return { body: this.sandboxes.start(sandbox, profile, told, reach), events }
  }
}
