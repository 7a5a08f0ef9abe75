import type { ItemTest } from '../../item.ts'
import { restarts } from './restarts.ts'

export const supervisors1: readonly ItemTest[] = [...restarts]
