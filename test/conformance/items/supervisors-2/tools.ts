import { setTimeout as sleep } from 'node:timers/promises'
import { CallFailed, Down, Exit, P } from '@bulkhead/core'
import type { ActorSelf, MonitorRef, Pid } from '@bulkhead/core'
import { child, ChildError, InvalidOption, StartFailed } from 'bulkhead'
import type { ChildOptions, ChildSpec } from 'bulkhead'
import { patienceMs } from '../../../laws/stage.ts'
import type { Entry } from '../../fixtures/scribe.ts'
import { Leaver } from '../../fixtures/supervisors-2-leaver.ts'
import { Worker } from '../../fixtures/worker.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'
import type { ConformanceStage, Overseer } from '../../stage.ts'

/** The plans of workers that hear `terminate`, and of those that never end by themselves then. */
export const TRAPS = { traps: true } as const
export const HANGS = { traps: true, terminate: 'hang' } as const
/** Enough for a supervisor whose child cannot start to go on trying. */
export const TRIES_ON = { intensity: 1_000_000, periodMs: 1_000 } as const

/** What was told of ends. */
export const stops = (entries: readonly Entry[], ...except: string[]): unknown[] =>
  entries.filter(([id, what]) => what === 'terminate' && !except.includes(id)).map((entry) => inErlang(entry))

/** The first pid of each of these workers; they have started. */
export const firstLives = ({ scribe }: ConformanceStage, ...ids: string[]): Promise<Pid[]> =>
  Promise.all(ids.map(async (id) => (await scribe.call.lives(id))[0]!))

export const lastLife = async ({ scribe }: ConformanceStage, id: string): Promise<Pid> =>
  (await scribe.call.lives(id)).at(-1)!

/** Has a worker end by itself. */
export async function endLife(stage: ConformanceStage, id: string, reason: unknown): Promise<void> {
  const pid = await lastLife(stage, id)
  if (reason === 'kill') stage.self.exit(pid, 'kill')
  else stage.self.ref(Worker, pid).cast.exit(reason)
}

/** Kills a worker; its restarts fail from then on, as planned. */
export async function failToRestart(stage: ConformanceStage, id: string): Promise<void> {
  stage.self.exit(await lastLife(stage, id), 'kill')
  await until(async () => (await stage.scribe.call.begun(id)) > 2)
}

async function taken<M>(self: ActorSelf, isIt: (message: unknown) => message is M, what: string): Promise<M> {
  const message = await self.receive((on) => on.with(P.when(isIt), (found) => found).after(patienceMs, () => undefined))
  if (message === undefined) throw new Error(`no ${what} came`)
  return message as M
}

/** With which reason an actor that is linked to the stage's own ends. */
export const exitOf = async ({ self }: ConformanceStage, pid: Pid): Promise<unknown> => {
  const isIt = (message: unknown): message is Exit => message instanceof Exit && message.from === pid
  return inErlang((await taken(self, isIt, 'exit signal')).reason)
}

/** With which reason an actor ends that is watched. */
export const endOf = async ({ self }: ConformanceStage, ref: MonitorRef): Promise<unknown> => {
  const isIt = (message: unknown): message is Down => message instanceof Down && message.ref === ref
  return inErlang((await taken(self, isIt, 'end')).reason)
}

/** The next of all that are watched to end. */
export const nextEnd = async ({ self }: ConformanceStage): Promise<unknown> => {
  const isIt = (message: unknown): message is Down => message instanceof Down
  return inErlang((await taken(self, isIt, 'end')).reason)
}

/** Asks again and again. */
export async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await sleep(1)
}

/**
 * What OTP's functions return: `ok` and `{ok, Value}` for what a call resolves with, `{error, Why}` for what it refuses with, and for a call that
 * failed the exit reason.
 */
export async function answer(call: Promise<unknown>, labels?: Labels): Promise<unknown> {
  try {
    return inErlang(await call, labels)
  } catch (error) {
    return refusal(error, labels)
  }
}

/** The same of a start. */
export async function started(call: Promise<unknown>, labels?: Labels): Promise<unknown> {
  try {
    return ['ok', inErlang(await call, labels)]
  } catch (error) {
    return refusal(error, labels)
  }
}

/** The same of what has nothing to say but `ok`. */
export async function done(call: Promise<unknown>): Promise<unknown> {
  const said = await answer(call)
  return said === null ? 'ok' : said
}

function refusal(error: unknown, labels?: Labels): unknown {
  if (error instanceof ChildError)
    return ['error', error.pid === undefined ? error.code : [error.code, inErlang(error.pid, labels)]]
  if (error instanceof StartFailed) return ['error', inErlang(error.reason, labels)]
  if (error instanceof InvalidOption) return ['error', 'invalid option']
  if (error instanceof CallFailed) return inErlang(error, labels)
  throw error
}

/** `{error, {Reason, ChildInfo}}`: the child is named in the text. */
export async function failure(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof StartFailed)) throw error ?? new Error('it started')
  return ['error', inErlang(error.reason), /^child (\S+) did not start: /.exec(error.message)?.[1]]
}

/** What each child does, the one that was added last first. */
export const doings = async ({ ref }: Pick<Overseer, 'ref'>): Promise<unknown[]> =>
  (await ref.call.whichChildren()).map(({ id, status }) => [id, inStatus(status)])

/** OTP knows no other word for a child that does not run than `undefined`. */
export const inStatus = (status: string): string | null => (status === 'stopped' ? null : status)

export const statusOf = async ({ ref }: Overseer, id: string): Promise<string> =>
  (await ref.call.whichChildren()).find((each) => each.id === id)?.status ?? 'gone'

export const pidOf = async ({ ref }: Pick<Overseer, 'ref'>, id: string): Promise<Pid> =>
  (await ref.call.whichChildren()).find((each) => each.id === id)!.pid!

/** A child that ends with that reason when it is told to stop. */
export const leaver = (
  { scribe, place }: ConformanceStage,
  id: string,
  reason: unknown,
  options: ChildOptions = {},
  index = 0,
): ChildSpec => child(Leaver, [id, scribe.pid, reason], { adapt: false, isolation: place(index), ...options, id })

/** What has no order of its own, in that of its text. */
export const inOrder = <T>(values: readonly T[]): T[] =>
  values.toSorted((one, other) => (String(one) < String(other) ? -1 : 1))
