import type { NodeId } from '@bulkhead/core'

/** A node that was fenced and has not ended. */
interface Fenced {
  readonly node: NodeId
  readonly gone: Promise<void>
  readonly ended: () => void
}

/** Milliseconds after which a fenced node that is still there is spoken of: by then it is in a native call, or the operating system holds it. */
const spokenOfMs = 1_000

/** Which actors lived on nodes that were fenced and have not ended, so that who takes their place can wait, or can say so. */
export class Lingering {
  readonly #say: (text: string) => void
  readonly #nodes = new Map<NodeId, Fenced>()
  /** By path in the tree: actors whose replacement waits. */
  readonly #awaited = new Map<string, Fenced>()
  /** By path in the tree: actors that were the only one there, whose replacement does not wait. */
  readonly #alone = new Map<string, Fenced>()

  /** `say`: something on the program's stderr. */
  constructor(say: (text: string) => void) {
    this.#say = say
  }

  /** The node was fenced. `awaited`: the paths of its actors whose replacements wait; `alone`: that of its only actor. */
  fenced(node: NodeId, what: string, awaited: Iterable<string>, alone: string | undefined): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const speak = setTimeout(() => this.#speak(what), spokenOfMs).unref()
    const fenced = {
      node,
      gone: promise,
      ended: () => {
        clearTimeout(speak)
        resolve()
      },
    }
    this.#nodes.set(node, fenced)
    for (const path of awaited) this.#awaited.set(path, fenced)
    if (alone !== undefined) this.#alone.set(alone, fenced)
  }

  /** The node has ended after all. */
  ended(node: NodeId): void {
    const fenced = this.#nodes.get(node)
    if (fenced === undefined) return
    this.#nodes.delete(node)
    for (const paths of [this.#awaited, this.#alone])
      for (const [path, each] of paths) if (each === fenced) paths.delete(path)
    fenced.ended()
  }

  /** Whether a start at this path has to wait. */
  isAwaited(path: string): boolean {
    return this.#awaited.has(path)
  }

  /** Resolves when a start at this path need not wait, any more. */
  async whenEnded(path: string): Promise<void> {
    for (let fenced = this.#awaited.get(path); fenced !== undefined; fenced = this.#awaited.get(path)) await fenced.gone
  }

  /** What is to be said of an actor that takes the place of one whose node is still there; undefined when there is nothing. */
  because(path: string): string | undefined {
    const fenced = this.#alone.get(path)
    return (
      fenced &&
      `afterFence: 'replace': the one before it lived on node ${fenced.node}, which was fenced and has not ended: until its native call returns, that can go on writing memory, files and sockets`
    )
  }

  #speak(what: string): void {
    this.#say(
      `${what} was fenced and has not ended: until its native call returns, that can go on writing memory, files and sockets`,
    )
  }
}
