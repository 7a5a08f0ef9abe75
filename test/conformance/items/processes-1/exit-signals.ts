import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Down, Isolation } from '@bulkhead/core'
import { patienceMs } from '../../../laws/stage.ts'
import { eventually } from '../../../placement/program.ts'
import { Body, Diary, meanwhile } from '../../fixtures/processes-1-bodies.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { alive, ends, labelled, told } from './telling.ts'

/** A node of its own, for one that will not obey; the root has none to give. */
const OWN: Readonly<Record<ConformanceStage['spot'], Isolation>> = {
  inline: 'inline',
  threads: { cpu: 'heavy' },
  processes: { faults: 'contained', cpu: 'heavy' },
  spread: { faults: 'contained', cpu: 'heavy' },
}

const KILLED = { link: 'killed', monitor: 'killed', partner: 'killed' }

export const exitSignals: readonly ItemTest[] = [
  item('PROC-035', async ({ puppet, stranger }) => {
    const [sender, plain, trapper] = [await puppet(), await stranger(), await stranger({ trapExit: true })]
    await sender.do(['exit', plain.pid, 'normal'], ['exit', trapper.pid, 'normal'])
    const heard = await trapper.heardFrom(sender)
    const [lives] = await sender.do(['isAlive', plain.pid])
    return {
      plain: lives === true ? 'alive' : 'dead',
      trapper: heard.map((each) => told(each, labelled({ sender }))),
    }
  }),

  item('PROC-036', async (stage) => {
    const [plain, trapper] = [await stage.stranger(), await stage.puppet({ trapExit: true })]
    const [said] = await trapper.do(['exit', trapper.pid, 'normal'])
    return {
      plain: await ends(stage, plain.pid, (pid) => plain.ref.cast.do([['exit', pid, 'normal']])),
      trapper: [said, (await trapper.heard(1)).map((each) => told(each, labelled({ itself: trapper })))],
    }
  }),

  // A synchronous stretch goes on to its end; one without an end is ended with its node. The outcome is the same.
  differing(
    'PROC-037',
    { plain: KILLED, trapper: KILLED, itself: 'killed', 'went on': true, busy: KILLED },
    async (stage) => {
      const { self, stranger, start, take, watch, spot, there } = stage
      const kill = (pid: typeof self.pid): boolean => self.exit(pid, 'kill')
      const [plain, trapper] = [await stranger(), await stranger({ trapExit: true })]

      const diary = await start(Diary, [], { isolation: there })
      const token = `${diary.pid} kills itself`
      const itself = await start(Body, ['catches a signal', token, 'kill', true], { isolation: there })
      await watch(itself.pid)
      self.send(itself.pid, 'go')
      const [{ reason }] = (await take(1)) as [Down]
      const wentOn = (await diary.call.read(token)).includes('went on')

      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-conformance-'))
      const sign = join(folder, 'busy')
      const busy = await start(Body, ['loops', sign, `${diary.pid} loops`], { isolation: OWN[spot] })
      // On the root nothing else runs while it loops: the kill comes from the loop's own turn.
      if (spot === 'inline') meanwhile.set(`${diary.pid} loops`, () => kill(busy.pid))
      const busyEnds = await ends(stage, busy.pid, async (pid) => {
        self.send(pid, 'go')
        await eventually(() => existsSync(sign), patienceMs, 'it loops')
        if (spot !== 'inline') kill(pid)
      })
      rmSync(folder, { recursive: true })
      return {
        plain: await ends(stage, plain.pid, kill),
        trapper: await ends(stage, trapper.pid, kill),
        itself: reason,
        'went on': wentOn,
        busy: busyEnds,
      }
    },
  ),

  item('PROC-038', async (stage) => {
    const { self, puppet, stranger } = stage
    const trapper = await puppet({ trapExit: true })
    const [victim, ordinary, another] = [await stranger(), await stranger({ trapExit: true }), await stranger()]
    await trapper.tie('link', victim.pid)
    self.exit(victim.pid, 'kill')
    const heard = (await trapper.heard(1)).map((each) => told(each, labelled({ victim })))
    await trapper.do(['exit', ordinary.pid, 'killed'])
    return {
      trapper: heard,
      ordinary: [
        (await ordinary.heard(1)).map((each) => told(each, labelled({ trapper }))),
        await alive(self, ordinary),
      ],
      partner: (await ends(stage, another.pid, (pid) => self.exit(pid, 'kill'))).partner,
    }
  }),

  item('PROC-039', async (stage) => {
    const victim = await stage.stranger({ trapExit: true })
    return ends(stage, victim.pid, () => victim.ref.cast.do([['exit', 'kill']]))
  }),

  // What follows in the same stretch still runs, until it uses its self; the outcome is the same.
  differing(
    'PROC-040',
    { ends: { link: 'mine', monitor: 'mine', partner: 'mine' }, ran: ['went on', 'actor_exited', 'finally'] },
    async (stage) => {
      const { self, start, there } = stage
      const diary = await start(Diary, [], { isolation: there })
      const token = `${diary.pid} catches`
      const victim = await start(Body, ['catches a signal', token, 'mine', false], { isolation: there })
      const seen = await ends(stage, victim.pid, (pid) => self.send(pid, 'go'))
      return { ends: inErlang(seen), ran: await diary.call.read(token) }
    },
  ),
]
