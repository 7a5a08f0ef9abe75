import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { normaliseErlang } from './normalise.ts'
import type { Observation } from './observation.ts'
import type { Script } from './script.ts'
import { printTerm } from './term.ts'
import { asOtp27 } from './versions.ts'

const sources = fileURLToPath(new URL('erlang', import.meta.url))

interface Waiting {
  readonly resolve: (observed: Observation[]) => void
  readonly reject: (error: Error) => void
}

/** The release that is installed, such as "25"; undefined when there is none. */
export function erlangRelease(): string | undefined {
  const ask = 'io:put_chars(erlang:system_info(otp_release)), halt().'
  try {
    return execFileSync('erl', ['-noshell', '-eval', ask], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}

/** Real Erlang: one emulator, which runs any number of scripts at the same time. */
export class ErlangSide {
  readonly #release: string
  readonly #socket: Socket
  readonly #ended: Promise<unknown>
  readonly #waiting = new Map<number, Waiting>()
  #received = Buffer.alloc(0)
  #count = 0

  private constructor(release: string, emulator: ChildProcess, socket: Socket) {
    this.#release = release
    this.#socket = socket
    this.#ended = once(emulator, 'close')
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('erl has ended.'))
    })
  }

  /** Throws when Erlang is not installed. */
  static async start(): Promise<ErlangSide> {
    const release = erlangRelease()
    if (release === undefined) throw new Error('Real Erlang is needed: install erl and erlc (Debian: erlang-base).')
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-differ-'))
    try {
      const modules = readdirSync(sources).map((file) => join(sources, file))
      execFileSync('erlc', ['-o', folder, ...modules], { stdio: ['ignore', 2, 2] })
      const server = createServer().listen(join(folder, 'socket'))
      await once(server, 'listening')
      const quiet = ['-noinput', '-boot', 'start_clean', '-kernel', 'logger_level', 'none']
      const argv = [...quiet, '-pa', folder, '-run', 'differ', 'main', join(folder, 'socket')]
      const emulator = spawn('erl', argv, { stdio: ['ignore', 2, 2] })
      const died = once(emulator, 'close').then(([code]) => Promise.reject(new Error(`erl ended with ${code}.`)))
      const [socket] = (await Promise.race([once(server, 'connection'), died])) as [Socket]
      died.catch(() => undefined)
      server.close()
      return new ErlangSide(release, emulator, socket)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** What OTP 27 makes of the script; the release that is installed may be older. */
  async run(script: Script): Promise<Observation[]> {
    return asOtp27(this.#release, script, await this.#run(script))
  }

  #run(script: Script): Promise<Observation[]> {
    const number = ++this.#count
    const text = Buffer.from(`{${number},${printTerm(script)}}.`, 'latin1')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text.length)
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject })
      this.#socket.write(Buffer.concat([length, text]))
    })
  }

  async close(): Promise<void> {
    this.#socket.end()
    await this.#ended
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readUInt32BE(0)
      if (this.#received.length < end) return
      this.#answered(this.#received.subarray(4, end).toString('latin1'))
      this.#received = this.#received.subarray(end)
    }
  }

  #answered(text: string): void {
    const { tuple } = JSON.parse(text) as { tuple: [number, { tuple: [string, unknown] }] }
    const [number, { tuple: answer }] = tuple
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    if (answer[0] === 'observed') waiting?.resolve(normaliseErlang(answer[1]))
    else waiting?.reject(new Error(`Erlang's side of the script failed: ${JSON.stringify(answer[1]).slice(0, 4_000)}`))
  }
}
