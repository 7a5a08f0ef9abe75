import actors from 'comedy'

const modes = { thread: 'threaded', process: 'forked' }

/** One actor in a thread or in a child process. All that `test` changes is that no configuration file is read, and nothing logged to stdout. */
export async function open(placement) {
  const system = actors.createSystem({ test: true })
  const root = await system.rootActor()
  const threads = []
  const started = (thread) => threads.push(thread)
  process.on('worker', started)
  const actor = await root.createChild({ echo: (message) => message }, { mode: modes[placement] })
  process.off('worker', started)
  const close = async () => {
    await system.destroy()
    // It ends its processes, but not its threads.
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
  return { ask: (message) => actor.sendAndReceive('echo', message), close }
}
