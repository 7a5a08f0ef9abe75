import type { ItemTest } from '../../item.ts'

export const processes2: readonly ItemTest[] = []
