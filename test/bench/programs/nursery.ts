import { defineServer } from 'bulkhead'
import { Echo } from './echo.ts'

/** Starts many actors in its own event loop. */
export const Nursery = defineServer(import.meta, 'Nursery', {
  init: () => null,
  calls: {
    /** Says how many of them run: the last one has to answer. */
    raise: async (self, n: number) => {
      let started = 0
      let last = await self.start(Echo, [], { isolation: 'inline' })
      for (started = 1; started < n; started++) last = await self.start(Echo, [], { isolation: 'inline' })
      const { id } = (await last.call.echo({ id: started, text: '' })) as { readonly id: number }
      return id
    },
  },
})
