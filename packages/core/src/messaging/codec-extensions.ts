/** How values of one class travel: `write` gives plain data, `read` makes the value again from it. */
export interface Extension<T = unknown, D = unknown> {
  readonly class: abstract new (...args: never[]) => T
  /** Plain data that stands for the value; it is encoded by the codec in turn. */
  write(value: T, context: unknown): D
  /** The value again. What it throws becomes `Undecodable`. The data comes from the wire: check it. */
  read(data: unknown, context: unknown): T
}

/** A class of the user's that keeps its class when it travels. */
export interface RegisteredType<T = unknown, D = unknown> {
  readonly class: abstract new (...args: never[]) => T
  /** Names the class on the wire; the same in every node. */
  readonly name: string
  encode(value: T): D
  decode(data: unknown): T
}
