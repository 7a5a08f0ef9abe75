import type { Args, Behaviour } from '../actor/behaviour.ts'
import { checkBehaviour, DefinedBehaviour } from '../actor/behaviour-table.ts'
import type { Cell } from '../actor/cell.ts'
import { checkMailbox } from '../actor/mailbox-limits.ts'
import type { StartOptions } from '../actor/self.ts'
import { BulkheadError, InvalidOption } from '../errors.ts'
import { checkTimeout } from '../messaging/call.ts'
import { place } from './place.ts'
import type { SpawnResult } from './spawn.ts'
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
  const id = options.id ?? behaviour.name
  const path = id === '' ? '' : `${cell.path}/${id}`
  const override = kernel.host.override?.(path, behaviour.name)
  let placement
  try {
    placement = place(override ?? options.isolation ?? behaviour.isolation, {
      kinds: kernel.host.kinds,
      ...(override !== undefined && { by: "the operator's placement file" }),
      ...(kernel.host.inRootProcess !== undefined && { inRootProcess: kernel.host.inRootProcess }),
      ...(options.adapt !== undefined && { adapt: options.adapt }),
    })
  } catch (error) {
    if (error instanceof BulkheadError) return { kind: 'failed', reason: error }
    throw error
  }
  const request = makeRequest(kernel, behaviour, path, placement, options)
  const local = behaviour instanceof DefinedBehaviour && behaviour.url === '' ? behaviour.program : undefined
  const result = await spawn(cell, request, args, options.timeoutMs ?? Infinity, local)
  // What an ended actor awaits never settles.
  return cell.dead ? new Promise(() => undefined) : result
}

function checkOptions(options: StartOptions & StartTies, top: boolean): void {
  for (const [field, value] of Object.entries(options)) {
    if (!OPTIONS.has(field))
      throw new InvalidOption(field, value, `there is no such option; the options are ${[...OPTIONS].join(', ')}`)
  }
  if (options.timeoutMs !== undefined) checkTimeout('timeoutMs', options.timeoutMs)
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

const OPTIONS = new Set(['name', 'timeoutMs', 'isolation', 'mailbox', 'id', 'restarts', 'adapt', 'link', 'monitor'])
