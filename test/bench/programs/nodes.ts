// Starts nodes of one kind one after the other, or bare threads or processes: node programs/nodes.ts thread|process ours|bare COUNT
import { bareStart } from '../bare-start.ts'
import type { Kind } from '../bare-start.ts'
import { ownNode, systemFor } from '../own-node.ts'
import { atRest, familyOf, pssMbOf } from '../proc.ts'
import { median } from '../stats.ts'
import { Plain } from './plain.mjs'

const [kind, whose, count] = process.argv.slice(2) as [Kind, 'ours' | 'bare', string]

interface Starter {
  /** Milliseconds. */
  next(index: number): Promise<number>
  end(): Promise<unknown>
}

function bareStarter(): Starter {
  const ends: (() => Promise<unknown>)[] = []
  return {
    next: async () => {
      const { ms, end } = await bareStart(kind)
      ends.push(end)
      return ms
    },
    end: () => Promise.all(ends.map((end) => end())),
  }
}

async function ourStarter(): Promise<Starter> {
  const system = await systemFor('cold')
  return {
    next: async (index) => {
      const began = performance.now()
      await system.start(Plain, [], { id: `node-${index}`, isolation: ownNode[kind] })
      return performance.now() - began
    },
    end: () => system.stop(),
  }
}

const { next, end } = whose === 'bare' ? bareStarter() : await ourStarter()
await next(0) // what all others share is loaded now
await atRest()
const memory = (): number => familyOf(process.pid).reduce((sum, pid) => sum + pssMbOf(pid), 0)
const before = memory()
const took: number[] = []
for (let index = 1; index <= Number(count); index++) took.push(await next(index))
await atRest()
console.log(JSON.stringify({ startMs: median(took), pssMb: (memory() - before) / took.length, started: took.length }))
await end()
