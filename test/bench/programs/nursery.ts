import { defineServer } from 'bulkhead'
import { Echo } from './echo.ts'

/** Starts many actors in its own event loop. */
export const Nursery = defineServer(import.meta, 'Nursery', {
  init: () => null,
  calls: {
    raise: async (self, n: number) => {
      for (let i = 0; i < n; i++) await self.start(Echo, [], { isolation: 'inline' })
      return n
    },
  },
})
