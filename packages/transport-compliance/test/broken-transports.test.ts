import assert from 'node:assert/strict'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { afterAll, describe, test } from 'vitest'
import { checkLaw, lawsFor } from '@bulkhead/transport-compliance'
import type { Subject } from '@bulkhead/transport-compliance'
import { memorySubject } from '../../transport-memory/test/memory-subject.ts'
import type { Wrap } from '../../transport-memory/test/memory-subject.ts'
import { brokenBeside } from './broken-beside.ts'
import { brokenDelivery } from './broken-delivery.ts'
import { brokenEndings } from './broken-endings.ts'
import { brokenPressure } from './broken-pressure.ts'
import { flawed, hearing, near } from './wrap.ts'

const leaked: MessagePort[] = []
afterAll(() => {
  for (const port of leaked) port.close()
})

const brokenCost: Readonly<Record<string, Wrap>> = {
  'an idle connection holds no timer': near((sound) => {
    const poll = setInterval(() => {}, 1_000_000)
    const stopping = hearing(sound, (receiver) => ({
      closed: (ending) => {
        clearInterval(poll)
        receiver.closed(ending)
      },
    }))
    return flawed(stopping, {
      cut: () => {
        clearInterval(poll)
        sound.cut()
      },
    })
  }),
  'opening and closing leaves nothing behind': near((sound) => {
    const { port1 } = new MessageChannel()
    leaked.push(port1.on('message', () => {}))
    return sound
  }),
}

const broken = { ...brokenDelivery, ...brokenPressure, ...brokenEndings, ...brokenBeside, ...brokenCost }
const togetherLaw = 'the frames of one turn leave together'

/** Counts what a carrier would write: one batch for each turn, or, if it is broken, every frame by itself. */
function countingWrites(isGathering: boolean): { wrap: Wrap; carrierWrites: () => number } {
  let writes = 0
  let isDue = false
  const wrap = near((sound) =>
    flawed(sound, {
      send: (head, ...rest) => {
        if (!isDue || !isGathering) writes += 1
        if (!isDue) setImmediate(() => (isDue = false))
        isDue = true
        return sound.send(head, ...rest)
      },
    }),
  )
  return { wrap, carrierWrites: () => writes }
}

/** Low marks and a small large frame: there are many suites to run. */
const small = { highWaterBytes: 64 * 1024, carrierBytesMax: 64 * 1024, largeBytes: 2 * 1024 * 1024 }

/** The names of the laws that a transport breaks. */
async function brokenLaws(subject: Subject, shares: boolean): Promise<string[]> {
  const failed: string[] = []
  for (const law of lawsFor({ ...subject, shares, deaths: ['vanish'] })) {
    await checkLaw(law, { ...subject, ...small }).catch(() => failed.push(law.name))
  }
  return failed
}

const allNames = [true, false].flatMap((shares) =>
  lawsFor({ shares, deaths: ['vanish'], carrierWrites: () => 0 }).map(({ name }) => name),
)

describe('a broken transport breaks its law and no other', () => {
  test('there is a broken transport for every law', () => {
    assert.deepEqual(new Set(Object.keys(broken)).add(togetherLaw), new Set(allNames))
  })

  test('a sound one breaks none', async () => {
    const { wrap, carrierWrites } = countingWrites(true)
    for (const shares of [true, false]) {
      assert.deepEqual(await brokenLaws({ ...memorySubject({ ...small, shares }, wrap), carrierWrites }, shares), [])
    }
  })

  test(togetherLaw, async () => {
    const { wrap, carrierWrites } = countingWrites(false)
    assert.deepEqual(await brokenLaws({ ...memorySubject(small, wrap), carrierWrites }, true), [togetherLaw])
  })

  test.each(Object.entries(broken))('%s', async (name, wrap) => {
    const shares = !name.startsWith('a connection that does not share')
    const subject = { ...memorySubject({ ...small, shares }, wrap), carrierWrites: () => 0 }
    assert.deepEqual(await brokenLaws(subject, shares), [name])
  })
})
