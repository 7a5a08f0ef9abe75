/** What a root is told by its guardian, in the environment variable `BULKHEAD_GUARDIAN`, as JSON. */
export interface GuardianOrders {
  /** The OS process that has to stay alive. */
  readonly guardian: number
  /** Milliseconds that the event loop may stand still; null for no limit. */
  readonly stuckMs: number | null
}

/** Descriptor of a root on which its guardian listens. */
export const newsDescriptor = 3

/** What a root's watch says when the event loop has stood still for so many milliseconds. */
export const stuckNews = (forMs: number): string => `stuck ${Math.round(forMs)}\n`

/** Milliseconds for which the event loop has stood still, if the line says so: the program can write to the descriptor, too. */
export function stuckForMs(line: string): number | undefined {
  const [, ms] = /^stuck (\d{1,12})$/.exec(line) ?? []
  return ms === undefined ? undefined : Number(ms)
}
