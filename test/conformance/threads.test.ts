import { conformance } from './conformance.ts'

conformance('threads')
