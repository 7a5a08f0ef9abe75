import { Worker } from 'node:worker_threads'
import { releaseProxy, wrap } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'

/** A proxy of an object that lives in a worker. */
export async function open() {
  const worker = new Worker(new URL('far/comlink.mjs', import.meta.url))
  const remote = wrap(nodeEndpoint(worker))
  return {
    ask: (message) => remote.echo(message),
    close: async () => {
      remote[releaseProxy]()
      await worker.terminate()
    },
  }
}
