import { conformance } from './conformance.ts'

conformance('spread')
