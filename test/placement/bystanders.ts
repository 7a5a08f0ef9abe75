import { afterAll, beforeAll, expect } from 'vitest'
import { Neighbour } from './fixtures/neighbour.ts'
import type { Trial } from './trial.ts'

/** Trusted actors on the root, a thread and a process, who keep talking with each other all the time. */
export interface Bystanders {
  /** They went on talking, and are who they were: nothing has reached them, nobody was restarted or renamed. Throws otherwise. */
  haveNoticedNothing(): Promise<void>
}

const places = ['inline', 'thread', 'process'] as const

/** Starts them before the tests of this file. `strangers` are the behaviours of those that may come and go. */
export function bystanders(own: Trial, strangers: readonly string[]): Bystanders {
  const named = (place: (typeof places)[number]) => own.system.named(Neighbour, place).within(30_000)
  let isOver = false
  let talking = Promise.resolve()
  let rounds = 0
  let before: unknown

  /** What anybody could notice of them. */
  const looks = async (): Promise<unknown> => {
    const tree = await own.system.tree()
    const entries = tree.flatMap(function all(entry): typeof tree {
      return [entry, ...entry.children.flatMap(all)]
    })
    return {
      actors: entries
        .filter(({ behaviour }) => !strangers.includes(behaviour))
        .map(({ pid, path, name, restarts, node }) => ({ pid, path, name, restarts, node })),
      strays: await Promise.all(places.map((place) => named(place).call.strays())),
      polluted: ({} as { polluted?: unknown }).polluted,
    }
  }

  const talk = async (): Promise<void> => {
    while (!isOver) {
      for (const [one, other] of [['inline', 'thread'], ['thread', 'process'], ['process', 'inline']] as const)
        await named(one).call.askOther(named(other)) // prettier-ignore
      rounds++
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  beforeAll(async () => {
    for (const isolation of places) await own.system.start(Neighbour, [], { id: isolation, name: isolation, isolation })
    talking = talk()
    before = await looks()
  })
  afterAll(async () => {
    isOver = true
    await talking
  })

  return {
    haveNoticedNothing: async () => {
      const seen = rounds
      while (rounds < seen + 2) await Promise.race([talking, new Promise((resolve) => setTimeout(resolve, 5))])
      expect(await looks()).toEqual(before)
    },
  }
}
