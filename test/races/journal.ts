/** A law that does not hold. */
export interface Failure {
  readonly law: string
  readonly text: string
}

/** What happened, as text when somebody wants to read it, and which law was broken first. */
export class Journal {
  /** Undefined: nobody reads it. */
  readonly lines: string[] | undefined
  readonly #counts: Map<string, number>
  failure: Failure | undefined

  constructor(counts: Map<string, number>, traced: boolean) {
    this.#counts = counts
    this.lines = traced ? [] : undefined
  }

  note(text: string | (() => string)): void {
    this.lines?.push(typeof text === 'string' ? text : text())
  }

  /** Coverage: this kind of thing happened once more. */
  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  broken(law: string, text: string): void {
    if (this.failure !== undefined) return
    this.failure = { law, text }
    this.note(() => `BROKEN ${law}: ${text}`)
  }

  /** Requires something; `text` is only made when it does not hold. */
  require(holds: boolean, law: string, text: () => string): void {
    if (!holds) this.broken(law, text())
  }
}
