// Shows: the HTTP side of the front, apart from the actor: requests in, answers out, and limits on what one client may cost.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Query } from '../query.ts'
import { PAGE, PAGE_POLICY } from './page.ts'
import { routeOf, type Problem } from './route.ts'

/** Searches under way at once; one more is turned away, so that a crowd cannot use up the memory. */
export const SEARCHES_MAX = 256
const IDLE_MS = 15_000
const HEADER_BYTES_MAX = 8_192

/** Answers a query, or says why it cannot. Must not reject. */
export type Search = (query: Query) => Promise<object | Problem>

export interface HttpServer {
  readonly serve: (socket: Socket) => void
  /** Breaks all connections. */
  close(): void
}

export function createHttpServer(search: Search): HttpServer {
  const sockets = new Set<Socket>()
  let searches = 0
  const limited: Search = async (query) => {
    if (searches >= SEARCHES_MAX)
      return { status: 503, code: 'busy', message: `${SEARCHES_MAX} searches are under way: try again` }
    searches++
    try {
      return await search(query)
    } finally {
      searches--
    }
  }
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX },
    (request, response) => void respond(limited, request, response),
  )
  server.setTimeout(IDLE_MS)
  return {
    serve: (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      server.emit('connection', socket)
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function respond(search: Search, request: IncomingMessage, response: ServerResponse): Promise<void> {
  echoRequestId(request, response)
  request.resume()
  const route = routeOf(request.method ?? 'GET', request.url ?? '/')
  switch (route.kind) {
    case 'page':
      response.setHeader('content-security-policy', PAGE_POLICY)
      return send(response, 200, 'text/html; charset=utf-8', PAGE)
    case 'problem':
      return sendProblem(response, route.problem)
    case 'search': {
      const result = await search(route.query)
      return isProblem(result) ? sendProblem(response, result) : sendJson(response, 200, result)
    }
  }
}

const REQUEST_ID = /^[\w-]{1,64}$/

/** A client that numbers its requests gets the number back, and can tell which one an answer is for. */
function echoRequestId({ headers }: IncomingMessage, response: ServerResponse): void {
  const id = headers['x-request-id']
  if (typeof id === 'string' && REQUEST_ID.test(id)) response.setHeader('x-request-id', id)
}

function isProblem(result: object): result is Problem {
  return 'status' in result
}

function sendProblem(response: ServerResponse, { status, code, message }: Problem): void {
  if (status === 405) response.setHeader('allow', 'GET, HEAD')
  if (status === 503) response.setHeader('retry-after', '1')
  sendJson(response, status, { error: { code, message } })
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value))
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
