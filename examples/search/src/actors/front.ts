// Shows: an actor at the edge of the system. It turns HTTP requests into calls, and it can be killed like any other actor: the
// socket that it serves belongs to the program and is there for the next front.
import { CallFailed, defineServer } from 'bulkhead'
import { Listener } from '../http/listener.ts'
import type { Problem } from '../http/route.ts'
import { createHttpServer, type Search } from '../http/server.ts'
import { ANSWER_MS, patiently, PATIENCE_MS } from './patience.ts'
import { Router } from './router.ts'

/** More than the router may need: for shards, and then for snippets, an answer and the wait for a replacement. */
const ROUTER_MS = 2 * (ANSWER_MS + PATIENCE_MS) + 500

export const Front = defineServer(import.meta, 'Front', {
  init: (self, port: number, router: string) => {
    const answerer = self.named(Router, router).within(ROUTER_MS)
    const search: Search = async ({ words }) => {
      try {
        const found = await patiently(() => answerer.call.search(words))
        if (found.kind === 'unavailable') return unavailable(found.why)
        return { words, total: found.hits.total, results: found.hits.best }
      } catch (error) {
        if (error instanceof CallFailed) return unavailable(error.message)
        self.log(error)
        return { status: 500, code: 'internal', message: 'the search failed; the log says why' }
      }
    }
    const http = createHttpServer(search)
    const listener = Listener.at(port)
    listener.serveWith(http.serve)
    self.abortSignal.addEventListener('abort', () => {
      listener.release(http.serve)
      http.close()
    })
    return { url: listener.url }
  },
})

function unavailable(why: string): Problem {
  return { status: 503, code: 'unavailable', message: `a part of the service is being replaced: ${why}` }
}
