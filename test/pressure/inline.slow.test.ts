import { test } from 'vitest'
import { pressure, pressureTimeoutMs } from './pressure.ts'

test(
  'a producer ten times faster than its consumer in its own node: memory stays under a cap, and all that was sent was handled, dropped, refused or waits',
  { timeout: pressureTimeoutMs },
  () => pressure('inline'),
)
