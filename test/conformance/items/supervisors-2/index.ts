import type { ItemTest } from '../../item.ts'
import { administration } from './administration.ts'
import { significantEnds } from './auto-shutdown.ts'
import { dynamic } from './dynamic.ts'
import { partitions } from './partitions.ts'
import { reports } from './reports.ts'
import { shutdown } from './shutdown.ts'
import { simple } from './simple.ts'

export const supervisors2: readonly ItemTest[] = [
  ...shutdown,
  ...administration,
  ...significantEnds,
  ...simple,
  ...dynamic,
  ...partitions,
  ...reports,
]
