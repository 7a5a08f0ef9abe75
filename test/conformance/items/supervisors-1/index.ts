import type { ItemTest } from '../../item.ts'
import { restarts } from './restarts.ts'
import { starts } from './starts.ts'

export const supervisors1: readonly ItemTest[] = [...starts, ...restarts]
