import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CallFailed, Down, Exit, InvalidOption, isPid, P, StartFailed } from '@bulkhead/core'
import type { Pid } from '@bulkhead/core'
import { child, ChildError } from 'bulkhead'
import type { ChildInfo, ChildSpec } from 'bulkhead'
import { patienceMs } from '../../../laws/stage.ts'
import { Gated } from '../../fixtures/supervisors-1-gated.ts'
import type { AtGate, Outcome } from '../../fixtures/supervisors-1-gated.ts'
import { Overseen } from '../../fixtures/overseer.ts'
import { Scribe } from '../../fixtures/scribe.ts'
import { Opened } from '../../fixtures/supervisors-1-opened.ts'
import { Answering } from '../../fixtures/supervisors-1-thrower.ts'
import { Worker } from '../../fixtures/worker.ts'
import { inErlang } from '../../in-erlang.ts'
import { recorded } from '../../recorded.ts'
import type { ConformanceStage, Overseer } from '../../stage.ts'

/** What Erlang was recorded doing, where some of it differs here. */
export const asRecorded = (id: string): Readonly<Record<string, unknown>> => recorded.get(id) as Record<string, unknown>

/** Ids and pids in start order, as `which_children` has them. */
export async function children(overseer: Overseer): Promise<unknown[]> {
  return inOrder(await overseer.ref.call.whichChildren())
}

export function inOrder(infos: readonly ChildInfo[]): unknown[] {
  return infos.toReversed().map(({ id, pid, status }) => [id, status === 'restarting' ? status : inErlang(pid)])
}

export async function pidOf(overseer: Overseer, id: string): Promise<Pid> {
  const found = (await overseer.ref.call.whichChildren()).find((each) => each.id === id)
  if (found?.pid === undefined) throw new Error(`${id} does not run`)
  return found.pid
}

/** The supervisor that runs as a child of another. */
export async function below({ self }: ConformanceStage, overseer: Overseer, id: string): Promise<Overseer> {
  const pid = await pidOf(overseer, id)
  return { pid, ref: self.ref(Overseen, pid).within(patienceMs) }
}

/** How many lives of each of these the scribe knows of. */
export function lives({ scribe }: ConformanceStage, ids: readonly string[]): Promise<number[]> {
  return Promise.all(ids.map(async (id) => (await scribe.call.lives(id)).length))
}

export function begun({ scribe }: ConformanceStage, ids: readonly string[]): Promise<number[]> {
  return Promise.all(ids.map((id) => scribe.call.begun(id)))
}

/** The reason with which a supervisor of the stage's `self` ends. */
export function ended({ self }: ConformanceStage, { pid }: Overseer): Promise<unknown> {
  const isIts = (message: unknown): message is Exit => message instanceof Exit && message.from === pid
  return self.receive((on) =>
    on.with(P.when(isIts), ({ reason }) => inErlang(reason)).after(patienceMs, () => 'it lives on'),
  )
}

/** What the supervisor has made of the end of a child: asks until the end has come to it. */
export async function afterEnd(overseer: Overseer, id: string, pid: Pid): Promise<string> {
  for (;;) {
    const infos = await overseer.ref.call.whichChildren().catch((error: unknown) => {
      if (error instanceof CallFailed && error.reason !== 'timeout') return undefined
      throw error
    })
    if (infos === undefined) return 'gave_up'
    const found = infos.find((each) => each.id === id)
    if (found === undefined) return 'deleted'
    if (found.status === 'stopped') return 'kept'
    if (found.status === 'running' && found.pid !== pid) return 'restarted'
  }
}

/** Kills a child. */
export async function kill({ self }: ConformanceStage, overseer: Overseer, id: string): Promise<string> {
  const pid = await pidOf(overseer, id)
  self.exit(pid, 'kill')
  return afterEnd(overseer, id, pid)
}

/** Has a worker end by itself. */
export async function end(
  { self }: ConformanceStage,
  overseer: Overseer,
  id: string,
  reason: unknown,
): Promise<string> {
  const pid = await pidOf(overseer, id)
  self.ref(Worker, pid).cast.exit(reason)
  return afterEnd(overseer, id, pid)
}

/** How often a child is restarted when it is killed again and again, nine times at most. */
export async function restarts(stage: ConformanceStage, overseer: Overseer, id: string): Promise<number> {
  let count = 0
  while (count < 9 && (await kill(stage, overseer, id)) === 'restarted') count++
  return count
}

/** A child that asks the stage's `self` about its starts, but for so many. */
export function gated({ self, scribe, place }: ConformanceStage, id: string, free: number): ChildSpec {
  return child(Gated, [id, scribe.pid, free, self.pid], { id, adapt: false, isolation: place(0) })
}

/** Waits until a gated child asks; its pid and that of its supervisor. */
export function atGate({ self }: ConformanceStage, id: string): Promise<readonly [Pid, Pid]> {
  return self.receive((on) =>
    on
      .with(['at', id, P.any, P.any], (message): readonly [Pid, Pid] => {
        const [, , pid, parent] = message as unknown as AtGate
        return [pid, parent]
      })
      .after(patienceMs, (): never => {
        throw new Error(`${id} did not come to its gate`)
      }),
  )
}

