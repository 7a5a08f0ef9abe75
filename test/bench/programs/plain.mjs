// Actors in plain JavaScript, so that what starting them takes is not the time that Node.js needs for TypeScript.
import { defineServer } from 'bulkhead'

export const Started = defineServer(import.meta, 'Started', {
  init: () => null,
  calls: { echo: (_self, value) => value },
})

/** Reports to an observer that it has started, and ends its node when it is told to: a thread by its exit, a process by a signal. */
export const Leaver = defineServer(import.meta, 'Leaver', {
  init: (self, observer) => {
    self.send(observer, { up: self.pid })
    return null
  },
  calls: { echo: (_self, value) => value },
  casts: {
    leave: (_self, how) => {
      if (how === 'signal') process.kill(process.pid, 'SIGKILL')
      else process.exit(1)
    },
  },
})
