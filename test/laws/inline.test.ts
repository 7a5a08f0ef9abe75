import { describe } from 'vitest'
import { laws } from './laws.ts'

describe('inline', () => {
  laws('inline')
})
