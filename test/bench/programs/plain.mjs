// Actors in plain JavaScript, so that what starting them takes is not the time that Node.js needs for TypeScript.
import { defineServer } from 'bulkhead'

/** Answers and takes orders, and counts both. */
export const Plain = defineServer(import.meta, 'Plain', {
  init: () => ({ echoes: 0, orders: 0 }),
  calls: {
    echo: ({ state }, value) => {
      state.echoes++
      return value
    },
    handled: (self) => self.state,
  },
  casts: { take: ({ state }) => void state.orders++ },
})

/** Tells an observer that it has started, and crashes when it is told to: by an error, or with its thread or its OS process. */
export const Crasher = defineServer(import.meta, 'Crasher', {
  init: (self, observer) => {
    self.send(observer, { up: self.pid })
    return null
  },
  calls: { echo: (_self, value) => value },
  casts: {
    crash: (_self, how) => {
      if (how === 'error') throw new Error('told to crash')
      if (how === 'exit') process.exit(1)
      process.kill(process.pid, 'SIGKILL')
    },
  },
})
