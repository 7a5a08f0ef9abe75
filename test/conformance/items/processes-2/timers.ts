import { CancelledTimer } from '@bulkhead/core'
import type { Isolation, Pid, TimerRef } from '@bulkhead/core'
import type { Step } from '../../../laws/fixtures/puppet.ts'
import {
  definePlayer,
  have,
  heardBy,
  next,
  nextOr,
  queued,
  startPuppet,
  takeNext,
} from '../../fixtures/processes-2-player.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { heardWords, outcome, words } from './words.ts'

/** The milliseconds left of a timer of many: the word left. */
const left = (answer: unknown): unknown => (typeof answer === 'number' ? 'left' : answer)

const play = definePlayer(import.meta, {
  kinds: async (self) => {
    self.sendAfter(1, self.pid, { a: 'message' })
    const bare = await next(self)
    const ref = self.startTimer(1, { a: 'message' })
    const timeout = await next(self)
    self.sendAfter({ abs: self.now() - 1 }, self.pid, 'past')
    const past = await takeNext(self, 1)
    const abs = async (set: (at: { readonly abs: number }) => TimerRef): Promise<unknown> => {
      const deadline = self.now() + 20
      set({ abs: deadline })
      const message = await next(self)
      return [words(message), self.now() >= deadline ? 'in_time' : 'early']
    }
    return {
      send_after: bare,
      start_timer: (timeout as { ref: TimerRef }).ref === ref ? words(timeout) : 'of another',
      past,
      abs: [await abs((at) => self.sendAfter(at, self.pid, 'later')), await abs((at) => self.startTimer(at, 'later'))],
    }
  },

  cancel: async (self) => {
    const one = self.startTimer(60_000, 'never')
    const gone = [left(self.cancelTimer(one)), self.cancelTimer(one)]
    const fired = self.startTimer(0, 'fired')
    const heard = [words(await next(self))]
    // In one stretch, in which no timer can fire.
    const cancelled = left(self.cancelTimer(self.sendAfter(30, self.pid, 'never')))
    self.startTimer(40, 'later')
    return {
      left: gone,
      fired: [heard, self.cancelTimer(fired)],
      unknown: self.cancelTimer(987_654_321),
      short: [cancelled, [words(await next(self))]],
    }
  },

  tooLate: async (self) => {
    const fired = self.startTimer(0, 'fired')
    await queued(self, 1)
    const cancelled = self.startTimer(60_000, 'never')
    self.cancelTimer(cancelled)
    const flushed = async (): Promise<unknown> => words(await nextOr(self, 'nothing'))
    return {
      delivered: [self.cancelTimer(fired), await flushed(), await flushed()],
      not_delivered: [self.cancelTimer(cancelled), await flushed()],
    }
  },

  ofAnother: async (self, here: Isolation) => {
    const owner = await startPuppet(self, here)
    const [ref, late] = (await have(
      self,
      owner,
      ['startTimer', 60_000, 'never'],
      ['startTimer', 60_000, 'never'],
    )) as TimerRef[]
    const ofOwner = (...steps: readonly Step[]): Promise<unknown[]> => have(self, owner, ...steps)
    const [own] = await ofOwner(['readTimer', ref])
    const [read, cancelled] = [self.readTimer(ref!), self.cancelTimer(ref!)]
    const after = [...(await ofOwner(['readTimer', ref], ['readTimer', 987_654_321])), self.readTimer(ref!)]
    const async = [1, 2].map(() => self.cancelTimer(late!, { async: true }) ?? 'ok')
    const answers = ((await takeNext(self, 2)) as CancelledTimer[])
      .filter((answer) => answer instanceof CancelledTimer && answer.ref === late)
      .map((answer) => ['cancel_timer', 'ref', left(answer.left)])
    const more = await nextOr(self, 'quiet')
    return { own: left(own), read: left(read), cancelled: left(cancelled), after, async, answers, more }
  },

  ends: async (self, here: Isolation, there: Isolation) => {
    const [setter, target, other] = [
      await startPuppet(self, here),
      await startPuppet(self, here),
      await startPuppet(self, there),
    ]
    const [gone] = (await have(self, setter, ['sendAfter', 60_000, target, 'never'])) as [TimerRef]
    const [own] = (await have(self, target, ['startTimer', 60_000, 'never'])) as [TimerRef]
    await have(self, setter, ['sendAfter', 30, other, 'posthumous'])
    const both = (): unknown[] => [left(self.readTimer(gone)), left(self.readTimer(own))]
    const before = both()
    for (const pid of [target, setter]) {
      self.exit(pid, 'kill')
      await self.isAlive(pid)
    }
    return { before, after: both(), heard: heardWords(await heardBy(self, other, 1)) }
  },

  order: async (self, there: Isolation) => {
    const other = await startPuppet(self, there)
    // All of them are set before the first one is over, and each at its time.
    for (let tooSlow = true; tooSlow;) {
      const begun = self.now()
      const refs = [60, 20, 40, 1].map((ms) => self.sendAfter(ms, other, ms))
      tooSlow = self.now() - begun > 10
      if (tooSlow) for (const ref of refs) self.cancelTimer(ref)
    }
    const ordered = heardWords(await heardBy(self, other, 4))
    const same = self.now() + 10
    for (const name of ['b', 'a']) self.sendAfter({ abs: same }, self.pid, name)
    return { ordered, equal: ((await takeNext(self, 2)) as string[]).toSorted() }
  },

  times: async (self) => {
    const negative = [outcome(() => self.sendAfter(-1, self.pid, 'never')), outcome(() => self.startTimer(-1, 'never'))]
    self.sendAfter(0, self.pid, 'timer')
    self.send(self.pid, 'message')
    const first = await takeNext(self, 2)
    self.startTimer(0, 'timer')
    return { negative, send_after: first, start_timer: [words(await next(self))], more: await nextOr(self, 'quiet') }
  },

  far: async (self) => {
    const times = [2 ** 31 + 1_000, 2 ** 31 + 2_000, 2 ** 40] as const
    const far = [
      self.startTimer(times[0], 'far'),
      self.sendAfter(times[1], self.pid, 'far'),
      self.startTimer(times[2], 'far'),
    ]
    self.sendAfter(5, self.pid, 'near')
    const heard = await takeNext(self, 1)
    const passed = far.map((ref, i) => times[i]! - Number(self.cancelTimer(ref)))
    return { heard, left: passed.map((ms) => ms >= 0 && ms < 100_000), more: await nextOr(self, 'quiet') }
  },

  /** Timers for a name that one has and another gets, and for one that somebody gets, before their time has come. */
  named: async (self, there: Isolation) => {
    for (let ms = 50; ; ms *= 4) {
      const first = await startPuppet(self, there, 'proc_066')
      const [other, third] = [await startPuppet(self, there), await startPuppet(self, there)]
      const refs = ['proc_066', 'proc_066_later'].map((name) => self.sendAfter(ms, name, 'found'))
      self.sendAfter(1, 'proc_066_nobody', 'lost')
      await self.unregister('proc_066')
      await self.register('proc_066', other)
      await self.register('proc_066_later', third)
      const inTime = refs.every((ref) => self.readTimer(ref) !== false)
      const heard = async (pid: Pid, count: number): Promise<unknown> => heardWords(await heardBy(self, pid, count))
      if (inTime) return { next: await heard(other, 1), third: await heard(third, 1), first: await heard(first, 0) }
      for (const pid of [other, third]) {
        self.exit(pid, 'kill')
        await self.isAlive(pid)
      }
    }
  },
})

export const timers: readonly ItemTest[] = [
  item('PROC-061', (stage) => play(stage, 'kinds')),
  item('PROC-062', (stage) => play(stage, 'cancel')),
  item('PROC-063', (stage) => play(stage, 'tooLate')),
  item('PROC-064', (stage) => play(stage, 'ofAnother', stage.here)),
  item('PROC-065', (stage) => play(stage, 'ends', stage.here, stage.there)),
  item('PROC-066', (stage) => play(stage, 'named', stage.there)),
  item('PROC-067', (stage) => play(stage, 'order', stage.there)),
  item('PROC-068', (stage) => play(stage, 'times')),
  item('PROC-069', (stage) => play(stage, 'far')),
]
