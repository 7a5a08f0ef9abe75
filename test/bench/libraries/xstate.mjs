import { createActor, fromCallback, fromTransition } from 'xstate'

/** One actor that answers another, which keeps who waits for which answer; all in one event loop. */
export async function open() {
  const echo = createActor(
    fromTransition((state, { type, message, sender }) => {
      if (type === 'ask') sender.send({ type: 'answer', message })
      return state
    }, undefined),
  ).start()
  const waiting = new Map()
  const asker = createActor(
    fromCallback(({ receive }) =>
      receive(({ message }) => {
        const settle = waiting.get(message.id)
        waiting.delete(message.id)
        settle(message)
      }),
    ),
  ).start()
  return {
    ask: (message) =>
      new Promise((settle) => {
        waiting.set(message.id, settle)
        echo.send({ type: 'ask', message, sender: asker })
      }),
    close: async () => {
      asker.stop()
      echo.stop()
    },
  }
}
