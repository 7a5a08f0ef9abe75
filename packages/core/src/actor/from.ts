import type { Cell } from './cell.ts'
import type { Pid } from './pid.ts'

/** The right to answer one call; may be sent to another actor, which then answers (OTP: `From`). */
export class From<R = unknown> {
  readonly caller: Pid
  readonly ref: number
  /** Phantom: what may be replied. */
  declare readonly reply?: (value: R) => void
  readonly #owner: Cell | undefined
  constructor(caller: Pid, ref: number, owner: Cell | undefined) {
    this.caller = caller
    this.ref = ref
    this.#owner = owner
  }
  /** The actor that holds it here. */
  static ownerOf(from: From): Cell | undefined {
    return typeof from === 'object' && from !== null && #owner in from ? from.#owner : undefined
  }
}
