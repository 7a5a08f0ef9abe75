import type { InvalidOption } from '@bulkhead/core'
import { child, checkChildSpecs, DEFAULT_RULES } from 'bulkhead'
import type { ChildSpec } from 'bulkhead'
import { Overseen } from '../../fixtures/overseer.ts'
import { Dynamic } from '../../fixtures/supervisors-1-dynamic.ts'
import { Thrower } from '../../fixtures/supervisors-1-thrower.ts'
import { Worker } from '../../fixtures/worker.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage, Rules } from '../../stage.ts'
import * as observing from './observing.ts'

const { asRecorded, begun, children, end, ended, lives, restarts, started, told, whyNot } = observing

export const starts: readonly ItemTest[] = [
  item('SUP-001', async (stage) => {
    const ids = ['a', 'b', 'c']
    let returned = false
    const starting = stage.supervise(
      {},
      ids.map((id) => observing.gated(stage, id, 0)),
    )
    void starting.then(() => (returned = true))
    const soon: unknown[] = []
    for (const id of ids) {
      const [pid, parent] = await observing.atGate(stage, id)
      // What the supervisor has said before it answers this is here by then.
      await stage.self.isAlive(parent)
      soon.push([await begun(stage, ids), returned ? 'returned' : 'starting'])
      observing.go(stage, pid, 'ok')
    }
    return { begun: soon, then: await children(await starting) }
  }),

  // Elixir's own supervisors allow 3 restarts in 5 s.
  differing('SUP-002', { ...asRecorded('SUP-002'), dynamic: { restarts: 1, reason: 'shutdown' } }, async (stage) => {
    const { supervise, worker } = stage
    const overseer = await supervise({}, [worker('a'), worker('b'), worker('t', { restart: 'transient' })])
    const significant = { ...worker('t', { restart: 'transient' }), significant: true }
    return {
      t: await end(stage, overseer, 't', 'normal'),
      restarts: await restarts(stage, overseer, 'a'),
      reason: await ended(stage, overseer),
      lives: await lives(stage, ['a', 'b']),
      period: DEFAULT_RULES.periodMs / 1000,
      auto_shutdown: await refused(supervise({}, [significant])),
      dynamic: await restartsOfDynamic(stage),
    }
  }),

  differing('SUP-003', { ...asRecorded('SUP-003'), unknown: 'children.b.colour' }, async (stage) => {
    const overseer = await stage.supervise({}, [stage.worker('a'), stage.supervisor('s', {}, [])])
    const shown = async (id: string, of: { readonly key: string }): Promise<unknown> => {
      const { restart, type, significant, shutdown, behaviour } = await overseer.ref.call.getChildSpec(id)
      return {
        restart,
        type,
        significant,
        shutdown,
        modules: behaviour.key === of.key ? 'of_the_start' : behaviour.key,
      }
    }
    const unknown = { ...stage.worker('b'), colour: 'blue' }
    return {
      a: await shown('a', Worker),
      s: await shown('s', Overseen),
      then: await end(stage, overseer, 'a', 'normal'),
      unknown: await overseer.ref.call.startChild(unknown).then(
        () => 'ok',
        (error: unknown) => (error as InvalidOption).field,
      ),
    }
  }),

  item('SUP-004', async (stage) => {
    const bad: readonly Rules[] = [
      { strategy: 'bad' },
      ...[-1, 1.5, 'bad'].map((intensity) => ({ intensity })),
      ...[0, -1, 1.5, 'bad'].map((periodMs) => ({ periodMs })),
      { autoShutdown: 'bad' },
    ]
    const seen: unknown[] = []
    for (const rules of bad) seen.push(await refused(stage.supervise(rules, [stage.worker('a')])))
    seen.push(await refused(stage.self.startLink(Overseen, ['bad' as never], { isolation: stage.top })))
    return {
      refused: seen.map((why) => ['error', ['supervisor_data', why]]),
      ...(await begunOne(stage)),
      zero: ((await started(stage.supervise({ intensity: 0 }, []))) as unknown[])[0],
    }
  }),

  item('SUP-005', async (stage) => {
    const { supervise, worker } = stage
    const bad = { ...worker('c'), restart: 'bad' } as unknown as ChildSpec
    return {
      refused: ['error', ['start_spec', await refused(supervise({}, [worker('a'), worker('b'), bad]))]],
      begun: await begun(stage, ['a', 'b', 'c']),
    }
  }),

  item('SUP-006', async (stage) => {
    const overseer = await stage.supervise({}, [])
    const fine = stage.worker('a')
    const wrong: Readonly<Record<string, unknown>> = {
      missing_id: { ...fine, id: undefined },
      missing_start: { ...fine, behaviour: undefined },
      start: { ...fine, behaviour: 'bad' },
      restart: { ...fine, restart: 'bad' },
      shutdown: { ...fine, shutdown: 'bad' },
      negative: { ...fine, shutdown: -1 },
      type: { ...fine, type: 'bad' },
      significant: { ...fine, significant: 'bad' },
      spec: 'bad',
    }
    const tries = async (spec: ChildSpec): Promise<unknown[]> => [
      ['error', ['start_spec', await refused(stage.supervise({}, [spec]))]],
      checked([spec]),
      await started(overseer.ref.call.startChild(spec)),
    ]
    const tried: Record<string, unknown> = {}
    for (const [name, spec] of Object.entries(wrong)) tried[name] = await tries(spec as ChildSpec)
    // The behaviour stands for the module, so here any list of modules is refused.
    const modules: unknown[] = []
    for (const bad of ['bad', [1]]) {
      const answers = await tries({ ...fine, modules: bad } as ChildSpec)
      modules.push(answers.map((answer) => (answer as unknown[])[0]))
    }
    return { tried, modules, fine: checked([fine]), ...(await begunOne(stage)) }
  }),

  item('SUP-007', async (stage) => {
    const specs = ['a', 'b', 'a'].map((id) => stage.worker(id))
    return {
      start: ['error', ['start_spec', await refused(stage.supervise({}, specs))]],
      check: checked(specs),
      begun: await begun(stage, ['a', 'b']),
    }
  }),

  item('SUP-008', async (stage) => {
    const { supervise, worker } = stage
    const significant = (restart: string): ChildSpec => ({ ...worker('a'), restart, significant: true }) as ChildSpec
    const any = { autoShutdown: 'any_significant' }
    const [overseer, reacting] = [await supervise({}, []), await supervise(any, [])]
    const atStart = async (rules: Rules, restart: string): Promise<unknown> => [
      'error',
      ['start_spec', await refused(supervise(rules, [significant(restart)]))],
    ]
    return {
      never: await atStart({}, 'transient'),
      never_added: await started(overseer.ref.call.startChild(significant('transient'))),
      permanent: await atStart(any, 'permanent'),
      permanent_added: await started(reacting.ref.call.startChild(significant('permanent'))),
      ...(await begunOne(stage)),
      fine: ((await started(reacting.ref.call.startChild(significant('transient')))) as unknown[])[0],
    }
  }),

  item('SUP-009', async (stage) => [
    await observing.openedWith(stage, 'ignore'),
    await observing.openedWith(stage, 'nonsense'),
    await observing.openedWith(stage, 'crash'),
  ]),

  item('SUP-010', async (stage) => {
    const { scribe, supervise, supervisor, worker } = stage
    const traps = (id: string): ChildSpec => worker(id, {}, { traps: true })
    const refuses = (id: string): ChildSpec => worker(id, {}, { starts: ['refuse'] })
    const flat = await started(supervise({}, [traps('a'), traps('b'), refuses('c'), traps('d')]))
    const entries = await scribe.call.entries(4)
    const inner = supervisor('inner', {}, [traps('y'), refuses('z')])
    const nested = await started(supervise({}, [traps('x'), inner, traps('d')]))
    const all = await scribe.call.entries(8)
    return { flat, nested, entries, nested_entries: all.slice(entries.length), begun: (await begun(stage, ['d']))[0] }
  }),

  differing(
    'SUP-011',
    {
      ...asRecorded('SUP-011'),
      // What is thrown is a failure, whatever it is; OTP's supervisor takes it as if it had been returned.
      thrown: [['nocatch', 'thrown'], 'stack'],
      thrown_success: [['nocatch', ['ok', 'pid']], 'stack'],
      // There is no start function beside init, so no wrapping that tells one from the other.
      exception: ['crashed', 'stack'],
    },
    async (stage) => {
      const reason = async (spec: ChildSpec): Promise<unknown> => {
        const [answer, why] = (await started(stage.supervise({}, [spec]))) as [
          string,
          [unknown, [unknown, string, unknown]],
        ]
        return answer === 'ok' ? 'started' : why[1][2]
      }
      const throws = (value: unknown): ChildSpec =>
        child(Thrower, [value], { id: 'a', adapt: false, isolation: stage.place(0) })
      const planned = (outcome: 'refuse' | 'stop' | 'crash'): Promise<unknown> =>
        reason(stage.worker('a', {}, { starts: [outcome] }))
      return {
        error: await reason(observing.answering(stage, { refuse: 'refused' })),
        other: await reason(observing.answering(stage, { stop: 'other' })),
        thrown: await reason(throws('thrown')),
        thrown_success: await reason(throws(['ok', stage.self.pid])),
        exception: await reason(throws(new Error('crashed'))),
        refuse: await planned('refuse'),
        stop: await planned('stop'),
        crash: await planned('crash'),
      }
    },
  ),

  // There is no start function that could say more than that: who wants to know asks the child.
  differing(
    'SUP-012',
    { ...asRecorded('SUP-012'), start_child: ['ok', 'pid'], restart_child: ['ok', 'pid'] },
    async ({ supervise, worker }) => {
      const overseer = await supervise({}, [worker('a')])
      return {
        start_child: await started(overseer.ref.call.startChild(worker('b'))),
        terminate_child: await told(overseer.ref.call.terminateChild('b')),
        restart_child: await started(overseer.ref.call.restartChild('b')),
        children: await children(overseer),
      }
    },
  ),
]

/** What a supervisor with defaults only does whose children come and go. */
async function restartsOfDynamic(stage: ConformanceStage): Promise<unknown> {
  const { scribe, self, top, worker } = stage
  const { pid } = await self.startLink(Dynamic, [], { isolation: top })
  const before = (await scribe.call.entries(0)).length
  await self.ref(Dynamic, pid!).call.startChild(worker('d'))
  self.exit((await scribe.call.lives('d'))[0]!, 'boom')
  await scribe.call.entries(before + 2)
  self.exit((await scribe.call.lives('d'))[1]!, 'boom')
  const reason = await ended(stage, { pid: pid!, ref: undefined as never })
  return { restarts: (await lives(stage, ['d']))[0]! - 1, reason }
}

/** Why a supervisor did not start. */
async function refused(starting: Promise<unknown>): Promise<unknown> {
  return starting.then(() => 'started', whyNot)
}

function checked(specs: readonly ChildSpec[]): unknown {
  try {
    checkChildSpecs(specs, 'never')
    return 'ok'
  } catch (error) {
    return ['error', whyNot(error)]
  }
}

const begunOne = async (stage: ConformanceStage): Promise<{ begun: number | undefined }> => ({
  begun: (await begun(stage, ['a']))[0],
})
