import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { NodeSnapshot, System } from 'bulkhead'

type Counters = NodeSnapshot['counters']

/** How often a system is looked for. */
const LOOKS = 20
const OUTPUT_MAX = 64 * 1024 * 1024
const run = promisify(execFile)
const command = fileURLToPath(new URL('./dist/bin.js', import.meta.resolve('bulkhead/package.json')))

/**
 * Holds what the nodes of a system count against what a bench has sent, from one look to another: every message is handled, once, and costs
 * one encode and one decode. Nobody else may use the system meanwhile. It looks from outside, so what is measured in between is not disturbed.
 */
export class Audit {
  readonly #system: System
  readonly #before: ReadonlyMap<number, Counters>
  #messages = 0

  private constructor(system: System, before: ReadonlyMap<number, Counters>) {
    this.#system = system
    this.#before = before
  }

  static async begin(system: System): Promise<Audit> {
    return new Audit(system, await look(system))
  }

  /** So many messages were sent; a reply is one. */
  expect(messages: number): void {
    this.#messages += messages
  }

  /** Throws when the nodes have counted anything else. */
  async end(): Promise<void> {
    const total = await this.#total((node, counted) => {
      if (counted.encoded !== counted.sent || counted.decoded !== counted.handled)
        throw new Error(`node ${node} encodes what it does not send, or the reverse: ${JSON.stringify(counted)}`)
    })
    const due = { sent: this.#messages, handled: this.#messages, deadLetters: 0 }
    if (total.sent !== due.sent || total.handled !== due.handled || total.deadLetters !== 0)
      throw new Error(`${this.#messages} messages were to be sent and handled; counted: ${JSON.stringify(total)}`)
  }

  /**
   * The same for work that starts actors, and sends as many messages as it likes. Within one node each start is one encode more, and one decode;
   * between nodes there are signals, too. Throws when a message was neither handled nor a dead letter, or was encoded or decoded twice.
   */
  async endWithStarts(starts: number): Promise<void> {
    for (let looks = 1; ; looks++) {
      let nodes = 0
      const total = await this.#total(() => nodes++)
      const [encodedBeside, decodedBeside] = [total.encoded - total.sent, total.decoded - total.handled]
      const isGood =
        total.sent === total.handled + total.deadLetters &&
        encodedBeside === decodedBeside &&
        (nodes > 1 ? encodedBeside >= starts : encodedBeside === starts)
      if (isGood) return
      // A program can be over while messages are on their way that nobody waits for.
      if (looks < LOOKS) continue
      throw new Error(`${starts} actors were started, and what was counted does not fit: ${JSON.stringify(total)}`)
    }
  }

  async #total(judge: (node: number, counted: Counters) => void): Promise<Counters> {
    const total = { sent: 0, handled: 0, encoded: 0, decoded: 0, deadLetters: 0 }
    for (const [node, after] of await look(this.#system)) {
      const counted = since(this.#before.get(node), after)
      judge(node, counted)
      for (const field of fields) total[field] += counted[field]
    }
    return total
  }
}

const fields = ['sent', 'handled', 'encoded', 'decoded', 'deadLetters'] as const

function since(before: Counters | undefined, after: Counters): Counters {
  return Object.fromEntries(
    fields.map((field) => [field, after[field] - (before?.[field] ?? 0)]),
  ) as unknown as Counters
}

/** What each node has counted so far, as `bulkhead inspect` tells it. Throws when a node does not say it now. */
async function look(system: System): Promise<ReadonlyMap<number, Counters>> {
  const { nodes } = JSON.parse(await inspect(system.id, LOOKS)) as { nodes: readonly Seen[] }
  return new Map(
    nodes.map(({ node, ageMs, snapshot }) => {
      if (snapshot === undefined || ageMs !== 0) throw new Error(`node ${node} does not say what it has counted`)
      return [node, snapshot.counters]
    }),
  )
}

interface Seen {
  readonly node: number
  readonly ageMs: number
  readonly snapshot?: NodeSnapshot
}

/** A system that has just been started is found a little later. */
async function inspect(system: string, looks: number): Promise<string> {
  try {
    return (await run(process.execPath, [command, 'inspect', '--json', '--', system], { maxBuffer: OUTPUT_MAX })).stdout
  } catch (error) {
    if (looks === 1) throw error
    await wait(100)
    return await inspect(system, looks - 1)
  }
}
