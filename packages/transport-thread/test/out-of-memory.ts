import { checkLaw, lawsFor } from '@bulkhead/transport-compliance'
import { threadSubject } from './thread-subject.ts'

// The laws about a thread that runs out of memory, in an OS process of their own: see out-of-memory.test.ts.
const death = 'out of memory'
const { open, end } = threadSubject(
  { carrier: process.argv[2] === 'port' ? 'port' : 'ring' },
  { maxOldGenerationSizeMb: 16 },
)
const laws = lawsFor({ shares: true, deaths: [death] }).filter(({ name }) => name.includes(death))
for (const law of laws) await checkLaw(law, { open })
await end()
console.log(`${laws.length} laws hold`)
