import { defineServer } from 'bulkhead'

/** The actor's side of a request-reply: what it is asked comes back. */
export const Echo = defineServer(import.meta, 'Echo', {
  init: () => null,
  calls: {
    echo: (_self, message: unknown) => message,
    /** Writes into memory that is shared: no copy of it is looked at. */
    touch: (_self, numbers: Int32Array<SharedArrayBuffer>) => {
      numbers[0]! += 1
      return numbers
    },
  },
})
