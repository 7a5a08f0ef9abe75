import type { ItemTest } from '../../item.ts'
import { administration } from './administration.ts'
import { autoShutdown } from './auto-shutdown.ts'
import { shutdown } from './shutdown.ts'
import { simple } from './simple.ts'

export const supervisors2: readonly ItemTest[] = [...shutdown, ...administration, ...autoShutdown, ...simple]
