import { conformance } from './conformance.ts'

conformance('processes')
