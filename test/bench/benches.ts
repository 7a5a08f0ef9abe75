import { inline } from './inline.ts'
import { inlineCall } from './inline-call.ts'
import { idleSystem } from './own-process.ts'
import { requestReply } from './request-reply.ts'
import type { Bench } from './row.ts'
import { spawn } from './spawn.ts'
import { timeToDown } from './time-to-down.ts'

/** All groups of rows, in the order in which they are measured and printed. */
export const benches: readonly Bench[] = [requestReply, inlineCall, inline, spawn, idleSystem, timeToDown]
