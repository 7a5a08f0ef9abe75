import type { TracingScope } from './actor-scope.ts'

/** One node's claim on the errors that nobody caught in this thread. */
export interface Claim {
  readonly scope: TracingScope
  /** The error was thrown on behalf of the actor with this serial. */
  readonly attributed: (serial: number, error: unknown) => void
  /** The error belongs to no actor; called before it is raised again. */
  readonly orphaned?: (error: unknown) => void
}

const claims = new Set<Claim>()
const settled = new WeakSet()
let capturing = false
let raising = 0

/**
 * Catches what nobody caught in this thread, gives actors their errors, and raises the others again as Node.js would have done: in a task of
 * their own, with these listeners out of the way, so other listeners and test runners see them once, as ever. Returns how to stop that.
 */
export function claimUncaughtErrors(claim: Claim): () => void {
  claims.add(claim)
  if (claims.size === 1 && raising === 0) attach()
  return () => {
    claims.delete(claim)
    if (claims.size === 0) detach()
  }
}

function onException(error: unknown): void {
  if (isSettled(error)) return
  raise(error, () => {
    throw error
  })
}

function onRejection(error: unknown): void {
  if (!isSettled(error)) raise(error, () => void Promise.reject(error))
}

function isSettled(error: unknown): boolean {
  const isObject = typeof error === 'object' && error !== null
  if (isObject && settled.has(error)) return true // --unhandled-rejections=strict raises one rejection twice
  for (const { scope, attributed } of claims) {
    const serial = scope.current()
    if (serial === undefined) continue
    if (isObject) settled.add(error)
    attributed(serial, error)
    return true
  }
  return false
}

function attach(): void {
  process.on('unhandledRejection', onRejection)
  if (process.hasUncaughtExceptionCaptureCallback()) {
    process.on('uncaughtException', onException)
    return
  }
  process.setUncaughtExceptionCaptureCallback(onException)
  capturing = true
}

function detach(): void {
  process.off('unhandledRejection', onRejection)
  process.off('uncaughtException', onException)
  if (capturing) process.setUncaughtExceptionCaptureCallback(null)
  capturing = false
}

function raise(error: unknown, again: () => void): void {
  for (const { orphaned } of claims) orphaned?.(error)
  raising++
  detach()
  setImmediate(() => setImmediate(goOn))
  setImmediate(again)
}

/** Somebody survived what was raised. */
function goOn(): void {
  raising--
  if (raising === 0 && claims.size > 0) attach()
}
