import { describe } from 'vitest'
import { laws } from './laws.ts'

describe('thread', () => {
  laws('thread')
})
