import type { Pid, Server } from 'bulkhead'
import type { Order } from './sink.ts'

export interface PlainProtocol {
  calls: {
    echo: <Value>(value: Value) => Value
    handled: () => { readonly echoes: number; readonly orders: number }
  }
  casts: { take: (order: Order) => void }
}

export type Crash = 'error' | 'exit' | 'signal'

export declare const Plain: Server<[], PlainProtocol>
export declare const Crasher: Server<
  [observer: Pid],
  { calls: { echo: (value: number) => number }; casts: { crash: (how: Crash) => void } }
>
