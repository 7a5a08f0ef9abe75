import type { ItemTest } from '../../item.ts'

export const servers2: readonly ItemTest[] = []
