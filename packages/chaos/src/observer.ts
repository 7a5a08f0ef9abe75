import { defineServer, Down, later, match, P, reply, stop } from 'bulkhead'
import type { ActorRef, ActorSelf, Behaviour, From, MonitorRef, Pid } from 'bulkhead'
import { evidenceOf } from './evidence.ts'
import type { InjectionEvidence } from './evidence.ts'

/** The id of the observer below the top supervisor. */
export const OBSERVER = 'chaos'

/** An end, and when it was heard of, in milliseconds of `performance.now()`. */
export interface Seen {
  readonly atMs: number
  readonly evidence: InjectionEvidence
}

interface Watched {
  seen: Seen | undefined
  waiting: From<Seen> | undefined
}

/** The actor on whose behalf a run watches and kills: on the root, for as long as the run lasts. */
export const Observer = defineServer(import.meta, 'ChaosObserver', {
  isolation: 'inline',
  init: () => new Map<MonitorRef, Watched>(),
  calls: {
    /** Replies once the actor's node knows of the monitor: a fault comes by another way, and must not overtake it. */
    watch: (self, pid: Pid) =>
      later<{ readonly ref: MonitorRef; readonly isThere: boolean }>((from) => {
        const ref = self.monitor(pid)
        self.state.set(ref, { seen: undefined, waiting: undefined })
        void self.isAlive(pid).then((isThere) => reply(from, { ref, isThere }))
      }),
    /** Replies when the actor of that monitor has ended. */
    end: (self, ref: MonitorRef) =>
      later<Seen>((from) => {
        const watched = self.state.get(ref)
        if (watched?.seen === undefined) return void (watched && (watched.waiting = from))
        reply(from, watched.seen)
      }),
    /** Asked in pair order, so over the connection between the root and that node. */
    isAlive: (self, pid: Pid) => later<boolean>((from) => void answerAlive(self, pid, from)),
    leave: () => stop('normal', { reply: undefined }),
  },
  casts: {
    kill: (self, pid: Pid) => void self.exit(pid, 'kill'),
    forget: (self, ref: MonitorRef) => {
      self.demonitor(ref, { flush: true })
      self.state.delete(ref)
    },
  },
  info: (self, message) =>
    match(message)
      .with(P.instanceOf(Down), ({ ref, reason, node }) => {
        const watched = self.state.get(ref)
        if (watched === undefined) return
        watched.seen = { atMs: performance.now(), evidence: evidenceOf(reason, node) }
        if (watched.waiting !== undefined) reply(watched.waiting, watched.seen)
      })
      .otherwise(() => {}),
})

type RefOf<B> = B extends Behaviour<infer _A, infer P> ? ActorRef<P> : never
export type ObserverRef = RefOf<typeof Observer>

async function answerAlive(self: ActorSelf, pid: Pid, from: From<boolean>): Promise<void> {
  reply(from, await self.isAlive(pid))
}
