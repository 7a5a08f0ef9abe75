import type { ActorRef } from '@bulkhead/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RestartType } from '../src/restart.ts'
import type { Strategy } from '../src/strategy.ts'
import type { SupervisorProtocol } from '../src/supervisor.ts'
import { pidsOf, statuses, worker, World } from './world.ts'

type Do = 'end' | 'crash' | 'terminateChild' | 'restartChild' | 'deleteChild' | 'startChild'

interface Step {
  readonly do: Do
  readonly id: string
  readonly restart: RestartType
}

interface Modelled {
  readonly id: string
  readonly restart: RestartType
  running: boolean
}

/** What OTP's documentation says of a supervisor, in the plainest form: a list of children and how often each was started. */
class Model {
  children: Modelled[]
  readonly starts = new Map<string, number>()
  readonly #strategy: Strategy

  constructor(strategy: Strategy, children: readonly { readonly id: string; readonly restart: RestartType }[]) {
    this.#strategy = strategy
    this.children = children.map((each) => ({ ...each, running: false }))
    for (const child of this.children) this.#start(child)
  }

  get statuses(): string {
    return this.children.map(({ id, running }) => `${id} ${running ? 'running' : 'stopped'}`).join(', ')
  }

  get running(): number {
    return this.children.filter(({ running }) => running).length
  }

  /** Takes a step; the word with which it is refused, if it is. */
  take({ do: what, id, restart }: Step): string {
    const child = this.children.find((each) => each.id === id)
    if (what === 'startChild') return this.#add(child, id, restart)
    if (!child) return what === 'end' || what === 'crash' ? 'done' : 'not_found'
    if (what === 'end' || what === 'crash') this.#ended(child, what === 'end')
    else if (what === 'terminateChild') this.#stopped(child)
    else if (child.running) return 'running'
    else if (what === 'restartChild') this.#start(child)
    else this.children = this.children.filter((each) => each !== child)
    return 'done'
  }

  #add(present: Modelled | undefined, id: string, restart: RestartType): string {
    if (present) return present.running ? 'already_started' : 'already_present'
    const child = { id, restart, running: false }
    this.children.push(child)
    this.#start(child)
    return 'done'
  }

  #ended(child: Modelled, inOrder: boolean): void {
    if (!child.running) return
    if (child.restart === 'temporary' || (child.restart === 'transient' && inOrder)) this.#stopped(child)
    else this.#restartGroup(child)
  }

  #restartGroup(child: Modelled): void {
    const at = this.children.indexOf(child)
    const groups = { one_for_one: [child], one_for_all: this.children, rest_for_one: this.children.slice(at) }
    const group = groups[this.#strategy]
    this.children = this.children.filter((each) => !group.includes(each) || each.restart !== 'temporary')
    for (const each of this.children) if (group.includes(each)) this.#start(each)
  }

  #start(child: Modelled): void {
    child.running = true
    this.starts.set(child.id, (this.starts.get(child.id) ?? 0) + 1)
  }

  #stopped(child: Modelled): void {
    child.running = false
    if (child.restart === 'temporary') this.children = this.children.filter((each) => each !== child)
  }
}

const id = fc.constantFrom('a', 'b', 'c', 'd')
const restart = fc.constantFrom<RestartType>('permanent', 'transient', 'temporary')
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom<Do>('end', 'crash', 'terminateChild', 'restartChild', 'deleteChild', 'startChild'),
  id,
  restart,
})
const children = fc.uniqueArray(fc.record({ id, restart }), { selector: (each) => each.id, maxLength: 4 })

async function take(
  world: World,
  supervisor: ActorRef<SupervisorProtocol>,
  { do: what, id: child, restart: type }: Step,
): Promise<string> {
  if (what === 'end' || what === 'crash') {
    const pid = (await pidsOf(supervisor))[child]
    if (pid !== undefined) await world.end(pid, what === 'end' ? 'normal' : 'boom')
    return 'done'
  }
  const asked =
    what === 'startChild' ? supervisor.call.startChild(worker(child, { restart: type })) : supervisor.call[what](child)
  return asked.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )
}

/** Actors of the node but its own and the supervisor. */
const workers = (world: World): number =>
  world.node.snapshot().actors.filter(({ behaviour }) => behaviour === 'Worker').length

test.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
  '%s: whatever is asked and whoever ends, children are what OTP says, and no worker is left behind',
  async (strategy) => {
    const run = fc.asyncProperty(children, fc.array(step, { maxLength: 12 }), async (first, steps) => {
      const world = new World()
      const model = new Model(strategy, first)
      const specs = first.map((each) => worker(each.id, { restart: each.restart }))
      const supervisor = await world.grow({ strategy, intensity: 100, children: specs })
      for (const each of steps) {
        expect(await take(world, supervisor, each)).toBe(model.take(each))
        expect(await statuses(supervisor)).toBe(model.statuses)
        expect(world.starts).toEqual(model.starts)
        expect(workers(world)).toBe(model.running)
      }
      world.main.exit(supervisor.pid!, 'shutdown')
      await world.settled()
      expect(workers(world)).toBe(0)
      world.node.stop('shutdown')
    })
    await fc.assert(run, { numRuns: 150 })
  },
)
