import { defineActor, P } from '@bulkhead/core'
import type { ActorSelf, Isolation, Pid, StartOptions } from '@bulkhead/core'
import { Puppet, Starter } from '../../../laws/fixtures/puppet.ts'
import { definePlayer, have, heardBy, nextOr, startPuppet } from '../../fixtures/processes-2-player.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { inErlang } from '../../in-erlang.ts'
import type { ConformanceStage } from '../../stage.ts'
import { heardWords, words } from './words.ts'

type How = 'slow' | 'hang' | 'exit' | 'crash' | 'return'

/** What is started, with whom it shall tell: `proc_lib`'s way of starting. */
export const Child = defineActor(
  import.meta,
  'Child',
  async (self, to: Pid, how: How) => {
    if (how === 'return') return
    if (how === 'exit') self.exit('early')
    if (how === 'crash') throw new Error('crashed')
    if (how === 'hang') self.send(to, { begun: self.pid })
    else {
      const told = self.ref(Puppet, to).within(20_000)
      await told.call.note({ begun: self.pid })
      await self.receive((on) => on.with('go', () => undefined))
      await told.call.note('acknowledging')
      self.initAck()
    }
    await new Promise(() => undefined)
  },
  { acknowledges: true },
)

/** What a start gives, as OTP says it: `{ok, Pid}` or `{error, Reason}`. */
async function result(
  self: ActorSelf,
  how: [Pid, How],
  options: StartOptions & { link?: boolean; monitor?: boolean },
): Promise<unknown> {
  const outcome = await self.tryStart(Child, how, options)
  if (outcome.kind === 'started') return ['ok', outcome.pid]
  return outcome.kind === 'failed' ? ['error', inErlang(outcome.reason)] : outcome.kind
}

const play = definePlayer(import.meta, {
  start: async (self, there: Isolation, how: How, link: boolean, noted: Pid) => {
    self.trapExit = true
    const outcome = (await result(self, [noted, how], { isolation: there, link })) as [string, unknown]
    await self.ref(Puppet, noted).within(20_000).call.note(['returned', outcome])
    return outcome
  },

  /** A start that has no more time than that; undefined when its child had not begun, or was not watched, before it was over. */
  hang: async (
    self,
    there: Isolation,
    ties: { readonly link?: boolean; readonly monitor?: boolean },
    timeoutMs: number,
  ) => {
    self.trapExit = true
    const watcher = await startPuppet(self, there)
    const starting = result(self, [self.pid, 'hang'], { isolation: there, ...ties, timeoutMs })
    const begun = await self.receive((on) =>
      on.with({ begun: P.pid }, (message): Pid | undefined => message.begun).after(timeoutMs, () => undefined),
    )
    if (begun === undefined) return undefined
    await have(self, watcher, ['monitor', begun])
    const failure = await starting
    const [ended] = heardWords(await heardBy(self, watcher, 1)) as unknown[][]
    if (ended?.at(-1) === 'noproc') return undefined
    const left = words(await nextOr(self, 'quiet'))
    return { result: failure, child: ended?.at(-1), left }
  },

  fail: async (self, there: Isolation) => {
    self.trapExit = true
    const options = { isolation: there, link: true }
    const [puppet] = [await startPuppet(self, there)]
    const left = async (): Promise<unknown> => {
      await have(self, puppet, ['isAlive', self.pid])
      return words(await nextOr(self, 'quiet'))
    }
    const acknowledging = { result: await result(self, [self.pid, 'exit'], options), left: await left() }
    const server = await self.tryStart(Starter, ['stop', 'stopped'], options)
    return {
      proc_lib: acknowledging,
      gen_server: { result: server.kind === 'failed' ? ['error', server.reason] : server.kind, left: await left() },
    }
  },
})

/** A start returns when its child has acknowledged, and not before. */
async function slow(stage: ConformanceStage, link: boolean): Promise<unknown> {
  const noted = await stage.stranger()
  const playing = play(stage, 'start', stage.there, 'slow', link, noted.pid)
  const [{ note }] = (await noted.heard(1)) as unknown as [{ readonly note: { readonly begun: Pid } }]
  for (let i = 0; i < 5; i++) await noted.ref.call.echo(i)
  const early = (await noted.heard(0)).length === 1 ? 'quiet' : 'noise'
  stage.self.send(note.begun, 'go')
  await playing
  const labels = new Map([[note.begun, 'child']])
  const seen = (await noted.heard(3)) as unknown as { readonly note: unknown }[]
  stage.self.exit(note.begun, 'kill')
  return [early, ...seen.slice(1).map((each) => inErlang(each.note, labels))]
}

async function starts(stage: ConformanceStage, link: boolean): Promise<unknown> {
  const noted = await stage.stranger()
  const fails = (how: How): Promise<unknown> => play(stage, 'start', stage.there, how, link, noted.pid)
  return {
    slow: await slow(stage, link),
    exit: await fails('exit'),
    crash: await fails('crash'),
    return: await fails('return'),
  }
}

/** With so much time that the child has begun, and somebody watches it. */
async function tooLong(
  stage: ConformanceStage,
  ties: { readonly link?: boolean; readonly monitor?: boolean },
): Promise<unknown> {
  for (let timeoutMs = 50; ; timeoutMs *= 4) {
    const seen = await play(stage, 'hang', stage.there, ties, timeoutMs)
    if (seen !== undefined) return seen
  }
}

export const starting: readonly ItemTest[] = [
  item('PROC-074', async (stage) => ({ start: await starts(stage, false), start_link: await starts(stage, true) })),

  // A failed start leaves nothing, no DOWN either: as OTP's gen_server:start_monitor, where proc_lib's leaves its DOWN.
  differing(
    'PROC-075',
    {
      start: { result: ['error', 'timeout'], child: 'killed', left: 'quiet' },
      start_link: { result: ['error', 'timeout'], child: 'killed', left: 'quiet' },
      start_monitor: { result: ['error', 'timeout'], child: 'killed', left: 'quiet' },
    },
    async (stage) => ({
      start: await tooLong(stage, {}),
      start_link: await tooLong(stage, { link: true }),
      start_monitor: await tooLong(stage, { monitor: true }),
    }),
  ),

  item('PROC-076', (stage) => play(stage, 'fail', stage.there)),
]
