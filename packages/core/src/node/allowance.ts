/** What a sender may send: so much per second, and at most that much at once. */
export interface Rate {
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
}

/** So much may be sent beyond what was granted before. */
export interface Grant {
  readonly frames: number
  readonly bytes: number
}

/** Milliseconds for which a grant is gathered, so that it is worth a message. */
const gatherMs = 20

/**
 * The side that grants: what the other side sends beyond what it was granted breaks the limit, whatever either clock says. Pure; times are milliseconds of one clock.
 */
export class Allowance {
  readonly #rate: Rate
  /** What was granted and not used yet. */
  #frames: number
  #bytes: number
  #grantedAt: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#frames = rate.framesPerSecond
    this.#bytes = rate.bytesPerSecond
    this.#grantedAt = now
  }

  /** What may be sent at first. */
  get first(): Grant {
    return { frames: this.#rate.framesPerSecond, bytes: this.#rate.bytesPerSecond }
  }

  /** A frame has come. Returns the limit that it breaks, if it breaks one. */
  take(bytes: number): 'frames' | 'bytes' | undefined {
    this.#frames--
    this.#bytes -= bytes
    return this.#frames < 0 ? 'frames' : this.#bytes < 0 ? 'bytes' : undefined
  }

  /** Milliseconds until there is something to grant; undefined when nothing was used. */
  dueMs(now: number): number | undefined {
    const { framesPerSecond, bytesPerSecond } = this.#rate
    if (this.#frames === framesPerSecond && this.#bytes === bytesPerSecond) return undefined
    return Math.max(0, this.#grantedAt + gatherMs - now)
  }

  /** Grants as much as time has brought, up to what may be open at once. */
  grant(now: number): Grant {
    const { framesPerSecond, bytesPerSecond } = this.#rate
    const seconds = (now - this.#grantedAt) / 1_000
    this.#grantedAt = now
    const frames = Math.min(framesPerSecond - this.#frames, Math.ceil(framesPerSecond * seconds))
    const bytes = Math.min(bytesPerSecond - this.#bytes, Math.ceil(bytesPerSecond * seconds))
    this.#frames += frames
    this.#bytes += bytes
    return { frames, bytes }
  }
}
