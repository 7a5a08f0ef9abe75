import { expect } from 'vitest'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const timerLaws: readonly Law[] = [
  law('timers fire in the order of their deadlines (PROC-067)', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    await one.do(['sendAfter', 60, other.pid, 60], ['sendAfter', 1, other.pid, 1], ['sendAfter', 30, other.pid, 30])
    expect(await other.heard(3)).toEqual([{ message: 1 }, { message: 30 }, { message: 60 }])
  }),

  law('a timer of 0 ms comes after what was sent before (PROC-017, PROC-068)', async ({ puppet }) => {
    const one = await puppet()
    await one.do(['sendAfter', 0, one.pid, 'timer'], ['send', one.pid, 'message'])
    expect(await one.heard(2)).toEqual([{ message: 'message' }, { message: 'timer' }])
  }),

  law('startTimer gives a Timeout with its ref and the message as it was (PROC-061)', async ({ puppet }) => {
    const one = await puppet()
    const [ref] = await one.do(['startTimer', 5, { about: ['this'] }])
    expect(await one.heard(1)).toEqual([{ timeout: { about: ['this'] }, ref }])
  }),

  law(
    'a timer for an absolute time fires when the clock shows it, and one that has passed at once (PROC-061)',
    async ({ self, take }) => {
      const from = self.now()
      self.sendAfter({ abs: from + 40 }, self.pid, 'later')
      const ref = self.startTimer({ abs: from - 1_000 }, 'at once')
      expect(await take(2)).toMatchObject([{ ref, message: 'at once' }, 'later'])
      expect(self.now() - from).toBeGreaterThanOrEqual(40)
      expect(() => self.startTimer({ abs: Number.NaN }, 'never')).toThrow('ms.abs is')
    },
  ),

  law(
    'a timer can be read, also by another actor of its node, and false is read from none (PROC-064)',
    async ({ puppet }) => {
      const [one, other] = [await puppet(), await puppet()]
      const [ref] = (await one.do(['startTimer', 60_000, 'never'])) as [number]
      const [left] = (await other.do(['readTimer', ref])) as [number]
      expect(left).toBeGreaterThan(1_000)
      expect(left).toBeLessThanOrEqual(60_000)
      await other.do(['cancelTimer', ref])
      expect(await one.do(['readTimer', ref], ['readTimer', 10 ** 9])).toEqual([false, false])
    },
  ),

  law('a cancelled timer says what was left, and never fires (PROC-062)', async ({ puppet }) => {
    const one = await puppet()
    const [ref] = (await one.do(['startTimer', 60_000, 1])) as [number]
    const [left, again, never] = (await one.do(
      ['cancelTimer', ref],
      ['cancelTimer', ref],
      ['cancelTimer', 987_654_321],
    )) as [number, boolean, boolean]
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(60_000)
    expect([again, never]).toEqual([false, false])
  }),

  law('a delay beyond 2^31-1 ms does not fire early (PROC-069)', async ({ puppet }) => {
    const one = await puppet()
    const [far] = (await one.do(['startTimer', 2 ** 31 + 1_000, 'far'], ['startTimer', 5, 'near'])) as [number, number]
    expect(await one.heard(1)).toMatchObject([{ timeout: 'near' }])
    const [left] = (await one.do(['cancelTimer', far])) as [number]
    expect(left).toBeGreaterThan(2 ** 31 - 100_000)
  }),

  law('a timer for a name looks it up when its time has come (PROC-066)', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger({ name: 'called-later' })]
    await one.do(['register', 'also-known'])
    await one.do(['sendAfter', 20, 'also-known', 'found'], ['sendAfter', 1, 'nobody-at-all', 'lost'])
    expect(await one.heard(1)).toEqual([{ message: 'found' }])
    expect(await other.heard(0)).toEqual([])
  }),

  law('the end of whoever set it changes nothing (PROC-065)', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    await one.do(['sendAfter', 30, other.pid, 'posthumous'])
    self.exit(one.pid, 'kill')
    expect(await other.heard(1)).toEqual([{ message: 'posthumous' }])
  }),
]
