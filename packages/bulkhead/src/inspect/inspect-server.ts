import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { findSystems, giveUpSocket, openRuntimeFolder, socketOf } from './runtime-folder.ts'
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
    this.#server.once('error', () => {
      // Another system that ended took the empty folder along; at a second failure nobody can inspect, which is no reason to fall.
      this.#server.on('error', () => {})
      openRuntimeFolder(dirname(socket))
      this.#server.listen(socket)
    })
    this.#server.on('listening', () => chmodSync(socket, 0o600))
    this.#server.listen(socket)
  }

  close(): void {
    this.#server.close()
    giveUpSocket(this.#socket)
  }
}

/** A socket for a system of this OS process; removes what systems that were killed have left. Throws when the folder cannot be used. */
export function reserveSocket(name: string, system: string): string {
  const folder = openRuntimeFolder()
  findSystems(folder)
  return socketOf(folder, name, system)
}
