import type { NodeId, Pid } from '../actor/pid.ts'
import { pidPrefix, ROOT, serialOf } from '../actor/pid.ts'
import type { NameSignal, SpawnRequest } from '../messaging/signal.ts'
import type { PolicedPeer } from './policed-peer.ts'
import { broke } from './violation.ts'

/** An actor of an untrusted node, as those know it who asked for it. */
export interface PolicedActor {
  readonly pid: Pid
  readonly parent: Pid
  readonly request: SpawnRequest
  /** What it is registered as. */
  name: string | undefined
}

/** What an untrusted node hears and says of names: its own, and nobody else's. */
export class PolicedNames {
  readonly #prefix: string
  readonly #actors: ReadonlyMap<number, PolicedActor>
  /** Names that its actors may register, each once: those that others asked for. */
  readonly #granted = new Map<string, number>()

  constructor(system: string, id: NodeId, actors: ReadonlyMap<number, PolicedActor>) {
    this.#prefix = pidPrefix(system, id)
    this.#actors = actors
  }

  grant(name: string, serial: number): void {
    this.#granted.set(name, serial)
  }

  /** Whether this is passed on to it. */
  incoming(peer: PolicedPeer, signal: NameSignal): boolean {
    switch (signal.op) {
      case 'update': {
        const own = signal.pid === undefined ? undefined : this.#actorOf(signal.pid)
        const before = [...this.#actors.values()].find(({ name }) => name === signal.name)
        if (before !== undefined) before.name = undefined
        if (own !== undefined) own.name = signal.name
        return own !== undefined || before !== undefined
      }
      case 'register':
        if (!signal.pid.startsWith(this.#prefix)) return false
        this.grant(signal.name, serialOf(signal.pid))
        peer.registrations.set(signal.id, true)
        return true
      case 'ask':
        peer.asks.set(signal.id, true)
        return true
      case 'granted':
      case 'refused':
        return peer.id === ROOT
      default:
        return false
    }
  }

  /** Whether it may say this. Throws `Violation`. */
  outgoing(peer: PolicedPeer, signal: NameSignal): void {
    switch (signal.op) {
      case 'register': {
        const { name, pid } = signal
        const isOwn = pid.startsWith(this.#prefix) && this.#granted.get(name) === serialOf(pid)
        if (peer.id !== ROOT || !isOwn) broke(`a registration of ${pid} as ${name}, which it was not granted`)
        return void this.#granted.delete(name)
      }
      case 'died':
        if (peer.id !== ROOT || this.#actorOf(signal.pid) === undefined)
          broke(`news of the end of ${signal.pid}, which is no actor of its own`)
        return
      case 'answer':
        if (!peer.asks.delete(signal.id)) broke('an answer about names that nobody asked for')
        return
      case 'granted':
      case 'refused':
        if (!peer.registrations.delete(signal.id)) broke(`a name ${signal.op} that nobody asked for`)
        return
      default:
        broke(`a name signal ${signal.op}, which it was not granted`)
    }
  }

  #actorOf(pid: Pid): PolicedActor | undefined {
    return pid.startsWith(this.#prefix) ? this.#actors.get(serialOf(pid)) : undefined
  }
}
