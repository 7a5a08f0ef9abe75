import { fileURLToPath } from 'node:url'
import type { Confinement, NodeId, PlacementDecision } from '@bulkhead/core'
import { checkProcessPermissions } from '../nodejs/permissions.ts'
import type { Outlets } from '../output/outlet.ts'
import { readListOf, unreadableByAll } from '../sandbox/code-of.ts'
import { meansHere } from '../sandbox/means.ts'
import { checkRequired, commandOf, coverOf, nodeOptionsOf, wallsOf } from '../sandbox/plan.ts'
import type { ChildTable } from './child-table.ts'
import type { LaunchProfile } from './launch-profile.ts'
import type { BodyEvents } from './node-body.ts'
import { SandboxBody } from './sandbox-body.ts'

/** A sandbox that can be started: how, and what will hold it. */
export interface PreparedSandbox {
  readonly command: readonly string[]
  /** It will be process 1 of a namespace of its own. */
  readonly isProcess1: boolean
  readonly confinement: Confinement
  /** The decision, with what is to be said of it. */
  readonly explained: PlacementDecision
  /** Whether it could send signals to the root. */
  readonly reachesRoot: boolean
}

export interface SandboxesOptions {
  readonly entry: string
  /** Options of Node.js that process nodes get. */
  readonly execArgv: readonly string[]
  readonly children: ChildTable
  readonly outlets: Outlets
  /** Keeps signals from opening the root's inspector; `then` once that is so. */
  readonly shield: () => void
}

/** Makes sandboxes on this machine. */
export class Sandboxes {
  readonly #options: SandboxesOptions
  #shielded: PromiseWithResolvers<void> | undefined

  constructor(options: SandboxesOptions) {
    this.#options = options
  }

  /** Throws what cannot be had here, in words that name the field. */
  prepare(decision: PlacementDecision): PreparedSandbox {
    checkProcessPermissions()
    const confinement = decision.confinement as Confinement
    const means = meansHere()
    const read = readListOf(this.#options.entry, confinement.module ?? this.#options.entry, confinement.read)
    const cover = coverOf(means, Math.random(), means.isRoot ? unreadableByAll([process.execPath, ...read]) : undefined)
    const walls = wallsOf(means, cover)
    checkRequired(confinement.require, walls)
    const { entry, execArgv } = this.#options
    const node = [process.execPath, ...nodeOptionsOf(read, decision.limits, execArgv), fileURLToPath(entry)]
    const shown = { ...confinement, read, env: Object.keys(confinement.env), walls }
    const weak = walls
      .filter(({ holds }) => holds !== 'yes')
      .map(
        ({ wall, holds, by }) =>
          `the sandbox holds ${holds === 'no' ? 'nothing' : 'only a part'} against ${wall}: ${by}`,
      )
    const why =
      cover.uid === undefined && cover.because !== undefined ? [`no user id of its own: ${cover.because}`] : []
    return {
      command: commandOf(means, cover, confinement, node),
      isProcess1: cover.namespaces !== 'none',
      confinement,
      explained: { ...decision, confinement: shown, because: [...decision.because, ...why, ...weak] },
      reachesRoot: walls.some(({ wall, holds }) => wall === 'signals' && holds !== 'yes'),
    }
  }

  /** Resolves when a sandbox that can send signals may be started. */
  async shielded(): Promise<void> {
    if (this.#shielded === undefined) {
      this.#shielded = Promise.withResolvers<void>()
      this.#options.shield()
    }
    await this.#shielded.promise
  }

  /** The root says so. */
  onShielded(): void {
    this.#shielded?.resolve()
  }

  start(
    prepared: PreparedSandbox,
    profile: LaunchProfile,
    events: BodyEvents,
    reach: (peer: NodeId) => void,
  ): SandboxBody {
    const { children, outlets } = this.#options
    const { command, confinement, isProcess1 } = prepared
    return new SandboxBody({ profile, confinement, command, isProcess1, children, outlets, reach }, events)
  }
}
