import type { ItemTest } from '../../item.ts'
import { callbacks } from './callbacks.ts'
import { ends } from './ends.ts'
import { requests } from './requests.ts'
import { systemRequests } from './system-requests.ts'

export const servers2: readonly ItemTest[] = [...requests, ...callbacks, ...ends, ...systemRequests]
