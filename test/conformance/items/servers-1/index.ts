import type { ItemTest } from '../../item.ts'

export const servers1: readonly ItemTest[] = []
