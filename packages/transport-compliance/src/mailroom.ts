/** Holds values for whoever asks for the next one, and askers for the next value. */
export class Mailroom<T> {
  readonly #values: T[] = []
  readonly #askers: ((value: T) => void)[] = []

  put(value: T): void {
    const asker = this.#askers.shift()
    if (asker) asker(value)
    else this.#values.push(value)
  }

  next(): Promise<T> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift()!)
    return new Promise((resolve) => this.#askers.push(resolve))
  }
}
