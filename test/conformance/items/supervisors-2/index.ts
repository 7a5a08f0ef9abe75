import type { ItemTest } from '../../item.ts'
import { shutdown } from './shutdown.ts'

export const supervisors2: readonly ItemTest[] = [...shutdown]
