import type { Pid, Server } from 'bulkhead'

export declare const Started: Server<[], { calls: { echo: (value: number) => number } }>
export declare const Leaver: Server<
  [observer: Pid],
  { calls: { echo: (value: number) => number }; casts: { leave: (how: 'exit' | 'signal') => void } }
>
