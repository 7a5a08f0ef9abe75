import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runInline } from './bulkhead-side.ts'
import { compare } from './compare.ts'
import { countedRightly } from './deviations.ts'
import { ErlangSide, erlangRelease } from './erlang-side.ts'
import { fixed } from './fixed.ts'
import type { Observation } from './observation.ts'

const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as Record<
  string,
  Observation[]
>

describe('as real Erlang did', () => {
  test.each(Object.entries(fixed))('%s', async (title, script) => {
    expect(compare(script, recorded[title]!, await runInline(script))).toBeUndefined()
  })
})

const isThere = erlangRelease() !== undefined || process.env['CI'] !== undefined

test.skipIf(!isThere)(
  `what is recorded is what the installed Erlang does${isThere ? '' : ' (skipped: erl is not installed; Debian has it in erlang-base)'}`,
  async () => {
    const erlang = await ErlangSide.start()
    try {
      const different: string[] = []
      for (const [title, script] of Object.entries(fixed)) {
        const observed = countedRightly(script, await erlang.run(script))
        if (compare(script, recorded[title]!, observed)) different.push(title)
      }
      expect(different).toEqual([])
    } finally {
      await erlang.close()
    }
  },
)
