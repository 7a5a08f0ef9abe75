import { createInterface } from 'node:readline'
import type { Socket } from 'node:net'
import { Mailroom } from '@bulkhead/transport-compliance'
import type { Opened, Subject } from '@bulkhead/transport-compliance'
import { listenFor, newToken, openSocketConnection, spawnNodeProcess } from '@bulkhead/transport-process'
import type { NodeProcess } from '@bulkhead/transport-process'
import type { Order } from './program-process.ts'

/** An OS process that hosts the far sides of connections. */
class Host {
  readonly process: NodeProcess = spawnNodeProcess({
    entry: new URL('program-process.ts', import.meta.url),
    execArgv: ['--max-old-space-size=64'],
  })
  readonly gone: Promise<void>
  readonly #reports = new Map<number, Mailroom<unknown>>()
  #connections = 0

  constructor() {
    const { child, watch, stdout, stderr } = this.process
    this.gone = new Promise((resolve) => child.once('exit', () => resolve()))
    stdout.resume()
    stderr.resume()
    createInterface({ input: watch }).on('line', (line) => {
      const { id, report } = JSON.parse(line) as { id: number; report: unknown }
      this.#reports.get(id)?.put(report)
    })
  }

  tell(order: Order): void {
    this.process.watch.write(`${JSON.stringify(order)}\n`)
  }

  async open(program: string, connect: (id: number) => Promise<Socket>, onDeath: () => void): Promise<Opened> {
    const id = (this.#connections += 1)
    const mailroom = new Mailroom<unknown>()
    this.#reports.set(id, mailroom)
    const socket = await connect(id)
    return {
      connection: openSocketConnection(socket),
      nextReport: () => mailroom.next(),
      say: (word) => this.tell({ kind: 'word', id, word }),
      kill: async (death) => {
        onDeath()
        if (death.startsWith('SIG')) this.process.child.kill(death as NodeJS.Signals)
        else this.tell({ kind: 'die', death })
        await this.gone
      },
    }
  }
}

/** Connections to one process, which dials for each, until it is made to die. */
export async function dialledSubject(): Promise<Subject & { end(): void }> {
  const listener = await listenFor()
  let host: Host | undefined
  const open = async (program: string) => {
    const current = (host ??= new Host())
    const connect = async (id: number) => {
      const token = newToken()
      const accepted = listener.accept(token)
      current.tell({ kind: 'open', id, program, dial: [listener.address, token] })
      return await accepted
    }
    return await current.open(program, connect, () => (host = undefined))
  }
  const end = () => {
    listener.close()
    host?.process.child.kill('SIGKILL')
  }
  return { open, end }
}

/** Connections over inherited sockets: a process for each. */
export function inheritedSubject(): Subject & { end(): void } {
  const hosts: Host[] = []
  const open = async (program: string) => {
    const host = new Host()
    hosts.push(host)
    const connect = async (id: number) => {
      host.tell({ kind: 'open', id, program })
      return host.process.control
    }
    return await host.open(program, connect, () => {})
  }
  const end = () => {
    for (const { process } of hosts) process.child.kill('SIGKILL')
  }
  return { open, end }
}
