import { idle } from './idle.ts'
import { idleSystem } from './idle-system.ts'
import { inline } from './inline.ts'
import { againstLibraries } from './libraries.ts'
import { nodes } from './nodes.ts'
import { oneWay } from './one-way.ts'
import { pairs } from './pairs.ts'
import { payloads } from './payloads.ts'
import { peer } from './peer.ts'
import { requestReply } from './request-reply.ts'
import { restart } from './restart.ts'
import type { Bench } from './row.ts'
import { savina } from './savina/savina.ts'
import { spawn } from './spawn.ts'
import { timeToDown } from './time-to-down.ts'

/** All groups of rows, in the order in which they are measured and printed. */
export const benches: readonly Bench[] = [
  requestReply,
  oneWay,
  payloads,
  againstLibraries,
  inline,
  spawn,
  restart,
  idle,
  nodes,
  peer,
  pairs,
  idleSystem,
  savina,
  timeToDown,
]
