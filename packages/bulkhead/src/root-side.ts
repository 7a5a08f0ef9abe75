/**
 * What the root, its warden and crews run, and no node: it is loaded where it runs only. One module for all of it, so that what nodes share with it is
 * built as one file.
 */
export { bootCrew } from './crew/crew-boot.ts'
export { RunningSystem } from './running-system.ts'
export { bootWarden } from './warden/warden-boot.ts'
