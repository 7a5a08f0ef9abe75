import { refuseUntrusted } from './refuse-untrusted.ts'
import type { Cell } from '../actor/cell.ts'
import { openMail } from '../actor/open-mail.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'
import type { Destination } from '../actor/self.ts'
import { InvalidOption } from '../errors.ts'
import { NotSendable, printable } from '../messaging/codec.ts'
import { resolve } from './deliver.ts'
import type { Found, Kernel } from './kernel.ts'
import { statusOf } from './snapshot.ts'

/** What `self.info` can tell about an actor. OTP: the items of `erlang:process_info/2`. */
export interface ActorInfo {
  readonly behaviour: string
  readonly path: string
  readonly parent: Pid | undefined
  readonly registeredName: string | undefined
  /** `waiting`: it has nothing to do. `running`: a handler runs or awaits. `suspended`: by `sys.suspend`, or its way to a peer is congested. */
  readonly status: 'starting' | 'waiting' | 'running' | 'suspended'
  /** The handler that ran last. */
  readonly handler: string | undefined
  readonly trapExit: boolean
  readonly links: readonly Pid[]
  /** Whom it monitors, once for each monitor. */
  readonly monitors: readonly (Pid | string)[]
  /** Who monitors it, once for each monitor. */
  readonly monitoredBy: readonly Pid[]
  readonly messageQueueLen: number
  readonly messageQueueBytes: number
  /** What waits in its mailbox, oldest first; a call or cast is its name and arguments. Told only when it is asked for. */
  readonly messages: readonly unknown[]
  readonly node: NodeId
  readonly restarts: number
}

type Item = keyof ActorInfo

const ITEMS: { readonly [I in Item]: (cell: Cell) => ActorInfo[I] } = {
  behaviour: ({ behaviour }) => behaviour,
  path: ({ path }) => path,
  parent: ({ parent }) => parent,
  registeredName: ({ name }) => name,
  status: statusOf,
  handler: ({ handler }) => handler,
  trapExit: ({ trapExit }) => trapExit,
  links: ({ links }) => [...(links ?? [])].filter(([, { active }]) => active).map(([pid]) => pid),
  monitors: ({ monitors }) =>
    [...(monitors?.values() ?? [])].filter(({ instead }) => instead === undefined).map(({ shown }) => shown),
  monitoredBy: ({ watchers }) => [...(watchers ?? [])].flatMap(([pid, refs]) => Array.from(refs, () => pid)),
  messageQueueLen: ({ mailbox }) => mailbox.count,
  messageQueueBytes: ({ mailbox }) => mailbox.bytes,
  messages: messagesOf,
  node: ({ kernel }) => kernel.id,
  restarts: ({ restarts }) => restarts,
}

const ALL = Object.keys(ITEMS) as Item[]
/** What is told unless somebody asks for less, or for more. */
const USUAL: readonly Item[] = ALL.filter((item) => item !== 'messages')

function messagesOf(cell: Cell): unknown[] {
  const messages: unknown[] = []
  for (let mail = cell.mailbox.first; mail !== undefined; mail = mail.next)
    if (openMail(cell, mail)) messages.push(mail.value)
  return messages
}

/** Throws `InvalidOption`. */
export function checkItems(items: unknown): readonly Item[] {
  if (items === undefined) return USUAL
  if (!Array.isArray(items)) throw new InvalidOption('items', items, `give a list of ${ALL.join(', ')}`)
  const wrong: unknown = items.find((item) => !ALL.includes(item as Item))
  if (wrong !== undefined) throw new InvalidOption('items', wrong, `give a list of ${ALL.join(', ')}`)
  return items as Item[]
}

/** What is known about an actor, asked of its node in pair order; undefined when it has ended. It is answered while the actor is busy, too. */
export function info(cell: Cell, to: Destination, items: readonly Item[]): Promise<Found | undefined> {
  const { kernel } = cell
  const pid = resolve(kernel, to)
  if (pid === undefined) return Promise.resolve(undefined)
  const node = nodeOf(pid)
  if (!kernel.isLocal(pid)) refuseUntrusted(kernel, 'looks into no actor of another node')
  if (!kernel.isLocal(pid) && kernel.ended.has(node)) return Promise.resolve(undefined)
  const ref = kernel.nextRef()
  return new Promise((settle) => {
    kernel.questions.set(ref, {
      cell,
      node,
      answer: (_alive, found) => {
        if (!cell.dead) settle(found)
      },
    })
    kernel.signal({ kind: 'info', to: pid, from: cell.pid, ref, items })
  })
}

/** What its node tells about an actor: a copy, with everything replaced that cannot be sent. */
export function factsOf(kernel: Kernel, cell: Cell | undefined, items: readonly string[]): Found | undefined {
  if (cell === undefined) return undefined
  const asked = items.filter((item): item is Item => Object.hasOwn(ITEMS, item))
  return Object.fromEntries(asked.map((item) => [item, sendable(kernel, ITEMS[item](cell))]))
}

function sendable(kernel: Kernel, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => (typeof each === 'object' ? copyOf(kernel, each) : each))
  return value
}

function copyOf(kernel: Kernel, value: unknown): unknown {
  try {
    return kernel.decoder.decode(kernel.encoder.encode(value).bytes)
  } catch (error) {
    if (!(error instanceof NotSendable)) throw error
    return printable(value)
  }
}
