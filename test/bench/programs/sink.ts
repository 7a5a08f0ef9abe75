import { defineServer } from 'bulkhead'

/** Handles what it is told, and says what that was. */
export const Sink = defineServer(import.meta, 'Sink', {
  init: () => ({ handled: 0, sum: 0 }),
  casts: {
    take: (self, { id }: { readonly id: number }) => {
      self.state.handled++
      self.state.sum += id
    },
  },
  calls: {
    /** Since it was asked before. */
    taken: (self) => {
      const { state } = self
      self.state = { handled: 0, sum: 0 }
      return state
    },
  },
})
