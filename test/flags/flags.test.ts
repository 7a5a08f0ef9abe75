import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { once, outcomeOf, saidBy } from '../loading/outcome.ts'
import type { Outcome } from '../loading/outcome.ts'
import type { Surroundings } from './fixtures/surroundings.ts'

const placements = ['thread', 'process'] as const
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const observed = fixture('observed.ts')

describe.concurrent('options for V8 and for the OS process', () => {
  const argv = ['--expose-gc', '--max-old-space-size=300', '--stack-size=900', '--stack-trace-limit=33', '--title=shop']
  const run = once(async () => await outcomeOf([...argv, observed]))

  test.each(placements)('do not stop a %s, which has what concerns it', async (placement) => {
    const outcome = await run('')
    expect(outcome.status, outcome.text).toBe(0)
    const [root, node] = [saidBy<Surroundings>(outcome, 'root'), saidBy<Surroundings>(outcome, placement)]
    expect(root).toMatchObject({ title: 'shop' })
    expect(node).toMatchObject({ hasGc: true, heapLimitMb: root.heapLimitMb, stackTraceLimit: 33 })
  })
})
