import { defineServer } from 'bulkhead'

/** An object of five fields, as erlang/anchor.erl makes them. */
export interface Order {
  readonly id: number
  readonly name: string
  readonly kind: string
  readonly price: number
  readonly qty: number
}

/** Takes orders and counts them. */
export const Sink = defineServer(import.meta, 'Sink', {
  init: () => ({ handled: 0, sum: 0 }),
  casts: {
    take: ({ state }, order: Order) => {
      state.handled++
      state.sum += order.id
    },
  },
  calls: { handled: (self) => self.state.handled },
})
