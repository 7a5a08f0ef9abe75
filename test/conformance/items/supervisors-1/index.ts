import type { ItemTest } from '../../item.ts'
import { ignored } from './ignored.ts'
import { intensity } from './intensity.ts'
import { restarts } from './restarts.ts'
import { retries } from './retries.ts'
import { starts } from './starts.ts'

const all = [...starts, ...ignored, ...restarts, ...intensity, ...retries]

export const supervisors1: readonly ItemTest[] = all.toSorted((one, other) => one.id.localeCompare(other.id))
