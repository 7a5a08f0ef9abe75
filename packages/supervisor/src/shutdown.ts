import { type ActorSelf, Down, Exit, type ExitReason, type MonitorRef, P, type Pid } from '@bulkhead/core'

/**
 * How long a child may take to stop. Milliseconds: it is sent `shutdown` and, when they have passed, killed. `infinity`: it is sent
 * `shutdown` and waited for. `brutal_kill`: it is killed at once.
 */
export type Shutdown = number | 'infinity' | 'brutal_kill'

/** A linked child to stop, and how. */
export interface Leaver {
  readonly pid: Pid
  readonly shutdown: Shutdown
}

/**
 * Tells a linked child to stop, waits, and kills it when its time has passed; gives the reason it ended with.
 * Afterwards the link is gone and no EXIT of the child is left in the mailbox. A monitor tells of the end, since a child that unlinked
 * itself sends no EXIT. OTP: `supervisor:shutdown/1`.
 */
export async function shutDown(self: ActorSelf, { pid, shutdown }: Leaver): Promise<ExitReason> {
  const ref = self.monitor(pid)
  self.exit(pid, firstSignal(shutdown))
  let down = await downWithin(self, ref, patienceMs(shutdown))
  if (!down) {
    self.exit(pid, 'kill')
    down = await downWithin(self, ref, Infinity)
  }
  self.unlink(pid)
  const exit = await takeExit(self, (from) => from === pid)
  return exit ? exit.reason : down?.reason
}

/** What a child is sent first. */
export function firstSignal(shutdown: Shutdown): 'kill' | 'shutdown' {
  return shutdown === 'brutal_kill' ? 'kill' : 'shutdown'
}

/** Milliseconds until a kill is due. One that is killed at once needs no second one. */
export function patienceMs(shutdown: Shutdown): number {
  return typeof shutdown === 'number' ? shutdown : Infinity
}

/** Takes an EXIT that is in the mailbox already. After an unlink it is there or never comes. */
export async function takeExit(self: ActorSelf, isFrom: (pid: Pid) => boolean): Promise<Exit | undefined> {
  const isExit = (message: unknown): message is Exit => message instanceof Exit && isFrom(message.from)
  return self.receive((on) => on.with(P.when(isExit), (exit) => exit).after(0, () => undefined))
}

async function downWithin(self: ActorSelf, ref: MonitorRef, ms: number): Promise<Down | undefined> {
  const isEnd = (message: unknown): message is Down => message instanceof Down && message.ref === ref
  return self.receive((on) => on.with(P.when(isEnd), (down) => down).after(ms, () => undefined), { since: ref })
}
