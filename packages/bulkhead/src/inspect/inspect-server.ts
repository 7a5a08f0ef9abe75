import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { findSystems, openRuntimeFolder, remove, socketOf } from './runtime-folder.ts'
import type { SystemReport } from './system-report.ts'

/** Answers whoever connects with one report, as JSON, and hangs up. */
export class InspectServer {
  readonly #socket: string
  readonly #server: Server

  /** Throws when the runtime folder cannot be used. */
  constructor(socket: string, report: () => Promise<SystemReport>) {
    this.#socket = socket
    this.#server = createServer((client) => {
      client.on('error', () => {}) // it hung up first
      report().then(
        (answer) => client.end(JSON.stringify(answer)),
        () => client.destroy(),
      )
    })
    this.#server.on('error', () => {}) // nobody can inspect, which is no reason to fall
    this.#server.listen(socket, () => chmodSync(socket, 0o600))
  }

  close(): void {
    this.#server.close()
    remove(this.#socket)
  }
}

/** A socket for a system of this OS process; removes what systems that were killed have left. Throws when the folder cannot be used. */
export function reserveSocket(name: string, system: string): string {
  const folder = openRuntimeFolder()
  findSystems(folder)
  return socketOf(folder, name, system)
}
