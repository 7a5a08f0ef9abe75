// Shows: a listening socket that outlives the actor that serves it. The socket belongs to the program; the front takes the
// connections over while it lives. When a front is killed, the connections that it held break and nothing hides that. New
// ones are accepted all the same and wait for the next front, so a restart refuses nobody.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export type Serve = (socket: Socket) => void

const CONNECTIONS_MAX = 1_024

export class Listener {
  /** Listeners of this program by port: how a front, which is only told a port, finds its own. */
  static readonly #byPort = new Map<number, Listener>()

  readonly url: string
  readonly port: number
  readonly #server: Server
  #waiting: Socket[] = []
  #serve: Serve | undefined

  /** Listens on this machine only. Port 0 means any free one. */
  static async open(port = 0): Promise<Listener> {
    const server = createServer({ pauseOnConnect: true })
    server.maxConnections = CONNECTIONS_MAX
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return new Listener(server)
  }

  static at(port: number): Listener {
    const listener = Listener.#byPort.get(port)
    if (listener === undefined) throw new Error(`nothing listens on port ${port} in this program`)
    return listener
  }

  private constructor(server: Server) {
    const { address, port } = server.address() as AddressInfo
    this.#server = server
    this.port = port
    this.url = `http://${address}:${port}`
    Listener.#byPort.set(port, this)
    server.on('connection', (socket) => this.#accept(socket))
  }

  /** Hands over the connections that wait, and from now on each new one. */
  serveWith(serve: Serve): void {
    this.#serve = serve
    const waiting = this.#waiting
    this.#waiting = []
    for (const socket of waiting) if (!socket.destroyed) handOver(socket, serve)
  }

  /** New connections wait again, unless somebody else serves by now. */
  release(serve: Serve): void {
    if (this.#serve === serve) this.#serve = undefined
  }

  async close(): Promise<void> {
    Listener.#byPort.delete(this.port)
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#waiting) socket.destroy()
    await closed
  }

  #accept(socket: Socket): void {
    if (this.#serve !== undefined) return handOver(socket, this.#serve)
    socket.on('error', ignore)
    this.#waiting.push(socket)
  }
}

function handOver(socket: Socket, serve: Serve): void {
  socket.off('error', ignore)
  serve(socket)
  socket.resume()
}

/** A client that goes away while it waits is no concern of ours. */
function ignore(): void {}
