import type { ItemTest } from '../../item.ts'
import { aliases } from './aliases.ts'
import { exitSignals } from './exit-signals.ts'
import { info } from './info.ts'
import { monitors } from './monitors.ts'
import { names } from './names.ts'
import { starting } from './starts.ts'
import { timers } from './timers.ts'

export const processes2: readonly ItemTest[] = [
  ...exitSignals,
  ...monitors,
  ...aliases,
  ...timers,
  ...names,
  ...info,
  ...starting,
]
