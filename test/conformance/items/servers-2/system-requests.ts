import { CallFailed, createNode, show, sys, waitResponse } from '@bulkhead/core'
import type { Down, LogRecord, Pid, SystemEvent } from '@bulkhead/core'
import { isDeepStrictEqual } from 'node:util'
import { vi } from 'vitest'
import { patienceMs } from '../../../laws/stage.ts'
import { watched } from '../../../support/gate.ts'
import { Nodes } from '../../../support/nodes.ts'
import { Clerk, Crashed, Rewritten, Wrong } from '../../fixtures/servers-2-clerk.ts'
import type { State } from '../../fixtures/servers-2-clerk.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { clerk, family, mailbox, told, toldUntilDown } from './clerks.ts'
import type { ClerkRef } from './clerks.ts'

const entriesOf = async (ref: ClerkRef): Promise<unknown[]> => ((await sys.getState(ref)) as State).entries
const statusOf = async (ref: ClerkRef): Promise<string> => (await sys.getStatus(ref)).status

/** After how many seconds of a clock that stands still a system request gives up by itself. */
async function defaultSeconds(): Promise<number> {
  const nodes = new Nodes(createNode)
  const ref = await nodes.main.start(Clerk, [nodes.main.pid])
  ref.cast.do({ hold: true })
  await nodes.settled()
  const asked = watched(sys.getState(ref))
  let seconds = 0
  for (; asked.state === 'pending' && seconds < 60; seconds++) await nodes.pass(1_000)
  return seconds
}

/** Why a system request failed, and which it was. */
async function sysFailure(ref: ClerkRef): Promise<unknown> {
  const error = await sys.getState(ref).catch((caught: unknown) => caught)
  if (!(error instanceof CallFailed) || error.target !== ref.pid) throw error
  return [error.reason, error.call === 'sys.getState' ? ['sys', 'get_state'] : error.call]
}

function eventInErlang(event: SystemEvent, labels: Labels): unknown {
  if (event.event === 'in') {
    const { kind, message } = event
    return ['in', kind, inErlang(kind === 'message' ? message : (message as unknown[])[1])]
  }
  const { entries } = event.state as State
  return event.event === 'out' ? ['out', event.reply, labels.get(event.to), entries] : ['noreply', entries]
}

/** The line of the log that fits, as soon as it is there. */
const lineOf = ({ log }: ConformanceStage, level: LogRecord['level'], pid: Pid): Promise<LogRecord> =>
  vi.waitFor(
    () => {
      const line = log.find((each) => each.level === level && each.pid === pid)
      if (line === undefined) throw new Error(`${pid} has logged nothing`)
      return line
    },
    { timeout: patienceMs },
  )

/** Which events a trace writes down until it is switched off. */
async function traced(stage: ConformanceStage, ref: ClerkRef): Promise<unknown[]> {
  await sys.trace(ref, true)
  await ref.call.do({ returns: ['reply', 'done'] })
  ref.cast.do({})
  await sys.getState(ref)
  await sys.trace(ref, false)
  await ref.call.do({})
  // The lines of one node come in order: with one of the next trace all of the first are there.
  const next = await clerk(stage)
  await sys.trace(next, true)
  await next.call.do({})
  await lineOf(stage, 'info', next.pid)
  const lines = stage.log.filter(({ level, pid }) => level === 'info' && pid === ref.pid)
  return lines.map(({ text }) => {
    if (text.includes(' got ')) return ['in', text.includes(' got call ') ? 'call' : 'cast']
    return [text.includes(' sent reply ') ? 'out' : 'noreply']
  })
}

/** What is shown of a server with these formats: its status, then the report of its crash. Its own end is not changed by them. */
async function formatted(stage: ConformanceStage, behaviour: typeof Rewritten): Promise<unknown> {
  const server = await stage.start(behaviour, [])
  await sys.log(server, true)
  await server.call.ask('secret')
  const { state, log } = await sys.getStatus(server)
  const alive = await server.call.ask('secret')
  await stage.watch(server.pid)
  server.cast.end('secret')
  const [down] = await stage.take(1)
  if (!isDeepStrictEqual((down as Down).reason, ['secret', 1])) throw new Error('a format has changed the end')
  const { text, data } = await lineOf(stage, 'error', server.pid)
  const report = data as Record<string, unknown>
  if (behaviour === Rewritten && (text + show(report)).includes('secret')) throw new Error('the log tells it')
  return {
    status: { state: shown(state), log: shown(log) },
    alive,
    report: {
      state: shown(report['state']),
      last_message: shown(report['lastMessage']),
      reason: shown(report['reason']),
      log: shown(report['log']),
    },
  }
}

function shown(value: unknown): string {
  const text = show(value)
  if (text.includes('secret')) return 'secret'
  if (text.includes('hidden')) return 'hidden'
  return text.includes('formatState failed') ? 'placeholder' : text
}

