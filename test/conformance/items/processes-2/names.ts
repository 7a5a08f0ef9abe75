import { InvalidOption, NameError } from '@bulkhead/core'
import type { Isolation } from '@bulkhead/core'
import { inErlang } from '../../in-erlang.ts'
import { definePlayer, startPuppet } from '../../fixtures/processes-2-player.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

/** Where OTP returns true or raises badarg, a promise resolves or rejects here. */
const outcome = (promise: Promise<void>): Promise<unknown> =>
  promise.then(
    () => true,
    (error: unknown) =>
      error instanceof NameError || error instanceof InvalidOption ? ['error', 'badarg'] : inErlang(error),
  )

const play = definePlayer(import.meta, {
  register: async (self, there: Isolation) => {
    const [one, other, gone] = [
      await startPuppet(self, there),
      await startPuppet(self, there),
      await startPuppet(self, there),
    ]
    self.exit(gone, 'kill')
    await self.isAlive(gone)
    const attempt = (name: unknown, pid: typeof one): Promise<unknown> => outcome(self.register(name as string, pid))
    return {
      first: await attempt('proc_070', one),
      taken: await attempt('proc_070', other),
      taken_by_itself: await attempt('proc_070', one),
      second_name: await attempt('proc_070_too', one),
      dead: await attempt('proc_070_dead', gone),
      not_a_name: [await attempt(undefined, other), await attempt(42, other), await attempt(['a'], other)],
      none_of_them: ['proc_070_too', 'proc_070_dead'].map((name) => self.whereis(name) ?? null),
    }
  },

  unknown: async (self, there: Isolation) => {
    const one = await startPuppet(self, there)
    const labels = new Map([[one, 'one']])
    const look = async (): Promise<unknown> => [
      inErlang(self.whereis('proc_071'), labels),
      await outcome(self.unregister('proc_071')),
    ]
    const unknown = await look()
    await self.register('proc_071', one)
    return { unknown, known: await look(), then: await look() }
  },
})

export const names: readonly ItemTest[] = [
  item('PROC-070', (stage) => play(stage, 'register', stage.there)),
  item('PROC-071', (stage) => play(stage, 'unknown', stage.there)),
]
