/** How often the clocks are compared: a thread is hardly ever held up so often in a row. */
const samples = 5

/**
 * What to add to the second clock to get the first. Each comparison reads the one and then the other, so a thread that is held up in between gets
 * too little: the largest is right.
 */
export function offsetBetween(first: () => number, second: () => number): number {
  let offset = -Infinity
  for (let i = 0; i < samples; i++) offset = Math.max(offset, first() - second())
  return offset
}

function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/** What makes a time by this thread's own clock one by that of all. */
export const sharedOffsetMs: number = offsetBetween(monotonicMs, () => performance.now())

/** Monotonic milliseconds that all threads of one OS process agree on. */
export function sharedNow(): number {
  return performance.now() + sharedOffsetMs
}
