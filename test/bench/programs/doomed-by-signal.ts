import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { fatalFaults, prepareFaults } from '../../support/native-faults.ts'
import type { FatalFault } from '../../support/native-faults.ts'

/** Imported by a child process: at a signal it ends itself as its environment says, and leaves the time in a file. */
if (isMainThread) {
  const { DOOM: fault, DOOM_FILE: file } = process.env as { DOOM: FatalFault; DOOM_FILE: string }
  prepareFaults()
  process.on('SIGUSR2', () => {
    writeFileSync(file, String(process.hrtime.bigint()))
    fatalFaults[fault]()
  })
}
