/** Park and Miller's generator: the same numbers in Erlang (`savina_random`), exact in a double. Numbers from 1 to 2,147,483,646. */
export class Random {
  #seed: number

  /** A seed from 1 to 2,147,483,646. */
  constructor(seed: number) {
    this.#seed = seed
  }

  next(): number {
    this.#seed = (this.#seed * 16_807) % 2_147_483_647
    return this.#seed
  }

  /** From 0 to `n - 1`. */
  below(n: number): number {
    return this.next() % n
  }
}
