import { describe, test } from 'vitest'
import { transportCompliance } from '@bulkhead/transport-compliance'
import { memorySubject } from './memory-subject.ts'

const common = {
  runner: { describe, test },
  // No `carrierWrites`: each frame is delivered by itself, so that a schedule can pick its moment.
  deaths: ['vanish'],
}

transportCompliance({ name: 'memory', ...common, ...memorySubject(), shares: true })
transportCompliance({ name: 'memory, sharing nothing', ...common, ...memorySubject({ shares: false }), shares: false })
