import { conformance } from './conformance.ts'

conformance('inline')
