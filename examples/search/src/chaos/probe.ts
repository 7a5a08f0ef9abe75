// Shows: telling a run of chaos when a part of the service serves again: when whoever took its place answers.
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { Hit, Probe } from '@bulkhead/chaos'
import type { System } from 'bulkhead'
import { FRONT, SHARDS, SNIPPETS, SUPERVISED } from '../actors/search.ts'
import { Shard } from '../actors/shard.ts'
import { Snippets } from '../actors/snippets.ts'

const ATTEMPT_MS = 1_000

/** Of a supervisor, all its new children have to answer. */
export function probeOf(system: System, url: string): Probe {
  return async ({ name = '' }, others) => {
    const members = SUPERVISED.get(name) ?? [name]
    for (const other of others)
      if (SUPERVISED.has(name) && isStillThere(system, other)) throw new Error('not replaced yet')
    await Promise.all(members.map((member) => ask(system, member, url)))
  }
}

function isStillThere(system: System, { name, pid }: Hit): boolean {
  return name !== undefined && system.named(Shard, name).pid === pid
}

/** Something that only a working actor answers. Rejects when it does not. */
async function ask(system: System, name: string, url: string): Promise<unknown> {
  if (SHARDS.includes(name)) return system.named(Shard, name).within(ATTEMPT_MS).call.search(['a'])
  if (name === SNIPPETS) return system.named(Snippets, name).within(ATTEMPT_MS).call.render(['*a*'])
  return askFront(url)
}

/** A search, as a client asks it. Rejects when it is not answered as it should be. */
export async function askFront(url: string): Promise<void> {
  const request = get(`${url}/search?q=a`, { agent: false, timeout: ATTEMPT_MS })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`the ${FRONT} answered ${response.statusCode}`)
}
