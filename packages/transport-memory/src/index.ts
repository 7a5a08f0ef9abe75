/**
 * Bulkhead nodes inside one event loop. Frames are really copied as bytes, and the caller decides when each one arrives:
 * the base of tests, of the race explorer and of the simulator. Uses nothing of Node.js.
 */
export { memoryLink } from './memory-link.ts'
export type { MemoryConnection } from './memory-connection.ts'
export type { MemoryEvent, MemoryLinkOptions, Schedule } from './memory-link.ts'
