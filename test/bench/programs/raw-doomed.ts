import { createInterface } from 'node:readline'
import { writeFileSync } from 'node:fs'
import { fatalFaults, prepareFaults } from '../../support/native-faults.ts'
import type { FatalFault } from '../../support/native-faults.ts'

/** Ends itself as it is told, without any actors, and leaves the time in a file. */
prepareFaults()
console.log('ready')
createInterface(process.stdin).on('line', (line) => {
  const [fault, file] = line.split(' ') as [string, string]
  writeFileSync(file, String(process.hrtime.bigint()))
  fatalFaults[decodeURIComponent(fault) as FatalFault]()
})
