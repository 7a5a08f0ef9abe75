import type { ItemTest } from '../../item.ts'
import { starts } from './starts.ts'

export const servers1: readonly ItemTest[] = [...starts]
