import { Down, P, StartFailed } from 'bulkhead'
import type { ActorSelf, Isolation, Pid, StartOutcome } from 'bulkhead'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { Newcomer } from '../../fixtures/servers-1-newcomer.ts'
import type { Ending } from '../../fixtures/servers-1-newcomer.ts'
import { desk, mailbox, patienceMs, tried, trier } from '../../fixtures/servers-1-trial.ts'
import type { Places, Trial } from '../../fixtures/servers-1-trial.ts'

/** How a start went, as `start/3` returns it. A bad return value is told in words that hold what was returned. */
function returned(outcome: StartOutcome<unknown>): unknown {
  if (outcome.kind === 'started') return ['ok', 'server']
  return outcome.kind === 'ignored' ? 'ignore' : ['error', reasonOf(outcome.reason)]
}

function reasonOf(reason: unknown): unknown {
  const { code, message } = reason as { code?: string; message?: string }
  if (code !== 'bad_return_value') return inErlang(reason)
  return [
    code,
    /^Newcomer.init returned (what only a call can|stop\(\) with a reply)/.test(message ?? '') ? 'returned' : message,
  ]
}

const start = (self: ActorSelf, isolation: Isolation, ending: Ending, options: object = {}) =>
  self.tryStart(Newcomer, [ending], { isolation, ...options })

/** What a start returns, and with what the process ends. The trial observes it. */
async function fate(self: ActorSelf, { there }: Places, ending: Ending): Promise<{ result: unknown; exit: unknown }> {
  self.trapExit = true
  const result = returned(await self.tryStart(Newcomer, [ending, self.pid], { isolation: there }))
  const pid = await self.receive((on) => on.with({ init: P.string, as: null }, ({ init }) => init))
  return { result, exit: await exitOf(self, pid) }
}

/** What becomes of a starter that is linked and does not trap exits, if it takes what the start gives. */
async function linkedStarter(self: ActorSelf, { there }: Places, ending: Ending): Promise<unknown> {
  const { pid } = await self.spawnMonitor(async (starter) => {
    await start(starter, there, ending, { link: true })
    // Another start on the same node: what else there was of the first has come before.
    await start(starter, there, 'ok', { link: true })
    starter.send(self.pid, 'lives')
    await new Promise(() => undefined)
  })
  const fated = await self.receive((on) =>
    on
      .with('lives', async (lives) => ((await self.isAlive(pid)) ? lives : 'dead'))
      .with({ target: pid, reason: P.any }, ({ reason }) => inErlang(reason)),
  )
  self.exit(pid, 'kill')
  return fated
}

/** With what a starter ends that does not catch that its start failed. */
async function starterThatDoesNotCatch(self: ActorSelf, { there }: Places, ending: Ending): Promise<unknown> {
  const { pid } = await self.spawnMonitor((starter) => starter.startLink(Newcomer, [ending], { isolation: there }))
  const { reason } = await self.receive((on) => on.with({ target: pid, reason: P.any }, (down) => down))
  return reason instanceof StartFailed ? ['StartFailed', inErlang(reason.reason)] : inErlang(reason)
}

/** Whether a name is free as soon as a start under it has failed: nobody holds it, and another can. */
async function nameAfter(self: ActorSelf, { there }: Places, ending: Ending): Promise<string> {
  const { outcome, name } = await startedInTime(self, there, ending)
  if (outcome.kind === 'started') return 'started'
  if (self.whereis(name) !== undefined) return 'taken'
  await self.register(name)
  await self.unregister(name)
  return 'free'
}

/**
 * Starts a newcomer that may hang. Where everything is slow, its init may not have begun when the time is over: then there was nothing to give up,
 * and it is given more.
 */
async function startedInTime(
  self: ActorSelf,
  isolation: Isolation,
  ending: Ending,
): Promise<{ outcome: StartOutcome<unknown>; name: string; pid: string }> {
  for (const timeoutMs of [50, 500, 5_000]) {
    const name = `in-time-${ending}-${timeoutMs}`
    const outcome = await self.tryStart(Newcomer, [ending, self.pid], { isolation, timeoutMs, name })
    const pid = await self.receive((on) =>
      on.with({ init: P.string, as: name }, ({ init }) => init).after(0, () => undefined),
    )
    if (pid !== undefined) return { outcome, name, pid }
  }
  throw new Error('init has not begun in 5 s')
}

/** With what a process ended that is linked to the trial. */
async function exitOf(self: ActorSelf, pid: string): Promise<unknown> {
  const { reason } = await self.receive((on) => on.with({ from: pid, reason: P.any }, (exit) => exit))
  return reasonOf(reason)
}

async function taken(self: ActorSelf, isolation: Isolation, name: string, holder: Pid): Promise<unknown> {
  const outcome = await self.tryStart(Newcomer, ['ok', self.pid], { isolation, name })
  if (outcome.kind !== 'failed') return outcome.kind
  const { already_started } = outcome.reason as { already_started: Pid }
  return {
    result: ['error', ['already_started', already_started === holder ? 'holder' : already_started]],
    init: await mailbox(self),
  }
}

