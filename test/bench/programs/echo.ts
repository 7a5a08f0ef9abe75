import { defineServer } from 'bulkhead'

/** The actor's side of a request-reply: the same small object back. */
export const Echo = defineServer(import.meta, 'Echo', {
  init: () => null,
  calls: { echo: (_self, message: { readonly id: number; readonly text: string }) => message },
})
