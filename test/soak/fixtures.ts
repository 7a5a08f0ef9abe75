import { defineServer } from 'bulkhead'

/** Dies in every way that a cycle asks for. */
export const Victim = defineServer(import.meta, 'Victim', {
  init: () => ({ handled: 0 }),
  calls: {
    where: (self) => ({ pid: self.pid, osProcess: process.pid }),
    throw: (): void => {
      throw new Error('asked to crash')
    },
    leave: (): void => process.exit(3),
  },
})