const trials = {
  'SRV-001': async (self, { there }) => {
    const name = 'srv-001'
    let started = false
    const starting = self.startLink(Newcomer, ['ok', self.pid, true], { isolation: there, name })
    const returning = starting.then(() => {
      started = true
      return mailbox(self)
    })
    const { init, found } = await self.receive((on) => on.with({ init: P.string, found: P.boolean }, (told) => told))
    // Each answers after whatever it has done before.
    await self.info(init)
    await self.info(self.pid)
    const duringInit = started ? 'started' : 'not_started'
    self.send(init, 'go')
    const after = await returning
    const reply = await self.named(Newcomer, name).within(patienceMs).call.echo('hello')
    return { name_in_init: found, during_init: duringInit, mailbox_after_start: after, reply }
  },

  'SRV-002': async (self, places) => ({
    ...(await fate(self, places, 'stop')),
    linked_starter: await linkedStarter(self, places, 'stop'),
    starter_that_does_not_catch: await starterThatDoesNotCatch(self, places, 'stop'),
  }),

  'SRV-003': async (self, places) => {
    self.trapExit = true
    const names: Record<string, string> = {}
    for (const ending of ['ignore', 'stop', 'refuse', 'crash', 'exit', 'noreply', 'hang'] as const)
      names[ending === 'noreply' ? 'bad' : ending] = await nameAfter(self, places, ending)
    return {
      ...(await fate(self, places, 'ignore')),
      linked_starter: await linkedStarter(self, places, 'ignore'),
      names,
    }
  },

  'SRV-004': async (self, places) => ({
    ...(await fate(self, places, 'refuse')),
    linked_starter: await linkedStarter(self, places, 'refuse'),
  }),

  'SRV-005': async (self, places) => ({
    error: await fate(self, places, 'crash'),
    exit: await fate(self, places, 'exit'),
  }),

  'SRV-006': async (self, { there }) => {
    const result = async (ending: Ending): Promise<unknown> => returned(await start(self, there, ending))
    const continued = await self.startLink(Newcomer, ['throwContinue'], { isolation: there })
    return {
      state: await result('throwState'),
      state_in_an_answer: ['ok', await continued.within(patienceMs).call.state()],
      stop: await result('throwStop'),
      ignore: await result('throwIgnore'),
      invalid: await result('throwNoreply'),
    }
  },

  'SRV-007': async (self, { there }) => ({
    noreply: returned(await start(self, there, 'noreply')),
    stop_with_reply: returned(await start(self, there, 'stopWithReply')),
  }),

  // There is one namespace: the names are held by an actor of the same node, by one of another, and by one that was named later.
  'SRV-008': async (self, { here, there }) => {
    const holders = ['local', 'global', 'via'].map((name) => `srv-008-${name}`) as [string, string, string]
    const local = await self.startLink(Newcomer, ['ok'], { isolation: here, name: holders[0] })
    const global = await self.startLink(Newcomer, ['ok'], { isolation: there, name: holders[1] })
    await self.register(holders[2])
    return {
      local: await taken(self, there, holders[0], local.pid as Pid),
      global: await taken(self, here, holders[1], global.pid as Pid),
      via: await taken(self, there, holders[2], self.pid),
    }
  },

  'SRV-009': async (self, { there }) => {
    self.trapExit = true
    const { outcome, pid } = await startedInTime(self, there, 'hang')
    return { result: returned(outcome), exit: await exitOf(self, pid) }
  },

  'SRV-010': async (self, { there }) => {
    const { ref, monitor } = await self.startMonitor(Newcomer, ['ok'], { isolation: there })
    self.exit(ref.pid as Pid, 'boom')
    const down = await self.receive((on) => on.with(P.instanceOf(Down), (each) => each))
    const failures: unknown[] = []
    for (const ending of ['stop', 'crash', 'ignore', 'hang'] as const) {
      const options = { isolation: there, timeoutMs: ending === 'hang' ? 50 : patienceMs }
      const error = await self.startMonitor(Newcomer, [ending], options).then(
        () => undefined,
        (failed: unknown) => failed,
      )
      if (!(error instanceof StartFailed)) throw error
      failures.push(error.reason === 'ignore' ? 'ignore' : ['error', inErlang(error.reason)])
    }
    // An actor of the same node answers: what else there was of the failed ones has come before.
    await (await desk(self, there)).call.echo('then')
    return {
      down: down.ref === monitor ? inErlang(down, new Map([[ref.pid, 'server']])) : 'another',
      failures,
      left_over: await mailbox(self),
    }
  },
} as const satisfies Readonly<Record<string, Trial>>

const Starts = trier(import.meta, 'Starts', trials)
const run = (id: keyof typeof trials): ItemTest['run'] => tried(Starts, id)

export const starts: readonly ItemTest[] = [
  item('SRV-001', run('SRV-001')),
  differing(
    'SRV-002',
    {
      result: ['error', 'stopped'],
      exit: 'stopped',
      linked_starter: 'lives',
      starter_that_does_not_catch: ['StartFailed', 'stopped'],
    },
    run('SRV-002'),
  ),
  item('SRV-003', run('SRV-003')),
  item('SRV-004', run('SRV-004')),
  item('SRV-005', run('SRV-005')),
  differing(
    'SRV-006',
    {
      state: ['error', [['nocatch', 'state'], 'stack']],
      state_in_an_answer: ['ok', 'state'],
      stop: ['error', 'stopped'],
      ignore: 'ignore',
      invalid: ['error', ['bad_return_value', 'returned']],
    },
    run('SRV-006'),
  ),
  item('SRV-007', run('SRV-007')),
  item('SRV-008', run('SRV-008')),
  item('SRV-009', run('SRV-009')),
  item('SRV-010', run('SRV-010')),
]
