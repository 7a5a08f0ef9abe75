import { describe } from 'vitest'
import { laws } from './laws.ts'

describe('crew', () => {
  laws('crew')
})
