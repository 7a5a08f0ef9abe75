import { describe } from 'vitest'
import { laws } from './laws.ts'

describe('process', () => {
  laws('process')
})
