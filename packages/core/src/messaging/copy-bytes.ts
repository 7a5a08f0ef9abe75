/** The body of a frame that has none. */
export const noBytes: Uint8Array = new Uint8Array(0)

/** Up to this many bytes a loop is faster than `set`, which needs a view of them. */
const fewBytes = 96

/** Copies the bytes of `from` between `start` and `end` to where `to` has its byte `at`. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > fewBytes) to.set(start === 0 && end === from.length ? from : from.subarray(start, end), at)
  else for (let i = start; i < end; i++) to[at + i - start] = from[i] as number
}
