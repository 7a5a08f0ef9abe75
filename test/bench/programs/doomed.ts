import { writeFileSync } from 'node:fs'
import { defineServer } from 'bulkhead'
import { fatalFaults, prepareFaults } from '../../support/native-faults.ts'
import type { FatalFault } from '../../support/native-faults.ts'

/** Ends its OS process as it is told, inside a handler, and leaves the time in a file. */
export const Doomed = defineServer(import.meta, 'Doomed', {
  init: () => prepareFaults(),
  casts: {
    meet: (_self, fault: FatalFault, file: string) => {
      writeFileSync(file, String(process.hrtime.bigint()))
      fatalFaults[fault]()
    },
  },
})
