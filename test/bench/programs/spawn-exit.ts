// Actors that end at once, monitored, in one event loop, as erlang/anchor_life.erl: node programs/spawn-exit.ts N BATCH
import { defineServer, Down, later, reply, start } from 'bulkhead'
import type { ActorSelf, From } from 'bulkhead'
import { cost } from '../stats.ts'

interface State {
  readonly batch: number
  n: number
  ended: number
  from: From<number> | undefined
}

async function startBatch(self: ActorSelf, batch: number): Promise<void> {
  for (let i = 0; i < batch; i++) await self.spawnMonitor(() => undefined)
}

/** Starts a batch and, once all of it has ended, the next one. */
export const Spawner = defineServer(import.meta, 'Spawner', {
  init: (_self, batch: number): State => ({ batch, n: 0, ended: 0, from: undefined }),
  calls: {
    run: async (self, n: number) => {
      Object.assign(self.state, { n, ended: 0 })
      await startBatch(self, self.state.batch)
      return later<number>((from) => (self.state.from = from))
    },
  },
  info: async (self, message) => {
    const { state } = self
    if (!(message instanceof Down) || message.reason !== 'normal') throw new Error('an actor did not end as it should')
    if (++state.ended % state.batch !== 0) return
    if (state.ended < state.n) await startBatch(self, state.batch)
    else if (state.from !== undefined) reply(state.from, state.ended)
  },
})

const [n = 0, batch = 0] = process.argv.slice(2).map(Number)
const system = await start({ spares: 0, inspect: false })
const spawner = (await system.start(Spawner, [batch], { isolation: 'inline' })).within(Infinity)
await spawner.call.run(n) // to warm up
let ended = 0
const spent = await cost(async () => (ended = await spawner.call.run(n)))
console.log(JSON.stringify({ ...spent, ended }))
await system.stop()
