import nact from 'nact'

const { dispatch, query, spawn, start, stop } = nact

/** One actor that is queried, in the event loop of whoever asks. */
export async function open() {
  const system = start()
  const echo = spawn(system, (state, { message, sender }) => {
    dispatch(sender, message)
    return state
  })
  return {
    ask: (message) => query(echo, (sender) => ({ message, sender }), 5_000),
    close: async () => stop(system),
  }
}
