import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { ActorRef, System } from 'bulkhead'
import { child, defineSupervisor, start } from 'bulkhead'
import { Victim } from './fixtures.ts'

/** 500 kill-and-restart cycles over threads and processes: afterwards nothing has grown. Prints one line; status 1 when something did. */
const CYCLES = 500
/** Growth that is none: caches fill in the first cycles. */
const WARM_UP = 50
/** Counts stand still when so many looks, so many milliseconds apart, have seen the same. */
const LOOKS_ALIKE = 40
const LOOK_MS = 100
const LOOKS_MAX = 300

const Ward = defineSupervisor(import.meta, 'Ward', () => ({
  strategy: 'one_for_one',
  intensity: 1_000_000,
  periodMs: 1_000,
  children: [
    child(Victim, [], { id: 'thread', name: 'thread', isolation: { cpu: 'heavy' } }),
    child(Victim, [], { id: 'process', name: 'process', isolation: { faults: 'contained' } }),
  ],
}))

interface Leftovers {
  readonly handles: number
  readonly descriptors: number
  readonly listeners: number
  readonly threads: number
  readonly children: number
  readonly files: number
  readonly actors: number
  /** Of those that were given once, and whose holders have ended. */
  readonly names: number
}

/** Names that were given once. */
const given: string[] = []

async function count(system: System): Promise<Leftovers> {
  const threads = readdirSync('/proc/self/task')
  return {
    handles: process.getActiveResourcesInfo().length,
    descriptors: readdirSync('/proc/self/fd').length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    threads: threads.length,
    children: childrenOf(threads).length,
    files: readdirSync(tmpdir()).length,
    actors: flat(await system.tree()),
    names: given.filter((name) => system.named(Victim, name).pid !== undefined).length,
  }
}

function childrenOf(threads: readonly string[]): string[] {
  return threads.flatMap((thread) => {
    try {
      return readFileSync(`/proc/self/task/${thread}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter((pid) => pid !== '')
    } catch {
      // A thread that ended between the two reads has no children.
      return []
    }
  })
}

function flat(tree: Awaited<ReturnType<System['tree']>>): number {
  return tree.reduce((sum, entry) => sum + 1 + flat(entry.children), 0)
}

type Wounded = ActorRef<{
  calls: { where: () => { pid: string; osProcess: number }; throw: () => void; leave: () => void }
}>

/** Kills once, and waits for a replacement with another pid. */
async function cycle(victim: Wounded, how: number): Promise<void> {
  const before = await answered(victim)
  if (how === 0) await victim.call.throw().catch(() => undefined)
  else if (how === 1 || before.osProcess === process.pid) await victim.call.leave().catch(() => undefined)
  else process.kill(before.osProcess, 'SIGKILL')
  for (;;) if ((await answered(victim)).pid !== before.pid) return
}

/** An actor that has a name once, and ends. */
async function named(number: number): Promise<void> {
  const name = `once-${number}`
  given.push(name)
  const ref = await system.start(Victim, [], { id: name, name, restart: 'temporary', isolation: 'thread' })
  await ref.call.throw().catch(() => undefined)
}

/** The answer of whoever holds the name; between two lives nobody does. */
async function answered(victim: Wounded): Promise<{ pid: string; osProcess: number }> {
  for (;;) {
    try {
      return await victim.within(20_000).call.where()
    } catch {
      await wait(2)
    }
  }
}

const system = await start({ threads: 1 })
await system.start(Ward, [])
const victims = [system.named(Victim, 'thread'), system.named(Victim, 'process')] as Wounded[]
const run = async (cycles: number): Promise<void> => {
  for (let i = 0; i < cycles; i++) {
    await cycle(victims[i % 2] as Wounded, (i >> 1) % 3)
    await named(given.length)
  }
}
/** Spares are refilled behind the last restart, so both counts are taken when nothing has changed for a while. */
async function countAtRest(): Promise<Leftovers> {
  let last = await count(system)
  for (let looks = 0, same = 0; looks < LOOKS_MAX && same < LOOKS_ALIKE; looks++) {
    await wait(LOOK_MS)
    const now = await count(system)
    same = isDeepStrictEqual(now, last) ? same + 1 : 0
    last = now
  }
  return last
}

await run(WARM_UP)
const before = await countAtRest()
await run(CYCLES)
const after = await countAtRest()
await system.stop()
const growth = grown(before, after)
console.log(`${CYCLES} cycles, ${growth.length === 0 ? 'nothing grew' : `grew: ${growth.join(', ')}`}`)
process.exitCode = growth.length === 0 ? 0 : 1

function grown(from: Leftovers, to: Leftovers): string[] {
  return (Object.keys(from) as (keyof Leftovers)[])
    .filter((key) => to[key] > from[key] + 1)
    .map((key) => `${key} ${from[key]} to ${to[key]}`)
}
