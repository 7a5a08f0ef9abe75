import { defineServer, start } from 'bulkhead'
import { expect, onTestFinished, test } from 'vitest'
import type { Hits } from '../src/hits.ts'
import { Router } from '../src/actors/router.ts'
import type { FoundHit } from '../src/index-shard.ts'

/** Answers as a shard does that holds one document. */
const OneDocument = defineServer(import.meta, 'OneDocument', {
  init: () => undefined,
  calls: {
    search: (_self, words: readonly string[]): Hits<FoundHit> => ({
      total: 1,
      best: [{ path: 'a.md', line: 1, score: 1, markdown: words.join(' ') }] as unknown as FoundHit[],
    }),
  },
})

const Excerpts = defineServer(import.meta, 'Excerpts', {
  init: () => undefined,
  calls: { render: (_self, excerpts: readonly string[]) => excerpts.map((text) => `<p>${text}</p>`) },
})

async function routerOf(...shards: string[]) {
  const system = await start({ signals: false, inspect: false, log: () => {} })
  onTestFinished(async () => void (await system.stop()))
  const isolation = 'inline'
  for (const name of ['one', 'two']) await system.start(OneDocument, [], { id: name, name, isolation })
  await system.start(Excerpts, [], { name: 'excerpts', isolation })
  return (await system.start(Router, [shards, 'excerpts'], { isolation })).within(10_000)
}

test('what all shards have found is one answer', async () => {
  const router = await routerOf('one', 'two')
  const found = await router.call.search(['word'])
  expect(found).toMatchObject({ kind: 'found', hits: { total: 2, best: [{ html: '<p>word</p>' }, { path: 'a.md' }] } })
})

test('while a shard is down, and for two seconds nobody takes its place, there is no answer, and no part of one', async () => {
  const router = await routerOf('one', 'nobody', 'two')
  const begun = performance.now()
  const found = await router.call.search(['word'])
  expect(found).toEqual({ kind: 'unavailable', why: expect.stringContaining('noproc') as string })
  expect(performance.now() - begun).toBeGreaterThan(1_990)
})