export const go = ({ self }: ConformanceStage, pid: Pid, outcome: Outcome): boolean => self.send(pid, ['go', outcome])

/** What OTP's functions that start something return. */
export async function started(asked: Promise<unknown>): Promise<unknown> {
  try {
    const found = await asked
    return ['ok', isPid(found) || found === undefined ? inErlang(found) : 'pid']
  } catch (error) {
    return ['error', whyNot(error)]
  }
}

/** What OTP's functions that only say ok return. */
export async function told(asked: Promise<void>): Promise<unknown> {
  try {
    await asked
    return 'ok'
  } catch (error) {
    return ['error', whyNot(error)]
  }
}

/** Why something was refused, in the words of OTP. */
export function whyNot(error: unknown): unknown {
  if (error instanceof ChildError) return error.pid === undefined ? error.code : [error.code, inErlang(error.pid)]
  if (error instanceof StartFailed) return whyNot(error.reason)
  if (error instanceof InvalidOption) return wrongField(error)
  return inErlang(error)
}

/** OTP's word for each field of a supervisor and of a child. The last part of the name of a field is the option. */
const WORDS: Readonly<Record<string, string>> = {
  strategy: 'invalid_strategy',
  intensity: 'invalid_intensity',
  periodMs: 'invalid_period',
  autoShutdown: 'invalid_auto_shutdown',
  'what init returned': 'invalid_type',
  behaviour: 'invalid_mfa',
  restart: 'invalid_restart_type',
  shutdown: 'invalid_shutdown',
  type: 'invalid_child_type',
  significant: 'invalid_significant',
  children: 'invalid_child_spec',
}

function wrongField({ field, value, message }: InvalidOption): unknown {
  const option = field.split('.').at(-1) as string
  if (option === 'id') return value === undefined ? 'missing_id' : ['duplicate_child_name', value]
  if (option === 'behaviour' && value === undefined) return 'missing_start'
  if (option === 'significant' && value === true) {
    const other = message.includes("autoShutdown is 'never'")
      ? ['auto_shutdown', 'never']
      : message.includes('permanent') && ['restart', 'permanent']
    return ['bad_combination', [other, ['significant', true]]]
  }
  return [WORDS[option] ?? field, value]
}

/** A child whose init answers so. */
export function answering(
  { place }: ConformanceStage,
  answer: { readonly refuse: unknown } | { readonly stop: unknown },
): ChildSpec {
  return child(Answering, [answer], { id: 'a', adapt: false, isolation: place(0) })
}

let opened = 0

/** Starts a supervisor whose init answers so, and tells what its starter hears, and with which reason it ends. */
export async function openedWith(stage: ConformanceStage, answer: 'ignore' | 'nonsense' | 'crash'): Promise<unknown> {
  const { self, top } = stage
  const [name, file] = [`opened-${++opened}`, join(tmpdir(), `bulkhead-opened-${process.pid}-${opened}`)]
  try {
    const starting = self.tryStart(Opened, [file, answer], { name, isolation: top, link: true })
    const pid = await self.available(name)
    const reason = await down(stage, pid, async () => writeFileSync(file, ''))
    const outcome = await starting
    if (outcome.kind === 'ignored') return ['ignore', reason]
    if (outcome.kind === 'started') return 'started'
    const why = outcome.reason
    return [
      'error',
      why instanceof InvalidOption && why.field === 'what init returned' ? ['bad_return', why.value] : whyNot(why),
    ]
  } finally {
    rmSync(file, { force: true })
  }
}

/** The same for each of several variants, each with a scribe of its own. */
export async function inTurn<V, R>(
  stage: ConformanceStage,
  variants: readonly V[],
  run: (variant: V, stage: ConformanceStage) => Promise<R>,
): Promise<R[]> {
  const seen: R[] = []
  for (const variant of variants) seen.push(await run(variant, await withScribe(stage)))
  return seen
}

async function withScribe(stage: ConformanceStage): Promise<ConformanceStage> {
  const { pid } = await stage.self.startLink(Scribe, [], { isolation: 'inline' })
  const scribe = stage.self.ref(Scribe, pid!).within(patienceMs) as ConformanceStage['scribe']
  return {
    ...stage,
    scribe,
    worker: (id, options, plan = {}) => {
      const spec = stage.worker(id, options, plan)
      return { ...spec, args: [id, scribe.pid, plan] }
    },
  }
}

/** A worker that traps exits, and so tells with which reason it terminates. */
export const trapping = ({ worker }: ConformanceStage, id: string, options: Partial<ChildSpec> = {}): ChildSpec =>
  worker(id, options, { traps: true })

/** Monitors an actor, does something to it, and tells the reason with which it ends. */
export async function down({ self, watch }: ConformanceStage, pid: Pid, act: () => Promise<void>): Promise<unknown> {
  const ref = await watch(pid)
  await act()
  const isEnd = (message: unknown): message is Down => message instanceof Down && message.ref === ref
  return self.receive((on) =>
    on.with(P.when(isEnd), ({ reason }) => inErlang(reason)).after(patienceMs, () => 'it lives on'),
  )
}
