import { createNode, defineServer } from '@bulkhead/core'
import type { ActorSelf, Pid, Platform } from '@bulkhead/core'
import { child, defineSupervisor } from '@bulkhead/supervisor'
import { expect } from 'vitest'
import { aliasLaws } from './aliases.ts'
import { callLaws } from './calls.ts'
import { errorLaws } from './errors.ts'
import { exitLaws } from './exits.ts'
import { infoLaws } from './info.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'
import { linkLaws } from './links.ts'
import { mailboxLaws } from './mailboxes.ts'
import { monitorLaws } from './monitors.ts'
import { nameLaws } from './names.ts'
import { orderLaws } from './order.ts'
import { receiveLaws } from './receive.ts'
import { requestLaws } from './requests.ts'
import { setStage } from './stage.ts'
import { startLaws } from './starts.ts'
import { systemLaws } from './system-requests.ts'
import { timerLaws } from './timers.ts'
import { valueLaws } from './values.ts'

/*
 * Bundled into one script and run where there is nothing but JavaScript itself. It uses what it imports and what it is handed.
 */

const Worker = defineServer(import.meta, 'Worker', {
  init: (_self, name: string) => name,
  calls: {
    name: (self) => self.state,
    crash: (): string => {
      throw new Error('crash')
    },
  },
})

const Top = defineSupervisor(import.meta, 'Top', () => ({
  strategy: 'rest_for_one',
  children: ['first', 'second', 'third'].map((name) => child(Worker, [name], { id: name, name: `bare-${name}` })),
}))

const supervisorLaws: readonly Law[] = [
  law(
    'a supervisor starts its children in order, restarts those after the one that crashed, and stops them',
    async ({ self, watch, take }) => {
      const top = await self.start(Top, [])
      const names = ['bare-first', 'bare-second', 'bare-third']
      const pids = names.map((name) => self.whereis(name) as Pid)
      expect(new Set(pids).size).toBe(3)
      await self
        .named(Worker, 'bare-second')
        .call.crash()
        .catch(() => undefined)
      for (const name of names) expect(await self.available(name)).toBe(self.whereis(name))
      expect(await self.named(Worker, 'bare-third').call.name()).toBe('third')
      expect(self.whereis('bare-first')).toBe(pids[0])
      expect(self.whereis('bare-second')).not.toBe(pids[1])
      expect(self.whereis('bare-third')).not.toBe(pids[2])
      await watch(top.pid as Pid)
      self.exit(top.pid as Pid, 'shutdown')
      expect(await take(1)).toMatchObject([{ reason: 'shutdown' }])
      expect(names.map((name) => self.whereis(name))).toEqual([undefined, undefined, undefined])
    },
  ),
]

/** What hold in place, by what they are about. */
const laws: Readonly<Record<string, readonly Law[]>> = {
  order: orderLaws,
  exits: exitLaws,
  links: linkLaws,
  monitors: monitorLaws,
  starts: startLaws,
  calls: callLaws,
  requests: requestLaws,
  aliases: aliasLaws,
  info: infoLaws,
  system: systemLaws,
  names: nameLaws,
  timers: timerLaws,
  receive: receiveLaws,
  values: valueLaws,
  errors: errorLaws,
  mailboxes: mailboxLaws,
  supervisors: supervisorLaws,
}

/** All titles, and how to try one. */
export function program(platform: Platform): {
  readonly titles: readonly string[]
  tryLaw(title: string): Promise<void>
} {
  const node = createNode({
    system: 'bare',
    id: 1,
    platform,
    host: {
      kinds: ['inline'],
      connect: () => undefined,
      allocate: () => Promise.reject(new Error('there is one node')),
      endNode: () => undefined,
    },
    load: (url) => Promise.reject(new Error(`there is no module ${url}`)),
  })
  const byTitle = new Map<string, Law['run']>(
    Object.entries(laws).flatMap(([about, list]) => list.map(({ title, run }) => [`${about}: ${title}`, run] as const)),
  )
  return {
    titles: [...byTitle.keys()],
    tryLaw: async (title) => {
      let self: ActorSelf | undefined
      await node.main.spawn((own) => {
        self = own
        return new Promise(() => undefined)
      })
      const { stage, close } = await setStage(self as ActorSelf, { here: 'inline', there: 'inline', shares: true })
      await byTitle.get(title)?.(stage)
      close()
    },
  }
}
