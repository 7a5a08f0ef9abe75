import type { Args, Behaviour } from '../actor/behaviour.ts'
import { checkBehaviour, DefinedBehaviour } from '../actor/behaviour-table.ts'
import type { Cell } from '../actor/cell.ts'
import { checkMailbox } from '../actor/mailbox-limits.ts'
import type { StartOptions } from '../actor/self.ts'
import { BulkheadError, InvalidOption, PlacementError } from '../errors.ts'
import { checkTimeout } from '../messaging/call.ts'
import { checkFields } from '../known-fields.ts'
import { hintElsewhere } from './isolation.ts'
import { place } from './place.ts'
import type { PlacementContext } from './place.ts'
import type { PlacementDecision } from './placement.ts'
import type { SpawnResult } from './spawn.ts'
import type { Allocation } from './host.ts'
import type { Kernel } from './kernel.ts'
import { makeRequest, spawn } from './spawn.ts'

export type StartTies = { readonly link?: boolean; readonly monitor?: boolean }

/** Places an actor and starts it. What is wrong with the options is thrown; what goes wrong with the start is the result. */
export async function startActor(
  cell: Cell,
  behaviour: Behaviour,
  args: Args,
  options: StartOptions & StartTies,
): Promise<SpawnResult> {
  checkBehaviour(behaviour)
  checkOptions(options, cell === cell.kernel.main)
  if (!Array.isArray(args))
    throw new InvalidOption('args', args, `give the arguments of ${behaviour.name}.init as an array`)
  const { kernel } = cell
  if (kernel.options.untrusted === true)
    return {
      kind: 'failed',
      reason: new PlacementError('an untrusted actor starts no others: have a trusted one start them'),
    }
  const id = options.id ?? behaviour.name
  const path = kernel.paths.of(cell.path, id)
  const override = kernel.host.override?.(path, behaviour.name)
  const isolation = override ?? options.isolation ?? behaviour.isolation
  const decide = (context?: Partial<PlacementContext>): PlacementDecision =>
    ofModule(behaviour.url, place(isolation, contextOf(kernel, override !== undefined, options.adapt, context)))
  let placement: PlacementDecision
  try {
    // A word means the same each time, and has one decision for all whom it places.
    placement =
      typeof isolation === 'string' && override === undefined && options.adapt === undefined
        ? kernel.placedByWord(isolation, decide)
        : decide()
  } catch (error) {
    if (error instanceof BulkheadError) return { kind: 'failed', reason: error }
    throw error
  }
  const request = makeRequest(cell, behaviour, path, placement, options)
  const local = behaviour instanceof DefinedBehaviour && behaviour.url === '' ? behaviour.program : undefined
  const seat = (decision: PlacementDecision) =>
    decision.kind === 'inline' ? { node: kernel.id, decision } : seatOf(kernel, path, behaviour, decision, decide)
  const result = await spawn(cell, request, args, options.timeoutMs ?? Infinity, seat, local)
  // What an ended actor awaits never settles.
  return cell.dead ? new Promise(() => undefined) : result
}

function contextOf(
  { host, system }: Kernel,
  byOperator: boolean,
  adapt: boolean | undefined,
  context: Partial<PlacementContext> | undefined,
): PlacementContext {
  return {
    kinds: host.kinds,
    system,
    ...(byOperator && { by: "the operator's placement file" }),
    ...(host.hasThreads !== undefined && { hasThreads: host.hasThreads }),
    ...(host.sandboxes !== undefined && { sandboxes: host.sandboxes }),
    ...(adapt !== undefined && { adapt }),
    ...context,
  }
}

/** A sandbox is made for the module that it is to run. */
function ofModule(url: string, decision: PlacementDecision): PlacementDecision {
  const { confinement } = decision
  return confinement === undefined ? decision : { ...decision, confinement: { ...confinement, module: url } }
}

/** The node for a decision. Beside another actor, the decision is made again once it is known what its node is. */
async function seatOf(
  { host }: Kernel,
  path: string,
  { url, key }: Behaviour,
  decision: PlacementDecision,
  decide: (context: Partial<PlacementContext>) => PlacementDecision,
): Promise<Allocation> {
  const { node } = decision
  if (node === undefined || host.kindOf === undefined) return host.allocate(decision, path, { url, key })
  const neighbour = await host.kindOf(node)
  const neighbourShares = host.shares?.(node)
  const seat = decide({ neighbour, ...(neighbourShares !== undefined && { neighbourShares }) })
  return host.allocate(seat, path, { url, key })
}

function checkOptions(options: StartOptions & StartTies, top: boolean): void {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOption('options', options, 'give an object of options, or nothing')
  checkFields(options, OPTIONS, 'option', '', hintElsewhere)
  if (options.timeoutMs !== undefined) checkTimeout('timeoutMs', options.timeoutMs)
  if (options.restarts !== undefined && !(Number.isSafeInteger(options.restarts) && options.restarts >= 0))
    throw new InvalidOption(
      'restarts',
      options.restarts,
      'give how often it was restarted before: a whole number from 0',
    )
  for (const field of ['link', 'monitor'] as const)
    if (options[field] !== undefined && typeof options[field] !== 'boolean')
      throw new InvalidOption(field, options[field], 'give true or false')
  if (
    options.id !== undefined &&
    (typeof options.id !== 'string' || (options.id === '' && !top) || options.id.includes('/'))
  ) {
    throw new InvalidOption('id', options.id, 'give a part of a path: not empty, without /')
  }
  if (options.name !== undefined && typeof options.name !== 'string')
    throw new InvalidOption('name', options.name, 'give a string')
  if (options.mailbox !== undefined) checkMailbox(options.mailbox, 'mailbox')
  if (options.adapt !== undefined && typeof options.adapt !== 'boolean')
    throw new InvalidOption('adapt', options.adapt, 'give true or false')
}

const OPTIONS = ['name', 'timeoutMs', 'isolation', 'mailbox', 'id', 'restarts', 'adapt', 'link', 'monitor']
