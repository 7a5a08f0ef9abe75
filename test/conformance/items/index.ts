import { processes1 } from './processes-1/index.ts'
import { processes2 } from './processes-2/index.ts'
import { servers1 } from './servers-1/index.ts'
import { servers2 } from './servers-2/index.ts'
import { supervisors1 } from './supervisors-1/index.ts'
import { supervisors2 } from './supervisors-2/index.ts'
import type { ItemTest } from '../item.ts'

/** All items, in the order of the list. */
export const items: readonly ItemTest[] = [
  ...processes1,
  ...processes2,
  ...servers1,
  ...servers2,
  ...supervisors1,
  ...supervisors2,
]
