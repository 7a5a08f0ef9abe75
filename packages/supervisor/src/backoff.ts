import { checkFields, InvalidOption } from '@bulkhead/core'

/** How long to wait before restarts: `minMs` first, `factor` times longer at each one, never above `maxMs`. */
export interface BackoffOptions {
  /** Milliseconds before the first restart. */
  readonly minMs: number
  /** The longest wait, in milliseconds. */
  readonly maxMs: number
  /** How much longer each wait is than the one before. Default 2. */
  readonly factor?: number
  /** The part of a wait that is left to chance, 0 to 1, so that children that ended together do not start together. Default 0.2. */
  readonly jitter?: number
  /** A child that ran this many milliseconds begins at `minMs` again. Default `maxMs`. */
  readonly resetAfterMs?: number
}

const DEFAULTS = { factor: 2, jitter: 0.2 }

/** The waits of one child. Time and chance come from outside. */
export class Backoff {
  readonly #options: Required<BackoffOptions>
  readonly #now: () => number
  readonly #random: () => number
  #waits = 0
  #startedAt = 0

  constructor(options: BackoffOptions, now: () => number, random: () => number) {
    this.#options = { ...DEFAULTS, resetAfterMs: options.maxMs, ...options }
    this.#now = now
    this.#random = random
  }

  /** The child runs from now on. */
  started(): void {
    this.#startedAt = this.#now()
  }

  /** The child ended: milliseconds to wait before it is started again. */
  afterEnd(): number {
    if (this.#now() - this.#startedAt >= this.#options.resetAfterMs) this.#waits = 0
    return this.afterFailedStart()
  }

  /** The child did not start: milliseconds to wait before the next try. */
  afterFailedStart(): number {
    const { minMs, maxMs, factor, jitter } = this.#options
    const fullMs = Math.min(maxMs, minMs * factor ** this.#waits)
    this.#waits++
    return fullMs * (1 - jitter * this.#random())
  }
}

/** Throws `InvalidOption` for the first field that is wrong. */
export function checkBackoff(field: string, value: unknown): BackoffOptions {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidOption(field, value, 'give the waits, such as { minMs: 100, maxMs: 10_000 }')
  }
  checkFields(value, ['minMs', 'maxMs', 'factor', 'jitter', 'resetAfterMs'], 'option', field)
  const options = value as Partial<BackoffOptions>
  const minMs = checkNumber(`${field}.minMs`, options.minMs, 1, Number.MAX_SAFE_INTEGER)
  const maxMs = checkNumber(`${field}.maxMs`, options.maxMs, minMs, Number.MAX_SAFE_INTEGER)
  if (options.factor !== undefined) checkNumber(`${field}.factor`, options.factor, 1, Number.MAX_SAFE_INTEGER)
  if (options.jitter !== undefined) checkNumber(`${field}.jitter`, options.jitter, 0, 1)
  if (options.resetAfterMs !== undefined) checkNumber(`${field}.resetAfterMs`, options.resetAfterMs, 0, Infinity)
  return { ...options, minMs, maxMs }
}

function checkNumber(field: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  const expected =
    most < Number.MAX_SAFE_INTEGER ? `give a number from ${least} to ${most}` : `give a number, ${least} or more`
  throw new InvalidOption(field, value, expected)
}
