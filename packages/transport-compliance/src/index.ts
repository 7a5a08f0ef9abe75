/**
 * The laws of a transport as one suite. A transport's own test calls `transportCompliance` with its test runner, and its far side, in
 * another thread or OS process, calls `runProgram` for each connection.
 */
export { checkLaw, lawsFor, transportCompliance } from './compliance.ts'
export { runProgram } from './programs.ts'
export { Mailroom } from './mailroom.ts'
export type { ComplianceOptions, Runner } from './compliance.ts'
export type { Law } from './law.ts'
export type { FarSide } from './programs.ts'
export type { Opened, Subject } from './setting.ts'
