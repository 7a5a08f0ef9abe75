import type { ItemTest } from '../../item.ts'
import { exitSignals } from './exit-signals.ts'
import { monitors } from './monitors.ts'

export const processes2: readonly ItemTest[] = [...exitSignals, ...monitors]
