import { inlineCall } from './inline-call.ts'
import { idleActors, idleSystem } from './own-process.ts'
import { againstLibraries } from './libraries.ts'
import { oneWay } from './one-way.ts'
import { payloads } from './payloads.ts'
import { requestReply } from './request-reply.ts'
import type { Bench } from './row.ts'
import { timeToDown } from './time-to-down.ts'

/** All groups of rows, in the order in which they are measured and printed. */
export const benches: readonly Bench[] = [
  requestReply,
  oneWay,
  payloads,
  againstLibraries,
  inlineCall,
  idleActors,
  idleSystem,
  timeToDown,
]