export const systemRequests: readonly ItemTest[] = [
  item('SRV-047', async (stage) => {
    const ref = await clerk(stage)
    await sys.suspend(ref)
    await sys.suspend(ref)
    ref.cast.do({ tell: 1 })
    const asked = ref.sendRequest.do({ tell: 2, returns: ['reply', 'asked'] })
    stage.self.send(ref.pid, 'three')
    ref.cast.do({ tell: 4 })
    const served = [await entriesOf(ref), await statusOf(ref)]
    const suspended = await mailbox(stage)
    await sys.resume(ref)
    await sys.resume(ref)
    const response = await waitResponse(asked)
    return {
      served,
      suspended,
      handled: await told(stage, 4),
      reply: response.kind === 'reply' ? response.reply : response.kind,
      status: await statusOf(ref),
    }
  }),

  item('SRV-048', async (stage) => {
    const { self, watch, take } = stage
    const ref = await clerk(stage)
    ref.cast.do({ note: 1 })
    const running = await entriesOf(ref)
    await sys.suspend(ref)
    ref.cast.do({ note: 2 })
    const suspended = await entriesOf(ref)
    await sys.resume(ref)
    const resumed = await entriesOf(ref)
    ref.cast.do({ hold: true })
    await take(1)
    const busy = await sysFailure(ref.within(20) as ClerkRef)
    self.send(ref.pid, 'go on')
    const later = await entriesOf(ref)
    await watch(ref.pid)
    self.exit(ref.pid, 'kill')
    await take(1)
    const dead = await sysFailure(ref)
    return { running, suspended, resumed, busy, seconds: await defaultSeconds(), later, dead }
  }),

  item('SRV-049', async (stage) => {
    const ref = await clerk(stage)
    const replaced = async (change: (entries: unknown[]) => unknown[]): Promise<unknown[]> =>
      (await sys.replaceState(ref, (state: State) => ({ ...state, entries: change(state.entries) }))).entries
    const next = await replaced(() => ['replaced'])
    const after = await entriesOf(ref)
    const error = (await replaced(() => {
      throw new Error('odd')
    }).catch((caught: unknown) => caught)) as CallFailed & { cause: Error }
    const kept = await entriesOf(ref)
    ref.cast.do({ note: 'more' })
    await sys.suspend(ref)
    const suspended = await replaced((entries) => [...entries, 'suspended'])
    await sys.resume(ref)
    return {
      next,
      after,
      failed: [error.reason, error.cause instanceof Error ? 'error' : 'throw', error.cause.message],
      kept,
      suspended,
      last: await entriesOf(ref),
    }
  }),

  item('SRV-050', async (stage) => {
    const orphaned = async (traps: boolean) => {
      const all: unknown[] = []
      for (const how of ['signal', 'end'] as const) {
        for (const reason of ['shutdown', 'other']) {
          const { parent, clerk: ref } = await family(stage, { traps })
          await stage.watch(ref.pid)
          await sys.suspend(ref)
          ref.cast.do({ tell: 'unread' })
          if (how === 'signal') parent.cast.signal(ref.pid, reason)
          else parent.cast.end(reason)
          all.push(await toldUntilDown(stage))
        }
      }
      return all
    }
    return { trapping: await orphaned(true), plain: await orphaned(false) }
  }),

  item('SRV-051', async (stage) => {
    const { self, here, take } = stage
    const started = await self.startLink(Clerk, [self.pid], { isolation: here })
    const ref = self.ref(Clerk, started.pid!).within(patienceMs) as ClerkRef
    const labels = new Map<unknown, string>([
      [ref.pid, 'clerk'],
      [self.pid, 'item'],
    ])
    const { pid, behaviour, status, parent, state } = await sys.getStatus(ref)
    if (behaviour !== 'Clerk') throw new Error(`its behaviour is ${behaviour}`)
    await sys.suspend(ref)
    const suspended = await statusOf(ref)
    await sys.resume(ref)
    const off = [await sys.getStatistics(ref), await sys.getLog(ref)]
    await sys.install(ref, self.pid)
    await sys.statistics(ref, true)
    await sys.log(ref, 3)
    await ref.call.do({ note: 1, returns: ['reply', 'done'] })
    ref.cast.do({ note: 2 })
    self.send(ref.pid, 'hello')
    ref.sendRequest.do({ returns: 'keep' })
    const seen = await take(9)
    const isEvent = (message: unknown): message is SystemEvent => !Array.isArray(message)
    const statistics = await sys.getStatistics(ref)
    if (statistics === 'no_statistics') throw new Error(statistics)
    const kept = await sys.getLog(ref)
    await sys.remove(ref, self.pid)
    await sys.statistics(ref, false)
    await sys.log(ref, false)
    const printed = await traced(stage, ref)
    const after = [await sys.getStatistics(ref), await sys.getLog(ref), await mailbox(stage)]
    return {
      status: inErlang([pid, status, parent, (state as State).entries], labels),
      suspended,
      off,
      events: seen.filter(isEvent).map((event) => eventInErlang(event, labels)),
      info: seen.filter((message) => !isEvent(message)),
      counted: [statistics.messagesIn, statistics.messagesOut],
      log: kept.map((event) => eventInErlang(event, labels)),
      printed,
      after,
    }
  }),

  item('SRV-052', async (stage) => ({
    rewritten: await formatted(stage, Rewritten),
    crashed: await formatted(stage, Crashed),
    wrong: await formatted(stage, Wrong),
  })),
]
