import { describe } from 'vitest'
import { laws } from './laws.ts'

describe('memory', () => {
  laws('memory')
})
