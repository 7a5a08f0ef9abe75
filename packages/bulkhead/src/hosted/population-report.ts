import { serialOf } from '@bulkhead/core'
import type { NodeSnapshot } from '@bulkhead/core'
import type { Population } from '../control.ts'
import type { Vitals } from './vitals.ts'

/** Tells the warden whether a node has no actor, one (and which), or several: once for each burst of changes. */
export class PopulationReport {
  readonly #vitals: Vitals
  readonly #snapshot: () => NodeSnapshot
  readonly #send: (population: Population) => void
  #last = 'none'
  #isDue = false

  constructor(vitals: Vitals, snapshot: () => NodeSnapshot, send: (population: Population) => void) {
    this.#vitals = vitals
    this.#snapshot = snapshot
    this.#send = send
  }

  changed(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(this.#look)
  }

  readonly #look = (): void => {
    this.#isDue = false
    const { alive, sole } = this.#vitals
    const key = alive === 0 ? 'none' : alive > 1 ? 'several' : `one ${sole}`
    if (key === this.#last) return
    this.#last = key
    this.#send(
      sole === undefined
        ? { alive: alive === 0 ? 'none' : 'several' }
        : { alive: 'one', sole: { serial: sole, path: this.#pathOf(sole) } },
    )
  }

  #pathOf(serial: number): string {
    return this.#snapshot().actors.find(({ pid }) => serialOf(pid) === serial)?.path ?? ''
  }
}
