import { P } from '@bulkhead/core'
import type { ActorSelf, Args, Behaviour, Down, Isolation, Pid } from '@bulkhead/core'
import type { Strings } from '../../../laws/law.ts'
import type { Heard } from '../../../laws/fixtures/puppet.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'
import type { ConformanceStage } from '../../stage.ts'

/** Words for the pids of actors. */
export const labelled = (actors: Readonly<Record<string, { readonly pid: Pid } | Pid>>): Labels =>
  new Map(Object.entries(actors).map(([word, actor]) => [typeof actor === 'string' ? actor : actor.pid, word]))

/** What a puppet heard, in Erlang's words. */
export function told(heard: Heard, labels?: Labels): unknown {
  const into = (part: unknown): unknown => inErlang(part, labels)
  if ('exit' in heard) return ['EXIT', into(heard.from), shape(into(heard.exit))]
  if ('down' in heard) return ['DOWN', 'ref', 'process', into(heard.target), shape(into(heard.down))]
  if ('message' in heard) return into(heard.message)
  return into(heard)
}

/** JavaScript's word for the call of a function that does not exist. */
function shape(reason: unknown): unknown {
  const [message, stack] = Array.isArray(reason) ? reason : []
  return stack === 'stack' && String(message).endsWith(' is not a function') ? ['undef', stack] : reason
}

/** In an order of their own: for notices of one end, whose order is not promised. */
export const sorted = (list: readonly unknown[]): unknown[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** Has a puppet start an actor, which must succeed. */
export async function childOf<A extends Args, P>(
  parent: Strings,
  behaviour: Behaviour<A, P>,
  args: NoInfer<A>,
  options: { readonly isolation: Isolation; readonly link?: boolean; readonly monitor?: boolean },
): Promise<{ readonly pid: Pid; readonly monitor: number | undefined }> {
  const [outcome] = (await parent.do(['tryStart', behaviour, args, options])) as [
    { kind: string; pid: Pid; monitor: number | undefined; reason?: unknown },
  ]
  if (outcome.kind !== 'started') throw new Error(`not started, but ${outcome.kind}`, { cause: outcome.reason })
  return outcome
}

/** What a trapping puppet hears of a child of its own by link and by monitor. */
export async function notices<A extends Args, P>(
  { puppet }: ConformanceStage,
  isolation: Isolation,
  behaviour: Behaviour<A, P>,
  args: NoInfer<A>,
): Promise<{ readonly link: unknown; readonly monitor: unknown }> {
  const parent = await puppet({ trapExit: true })
  await childOf(parent, behaviour, args, { isolation, link: true, monitor: true })
  return reasons(await parent.heard(2))
}

function reasons(heard: readonly Heard[]): { readonly link: unknown; readonly monitor: unknown } {
  const of = (kind: string): unknown => {
    const [found, more] = heard.map((each) => told(each) as unknown[]).filter(([word]) => word === kind)
    if (found === undefined || more !== undefined) throw new Error(`not one ${kind}`)
    return found.at(-1)
  }
  return { link: of('EXIT'), monitor: of('DOWN') }
}

/** Waits until an actor has ended; its reason. */
export async function down({ watch, take }: ConformanceStage, pid: Pid): Promise<unknown> {
  await watch(pid)
  const [notice] = (await take(1)) as [Down]
  if (notice.target !== pid) throw new Error('another ended')
  return inErlang(notice.reason)
}

export const alive = async (self: ActorSelf, { pid }: { readonly pid: Pid }): Promise<string> =>
  (await self.isAlive(pid)) ? 'alive' : 'dead'

/** How many links an actor has beside that to its starter. */
export async function links(self: ActorSelf, { pid }: { readonly pid: Pid }): Promise<number> {
  const info = await self.info(pid, ['links', 'parent'])
  return info!.links.filter((each) => each !== info!.parent).length
}

/** What ends an actor to which something is done, by link and by monitor, and what a partner that does not trap ends with. */
export async function ends(
  stage: ConformanceStage,
  victim: Pid,
  how: (victim: Pid) => unknown,
): Promise<{ readonly link: unknown; readonly monitor: unknown; readonly partner: unknown }> {
  const { self, puppet, take, watch } = stage
  const [trapper, plain] = [await puppet({ trapExit: true }), await puppet()]
  await trapper.tie('link', victim)
  await trapper.tie('monitor', victim)
  await plain.tie('link', victim)
  const ref = await watch(plain.pid)
  await how(victim)
  const { link, monitor } = reasons(await trapper.heard(2))
  if (link !== 'normal') return { link, monitor, partner: inErlang(((await take(1)) as [Down])[0].reason) }
  self.demonitor(ref, { flush: true })
  return { link, monitor, partner: await alive(self, plain) }
}

/** An actor of the root's that has ended: it lived `there`. */
export async function gone({ self, stranger }: ConformanceStage): Promise<Pid> {
  const { pid } = await stranger()
  self.exit(pid, 'kill')
  if (await self.isAlive(pid)) throw new Error('still alive')
  return pid
}

/**
 * In which order a start's reply and so many messages reach `self`. The reply is a promise: what it settles runs when the event loop comes to it, so
 * each message waits for that before it is written down.
 */
export async function withReply<T extends { readonly kind: string }>(
  self: ActorSelf,
  request: Promise<T>,
  messages: number,
): Promise<{ readonly log: unknown[]; readonly outcome: T }> {
  const log: unknown[] = []
  const replied = request.then((outcome) => {
    log.push(['spawn_reply', outcome.kind === 'started' ? 'ok' : outcome.kind, 'pid'])
    return outcome
  })
  for (let taken = 0; taken < messages; taken++)
    await self.receive((on) =>
      on.with(P._, async (message) => {
        await self.sleep(0)
        log.push(message)
      }),
    )
  return { log, outcome: await replied }
}
