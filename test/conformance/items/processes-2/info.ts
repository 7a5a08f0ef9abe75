import { defineActor, P } from '@bulkhead/core'
import type { ActorInfo, ActorSelf, Isolation, MonitorRef, Pid } from '@bulkhead/core'
import { definePlayer, have, next, nextOr, startPuppet, until } from '../../fixtures/processes-2-player.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'

/** Takes no message but the word go. */
export const Waiter = defineActor(import.meta, 'Waiter', (self) => self.receive((on) => on.with('go', () => undefined)))

/** Waits for a message, which may be there already, as the last thing that it does. */
export const Sleeper = defineActor(
  import.meta,
  'Sleeper',
  async (self, to: Pid, first: 'at once' | 'when one is there') => {
    if (first === 'when one is there')
      await until(self, async () => (await self.info(self.pid, ['messageQueueLen']))?.messageQueueLen, 1)
    try {
      const message = await self.receive((on) => on.with(P._, (taken) => taken))
      self.send(to, ['woken', self.pid, message])
    } finally {
      self.send(to, 'unwound')
    }
  },
)

const otp: Partial<Record<keyof ActorInfo, string>> = {
  messageQueueLen: 'message_queue_len',
  trapExit: 'trap_exit',
  monitoredBy: 'monitored_by',
  registeredName: 'registered_name',
}

/** The list that OTP gives: ours is an object, in which each item stands once, in the order in which they were asked for. */
async function inList(
  self: ActorSelf,
  pid: Pid,
  items: readonly (keyof ActorInfo)[],
  labels?: Labels,
): Promise<unknown> {
  const info = await self.info(pid, items)
  if (info === undefined) return null
  const keys = Object.keys(info)
  if (keys.join() !== [...new Set(items)].join()) return keys
  return items.map((each) => {
    const value = inErlang(info[each], labels)
    const isSet = each === 'links' || each === 'monitors' || each === 'monitoredBy'
    // A name that is none is undefined here, and an empty list there.
    return [
      otp[each] ?? each,
      each === 'registeredName' ? (value ?? []) : isSet ? (value as string[]).toSorted() : value,
    ]
  })
}

const play = definePlayer(import.meta, {
  info: async (self, there: Isolation) => {
    const [gone, one, other, two] = [
      await startPuppet(self, there),
      await startPuppet(self, there),
      await startPuppet(self, there),
      await startPuppet(self, there, 'proc_072'),
    ]
    self.exit(gone, 'kill')
    const waiter = (await self.start(Waiter, [], { isolation: there })).pid!
    self.send(waiter, 'a')
    self.send(waiter, ['b'])
    const labels = new Map([[other, 'other']])
    const sets = (): Promise<unknown> => inList(self, one, ['links', 'monitors', 'monitoredBy'], labels)
    const [, ...tied] = (await have(
      self,
      one,
      ['link', other],
      ['monitor', other],
      ['monitor', other],
      ['monitor', 'proc_072'],
      ['isAlive', other],
    )) as MonitorRef[]
    const [watching] = (await have(self, other, ['monitor', one], ['isAlive', one])) as [MonitorRef]
    const set = await sets()
    await have(self, one, ['unlink', other], ...tied.slice(0, 3).map((ref) => ['demonitor', ref] as const))
    await have(self, other, ['demonitor', watching], ['isAlive', one])
    const [name] = (await inList(self, two, ['registeredName'])) as [unknown]
    const [[, none]] = (await inList(self, one, ['registeredName'])) as [[unknown, unknown]]
    const waiting = await inList(self, waiter, ['status', 'messageQueueLen', 'status', 'links', 'messages', 'trapExit'])
    const [messages] = (await inList(self, waiter, ['messages'])) as [unknown]
    self.send(waiter, 'go')
    return {
      dead: inErlang([
        await self.info(gone),
        await self.info(gone, ['links']),
        await self.info(gone, ['links', 'status']),
      ]),
      in_order: waiting,
      messages,
      set,
      removed: await sets(),
      name,
      no_name: none,
      no_name_in_list: await inList(self, one, ['registeredName', 'status']),
    }
  },

  sleep: async (self, there: Isolation) => {
    const said = async (sleeper: Pid): Promise<unknown> => [inErlang(await next(self), new Map([[sleeper, 'sleeper']]))]
    const one = (await self.start(Sleeper, [self.pid, 'at once'], { isolation: there })).pid!
    await until(self, async () => (await self.info(one, ['status']))?.status, 'waiting')
    const asleep = await nextOr(self, 'quiet')
    self.send(one, 'wake_up')
    const woken = await said(one)
    await until(self, () => self.isAlive(one), false)
    const stack = (await nextOr(self, 'nothing')) === 'unwound' ? 'kept' : 'empty'
    const other = (await self.start(Sleeper, [self.pid, 'when one is there'], { isolation: there })).pid!
    self.send(other, 'queued')
    const queued = await said(other)
    return { asleep, next: woken, queued, continues: 'hibernate' in self ? 'given_function' : 'where_it_was', stack }
  },
})

export const info: readonly ItemTest[] = [
  item('PROC-072', (stage) => play(stage, 'info', stage.there)),
  // There is no hibernation: an actor that waits is woken all the same, and goes on where it was.
  differing(
    'PROC-073',
    {
      asleep: 'quiet',
      next: [['woken', 'sleeper', 'wake_up']],
      queued: [['woken', 'sleeper', 'queued']],
      continues: 'where_it_was',
      stack: 'kept',
    },
    (stage) => play(stage, 'sleep', stage.there),
  ),
]
