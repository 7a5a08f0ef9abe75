/** Park and Miller's generator: the same numbers in Erlang (`savina_random`), by Schrage's method exact in 32 bits. Numbers from 1 to 2,147,483,646. */
export class Random {
  #seed: number

  /** A seed from 1 to 2,147,483,646. */
  constructor(seed: number) {
    this.#seed = seed
  }

  next(): number {
    const seed = this.#seed
    const high = (seed / 127_773) | 0
    const next = 16_807 * (seed - high * 127_773) - 2_836 * high
    return (this.#seed = next > 0 ? next : next + 2_147_483_647)
  }

  /** From 0 to `n - 1`. */
  below(n: number): number {
    return this.next() % n
  }

  /** The `n`th number from here (`n` is 1 or more): what the programs do to be busy for a while. */
  skip(n: number): number {
    for (let i = 1; i < n; i++) this.next()
    return this.next()
  }
}
