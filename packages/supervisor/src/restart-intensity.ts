interface Charge {
  readonly at: number
  /** The children whose restarts it paid for: several when they ended with one failure domain. */
  readonly children: Set<string>
}

/** How many failure domains are remembered, so that an end that took thousands of children stays one charge and memory stays flat. */
const DOMAINS_MAX = 256

/**
 * How often a supervisor may restart: `intensity` times within any `periodMs` milliseconds. The window slides, and its edge counts.
 * One object per supervisor; time comes from outside. OTP: `supervisor:add_restart/1`, in milliseconds instead of seconds.
 */
export class RestartIntensity {
  readonly #intensity: number
  readonly #periodMs: number
  readonly #now: () => number
  #charges: Charge[] = []
  /** What was charged for each failure domain, and whether that was within the intensity. Oldest first. */
  readonly #domains = new Map<string, { readonly charge: Charge; readonly within: boolean }>()

  constructor(limit: { readonly intensity: number; readonly periodMs: number }, now: () => number) {
    this.#intensity = limit.intensity
    this.#periodMs = limit.periodMs
    this.#now = now
  }

  /**
   * Charges the restart of `child`; false when that exceeds the intensity. Children that ended with the same failure `domain` (a node, or
   * an OS process with all its threads) are one charge with one answer.
   */
  charge(child: string, domain?: string): boolean {
    const shared = domain === undefined ? undefined : this.#domains.get(domain)
    if (shared) {
      shared.charge.children.add(child)
      return shared.within
    }
    const charge: Charge = { at: this.#now(), children: new Set([child]) }
    this.#charges = [...this.#charges.filter(({ at }) => at >= charge.at - this.#periodMs), charge]
    const within = this.#charges.length <= this.#intensity
    if (domain !== undefined) this.#remember(domain, { charge, within })
    return within
  }

  /** Takes back what was charged for `child` alone: it is held, and its failures must not count against its siblings. */
  forgive(child: string): void {
    for (const { children } of this.#charges) children.delete(child)
    this.#charges = this.#charges.filter(({ children }) => children.size > 0)
  }

  /** Nobody pays for the end of this failure domain: who caused it is restarted behind a wall where it may not happen again. */
  excuse(domain: string): void {
    const paid = this.#domains.get(domain)?.charge
    this.#charges = this.#charges.filter((charge) => charge !== paid)
    this.#remember(domain, { charge: { at: this.#now(), children: new Set() }, within: true })
  }

  #remember(domain: string, known: { readonly charge: Charge; readonly within: boolean }): void {
    this.#domains.set(domain, known)
    if (this.#domains.size > DOMAINS_MAX) this.#domains.delete(this.#domains.keys().next().value!)
  }
}
