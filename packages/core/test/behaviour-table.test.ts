import { expect, test } from 'vitest'
import { createNode, defineServer, NotLoadable } from '../src/index.ts'
import type { Behaviour } from '../src/index.ts'
import { Nodes } from '../../../test/support/nodes.ts'

const Own = defineServer(import.meta, 'Own', { init: () => null })

test('a behaviour that another copy of the package has defined is an error that says what to do', async () => {
  const table = (globalThis as unknown as Record<symbol, Map<string, unknown>>)[Symbol.for('bulkhead.behaviours')]
  const key = `${import.meta.url}#Foreign`
  table?.set(key, { ...Own, key, name: 'Foreign' })
  const nodes = new Nodes(createNode)
  const foreign = { key, url: import.meta.url, name: 'Foreign', type: 'worker' } as unknown as Behaviour<[], unknown>
  const failure = nodes.main.start(foreign, [], { isolation: 'inline' })
  await expect(failure).rejects.toMatchObject({ code: 'start_failed', reason: expect.any(NotLoadable) })
  await expect(failure).rejects.toThrow(/another copy of @bulkhead\/core.*peer dependency/)
})
