import { expect } from 'vitest'
import { Receiver } from './fixtures/brief.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const receiveLaws: readonly Law[] = [
  law(
    'takes the message that fits and leaves the others in their order (PROC-019, PROC-020)',
    async ({ self, start, take }) => {
      const { pid } = await start(Receiver, [])
      self.send(pid, { ask: 'second', to: self.pid })
      self.send(pid, { kind: 'first', n: 1 })
      self.send(pid, { kind: 'second', n: 2 })
      expect(await take(1)).toEqual([
        [
          { kind: 'second', n: 2 },
          { kind: 'first', n: 1 },
        ],
      ])
    },
  ),

  law(
    'after 0 looks through what is queued first; after runs out when nothing fits (PROC-021, PROC-022)',
    async ({ self, start, take }) => {
      const { pid } = await start(Receiver, [])
      self.send(pid, { ask: 'quiet', to: self.pid, ms: 0 })
      expect(await take(1)).toEqual(['quiet'])
      self.send(pid, { kind: 'other' })
      self.send(pid, { ask: 'quiet', to: self.pid, ms: 20 })
      expect(await take(1)).toEqual(['quiet'])
      self.send(pid, { ask: 'quiet', to: self.pid, ms: 20_000 })
      self.send(pid, { kind: 'late' })
      expect(await take(1)).toEqual(['late'])
    },
  ),
]
