import type { ItemTest } from '../../item.ts'

export const supervisors2: readonly ItemTest[] = []
