import { defineServer } from 'bulkhead'

/** An object of five fields, as erlang/anchor.erl makes them. */
export interface Order {
  readonly id: number
  readonly name: string
  readonly kind: string
  readonly price: number
  readonly qty: number
}

/** Handles what it is told, and says what that was. */
export const Sink = defineServer(import.meta, 'Sink', {
  init: () => ({ handled: 0, sum: 0 }),
  casts: {
    take: ({ state }, { id }: { readonly id: number }) => {
      state.handled++
      state.sum += id
    },
  },
  calls: {
    handled: (self) => self.state.handled,
    /** Since it was asked before. */
    taken: (self) => {
      const { state } = self
      self.state = { handled: 0, sum: 0 }
      return state
    },
  },
})
