// One process node for one actor, as erlang/anchor_peer.erl: node programs/peer.ts N
import { defineServer } from 'bulkhead'
import type { ActorRef, Pid } from 'bulkhead'
import { ownNode, systemFor } from '../own-node.ts'
import { cpuMsOf, familyOf, pssMbOf } from '../proc.ts'
import { Plain } from './plain.mjs'
import type { PlainProtocol } from './plain.mjs'

/** Lives in the root and talks to the actor in the process. */
export const Origin = defineServer(import.meta, 'Origin', {
  init: (self, peer: Pid): ActorRef<PlainProtocol> => self.ref(Plain, peer).within(Infinity),
  calls: {
    ask: async ({ state: peer }, n: number) => {
      const request = { id: n, text: 'hello' }
      for (let left = n; left > 0; left--) await peer.call.echo(request)
      return (await peer.call.handled()).echoes
    },
    flood: async (self, n: number) => {
      const order = { id: n, name: `actor-${n}`, kind: 'order', price: n / 7, qty: n * 3 }
      for (let id = n; id > 0; id--) if (!self.state.cast.take({ ...order, id })) await self.drained(self.state)
      return (await self.state.call.handled()).orders
    },
  },
})

const n = Number(process.argv[2])
const system = await systemFor('cold')
const began = performance.now()
const peer = await system.start(Plain, [], { isolation: ownNode.process })
const startMs = performance.now() - began
const origin = await system.start(Origin, [peer.pid as Pid], { isolation: 'inline' })
const patient = origin.within(Infinity)

/** Wall milliseconds, and CPU of the root and the process. */
async function took(work: () => Promise<unknown>): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const family = familyOf(process.pid)
  const used = (): number => family.reduce((sum, pid) => sum + cpuMsOf(pid), 0)
  const [cpu, wall] = [used(), performance.now()]
  await work()
  return { wallMs: performance.now() - wall, cpuMs: used() - cpu }
}

const { osProcess } = await system.explain(peer)
const pssMb = pssMbOf(osProcess)
await patient.call.ask(n / 4)
let answered = 0
const asked = await took(async () => (answered = await patient.call.ask(n)))
await patient.call.flood(n)
let handled = 0
const flooded = await took(async () => (handled = await patient.call.flood(10 * n)))
console.log(
  JSON.stringify({
    startMs,
    pssMb,
    roundTripUs: (asked.wallMs * 1000) / n,
    perSecond: (10 * n * 1000) / flooded.wallMs,
    answered,
    handled,
    roundTripCpuNs: (asked.cpuMs * 1e6) / (2 * n),
    oneWayCpuNs: (flooded.cpuMs * 1e6) / (10 * n),
  }),
)
await system.stop()
