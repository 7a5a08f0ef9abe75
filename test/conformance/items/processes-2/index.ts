import type { ItemTest } from '../../item.ts'
import { aliases } from './aliases.ts'
import { exitSignals } from './exit-signals.ts'
import { monitors } from './monitors.ts'
import { timers } from './timers.ts'

export const processes2: readonly ItemTest[] = [...exitSignals, ...monitors, ...aliases, ...timers]
