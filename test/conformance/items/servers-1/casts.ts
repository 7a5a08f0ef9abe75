import { desk, failure, gone, heard, mailbox, onNodeOfTheirOwn, tried, trier } from '../../fixtures/servers-1-trial.ts'
import type { Trial } from '../../fixtures/servers-1-trial.ts'
import { Desk } from '../../fixtures/servers-1-desk.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

/** A cast is `ok` whatever is there: it returns at once and raises nothing. That it says more, by a boolean, is representation. */
const ok = (returned: boolean): string => (typeof returned === 'boolean' ? 'ok' : 'something')

const trials = {
  'SRV-020': async (self, { there }) => {
    const { pid, cast, call } = await desk(self, there)
    cast.note(1)
    self.send(pid, { note: 2 })
    const third = call.note(3)
    self.send(pid, { note: 4 })
    cast.note(5)
    cast.note(6)
    self.send(pid, { note: 7 })
    const eighth = call.note(8)
    const notes = await call.notes()
    await Promise.all([third, eighth])
    return notes
  },

  'SRV-021': async (self, { there }) => {
    const busy = await desk(self, there)
    busy.cast.hold(self.pid)
    await heard(self, 'held')
    const toBusy = ok(busy.cast.note(1))
    self.send(busy.pid, 'go')
    const [culprit, neighbour] = await onNodeOfTheirOwn(self)
    await failure(culprit.call.exit(3))
    const once = await gone(self, there, 'srv-021-gone')
    const outcomes = {
      busy: [toBusy, await busy.call.notes()],
      dead: ok(self.ref(Desk, once).cast.note(1)),
      unregistered: ok(self.named(Desk, 'srv-021').cast.note(1)),
      unknown_global: ok(self.named(Desk, 'srv-021-gone').cast.note(1)),
      unknown_via: ok(self.named(Desk, 'never/was').cast.note(1)),
      dead_node: ok(neighbour.cast.note(1)),
    }
    // Nothing came of any of them, here neither.
    const left = await mailbox(self)
    if (left.length > 0) throw new Error(`a cast was answered: ${JSON.stringify(left)}`)
    return outcomes
  },
} as const satisfies Readonly<Record<string, Trial>>

const Casts = trier(import.meta, 'Casts', trials)

export const casts: readonly ItemTest[] = Object.keys(trials).map((id) => item(id, tried(Casts, id)))
