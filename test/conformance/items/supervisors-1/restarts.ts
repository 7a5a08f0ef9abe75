import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

export const restarts: readonly ItemTest[] = [
  item('SUP-019', async ({ supervise, worker, scribe, self }) => {
    await supervise({ strategy: 'one_for_one' }, [worker('a'), worker('b'), worker('c')])
    await scribe.call.entries(3)
    const [b] = await scribe.call.lives('b')
    self.exit(b!, 'boom')
    const entries = await scribe.call.entries(4)
    const lives = await Promise.all(['a', 'b', 'c'].map(async (id) => (await scribe.call.lives(id)).length))
    return { entries, lives }
  }),
]
