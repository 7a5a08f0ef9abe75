import type { ItemTest } from '../../item.ts'
import { calls } from './calls.ts'
import { casts } from './casts.ts'
import { replies } from './replies.ts'
import { requests } from './requests.ts'
import { starts } from './starts.ts'

export const servers1: readonly ItemTest[] = [...starts, ...calls, ...replies, ...casts, ...requests]
