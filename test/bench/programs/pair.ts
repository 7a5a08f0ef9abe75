import { defineServer } from 'bulkhead'

/** Does a little work for each request, about a microsecond of it. */
export const Answerer = defineServer(import.meta, 'Answerer', {
  init: () => 0,
  calls: {
    work: (self, seed: number) => {
      self.state++
      let value = seed
      for (let i = 0; i < 1_000; i++) value = (value * 1_309 + 13_849) & 65_535
      return value
    },
    handled: (self) => self.state,
  },
})

/** Asks an answerer of its own that lives beside it. */
export const Asker = defineServer(import.meta, 'Asker', {
  init: (self) => self.startLink(Answerer, [], { isolation: 'inline' }),
  calls: {
    /** One request after the other. Says how many the answerer has handled. */
    run: async ({ state: answerer }, n: number) => {
      const before = await answerer.call.handled()
      for (let i = 0; i < n; i++) await answerer.call.work(i)
      return (await answerer.call.handled()) - before
    },
  },
})
