const [seconds, nanoseconds] = process.hrtime()
const offsetMs = seconds * 1e3 + nanoseconds / 1e6 - performance.now()

/** Monotonic milliseconds that all threads of one OS process agree on. */
export function sharedNow(): number {
  return performance.now() + offsetMs
}
