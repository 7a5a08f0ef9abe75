import { inErlang } from '../../in-erlang.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

export const exitSignals: readonly ItemTest[] = [
  item('PROC-035', async ({ puppet, stranger }) => {
    const [sender, plain, trapper] = [await puppet(), await stranger(), await stranger({ trapExit: true })]
    await sender.do(['exit', plain.pid, 'normal'], ['exit', trapper.pid, 'normal'])
    const heard = await trapper.heardFrom(sender)
    const [alive] = await sender.do(['isAlive', plain.pid])
    const labels = new Map([[sender.pid, 'sender']])
    return {
      plain: alive === true ? 'alive' : 'dead',
      trapper: heard.map((each) => ('exit' in each ? ['EXIT', inErlang(each.from, labels), each.exit] : each)),
    }
  }),
]
