import type { Pid, Server } from 'bulkhead'

export type Crash = 'error' | 'exit' | 'signal'

export declare const Started: Server<[], { calls: { echo: (value: number) => number } }>
export declare const Crasher: Server<
  [observer: Pid],
  { calls: { echo: (value: number) => number }; casts: { crash: (how: Crash) => void } }
>
