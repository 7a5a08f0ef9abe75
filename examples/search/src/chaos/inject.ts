// Shows: hurting a running system and watching it heal. Each injection gets an actor of its own: it monitors the victim, makes
// the fault happen, waits for DOWN, and then asks whoever has the victim's name until somebody new answers.
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { type ActorSelf, defineServer, Down, later, P, reply, show } from 'bulkhead'
import { FRONT, SHARDS, SNIPPETS, SUPERVISED } from '../actors/search.ts'
import { Shard } from '../actors/shard.ts'
import { Snippets } from '../actors/snippets.ts'
import { killFromOutside } from './faults.ts'
import type { Injection } from './plan.ts'

/** How long to wait for the end of the victim, and then for its replacement, before the fault counts as not recovered from. */
const PATIENCE_MS = 10_000
const ATTEMPT_MS = 1_000
const RETRY_MS = 5

/** What became of an injection, in milliseconds of `performance.now()` in the program's main thread. */
export interface Injected {
  readonly injectedMs: number
  readonly detectedMs: number | undefined
  readonly recoveredMs: number | undefined
  readonly reason: string
}

export const Injector = defineServer(import.meta, 'Injector', {
  isolation: 'inline',
  init: (_self, url: string) => ({ url }),
  calls: {
    /** Settles when the system has recovered from the fault, or has not in time. */
    inject: (self, injection: Injection) =>
      later<Injected>((from) => {
        void self.spawnLink(async (observer) => reply(from, await observe(observer, injection, self.state.url)))
      }),
  },
})

async function observe(self: ActorSelf, injection: Injection, url: string): Promise<Injected> {
  const { target } = injection
  const members = SUPERVISED.get(target) ?? [target]
  const old = new Set(members.map((name) => self.whereis(name)))
  self.monitor(target)
  const injectedMs = await inflict(self, injection)
  const down = await self.receive((on) =>
    on
      .with(P.instanceOf(Down), ({ reason }) => ({ reason, ms: performance.now() }))
      .after(PATIENCE_MS, () => ({ reason: 'no DOWN came', ms: undefined })),
  )
  const reason = down.reason === 'noproc' ? 'nobody was there to be hurt' : show(down.reason)
  if (down.ms === undefined || down.reason === 'noproc')
    return { injectedMs, detectedMs: undefined, recoveredMs: undefined, reason }
  const recoveredMs = await firstAnswer(async () => {
    const areNew = members.every((name) => self.whereis(name) !== undefined && !old.has(self.whereis(name)))
    if (!areNew) throw new Error('not replaced yet')
    await Promise.all(members.map((name) => ask(self, name, url)))
  }, self)
  return { injectedMs, detectedMs: down.ms, recoveredMs, reason }
}

/** Makes the fault happen, and says when. */
async function inflict(self: ActorSelf, { kind, placement, target }: Injection): Promise<number> {
  if (kind === 'SIGKILL') {
    const victim = await self.named(Snippets, target).call.osProcess()
    const now = performance.now()
    killFromOutside(victim)
    return now
  }
  const now = performance.now()
  if (kind === 'kill_supervisor' || kind === 'kill_front') self.exit(target, 'kill')
  else if (placement === 'thread') self.named(Shard, target).cast.commit(kind)
  else self.named(Snippets, target).cast.commit(kind)
  return now
}

/** When `attempt` first succeeded; undefined when it did not in time. */
async function firstAnswer(attempt: () => Promise<unknown>, self: ActorSelf): Promise<number | undefined> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    try {
      await attempt()
      return performance.now()
    } catch {
      await self.sleep(RETRY_MS)
    }
  }
  return undefined
}

/** Something that only a working actor answers. Rejects when it does not. */
async function ask(self: ActorSelf, name: string, url: string): Promise<unknown> {
  if (SHARDS.includes(name)) return self.named(Shard, name).within(ATTEMPT_MS).call.search(['a'])
  if (name === SNIPPETS) return self.named(Snippets, name).within(ATTEMPT_MS).call.render(['*a*'])
  if (name === FRONT) return askFront(url)
  throw new Error(`nobody knows how to ask ${name}`)
}

async function askFront(url: string): Promise<void> {
  const request = get(`${url}/search?q=a`, { agent: false, timeout: ATTEMPT_MS })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`the front answered ${response.statusCode}`)
}
