import type { ItemTest } from '../../item.ts'
import { creation } from './creation.ts'
import { exitSignals } from './exit-signals.ts'
import { linking } from './links.ts'
import { receiving } from './receiving.ts'
import { sending } from './sending.ts'

/** PROC-001 to PROC-040. */
export const processes1: readonly ItemTest[] = [...creation, ...sending, ...receiving, ...linking, ...exitSignals]
