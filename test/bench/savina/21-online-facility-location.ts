import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, ActorSelf, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'points' | 'grid' | 'alpha', number>>

/** x1, y1, x2, y2 */
type Box = readonly [number, number, number, number]

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { settled: (tree: Tree) => void }
}
interface ProducerProtocol {
  casts: { next: () => void }
}
interface QuadrantProtocol {
  casts: {
    customer: (producer: Pid, x: number, y: number) => void
    /** `from` is the number of the child that tells its parent, or -1: the parent tells. */
    facility: (x: number, y: number, from: number) => void
    finish: (produced: number) => void
    confirm: (tree: Tree) => void
  }
}

/** What a subtree says when it ends. */
interface Tree {
  /** Of the customers where they have ended up: 2,048 times the sum of their coordinates. */
  readonly sum: number
  readonly facilities: number
  readonly quadrants: number
  /** The messages whose number is determined: what the root and the producer have seen of the exchange between them. */
  readonly messages: number
}

/** In 2,048ths of a unit, and odd: no customer is on a border, and their sum is exact. */
const coordinate = (random: Random, grid: number): number => (2 * random.below(grid * 1024) + 1) / 2048

/** Sends a customer whenever the root has passed on the one before. */
export const Producer: Server<[root: Pid, sizes: Sizes], ProducerProtocol> = defineServer(import.meta, 'Producer', {
  init: (self, root: Pid, { points, grid }: Sizes) => {
    const state = { root: self.ref(Quadrant, root), random: new Random(123_456), points, grid, produced: 0, handled: 0 }
    produce(self.pid, state)
    return state
  },
  casts: {
    next: ({ pid, state }) => {
      state.handled++
      if (state.produced < state.points) return produce(pid, state)
      state.root.cast.finish(state.handled)
      return stop()
    },
  },
})

interface Producing {
  readonly root: ActorRef<QuadrantProtocol>
  readonly random: Random
  readonly grid: number
  produced: number
}

function produce(pid: Pid, state: Producing): void {
  state.produced++
  const x = coordinate(state.random, state.grid)
  state.root.cast.customer(pid, x, coordinate(state.random, state.grid))
}

type QuadrantArgs = [
  parent: Pid | undefined,
  position: number,
  box: Box,
  threshold: number,
  depth: number,
  threads: Threads,
  facilities: readonly number[],
  customers: readonly number[],
]

interface QuadrantState {
  readonly parent: ActorRef<QuadrantProtocol> | undefined
  producer: ActorRef<ProducerProtocol> | undefined
  /** Below which child of the parent it is. */
  readonly position: number
  readonly box: Box
  readonly threshold: number
  readonly depth: number
  readonly threads: Threads
  /** Of all facilities that it knows: x, y, x, y ... */
  readonly facilities: number[]
  /** Of all customers that it has to itself, the same. */
  readonly customers: number[]
  cost: number
  children: readonly ActorRef<QuadrantProtocol>[]
  handled: number
  confirmed: number
  tree: Tree
}

const middle = ([x1, y1, x2, y2]: Box): readonly [number, number] => [(x1 + x2) / 2, (y1 + y2) / 2]
const holds = ([x1, y1, x2, y2]: Box, x: number, y: number): boolean => x1 <= x && y1 <= y && x <= x2 && y <= y2

/** Top left, top right, bottom left, bottom right. */
function quarters(box: Box): readonly Box[] {
  const [x1, y1, x2, y2] = box
  const [x, y] = middle(box)
  return [
    [x1, y, x, y2],
    [x, y, x2, y2],
    [x1, y1, x, y],
    [x, y1, x2, y],
  ]
}

function add(state: QuadrantState, x: number, y: number): void {
  const { facilities, customers } = state
  customers.push(x, y)
  let nearest = Infinity
  for (let index = 0; index < facilities.length; index += 2) {
    const dx = facilities[index]! - x
    const dy = facilities[index + 1]! - y
    nearest = Math.min(nearest, dx * dx + dy * dy)
  }
  state.cost += Math.sqrt(nearest)
}

/** Opens the facility, and leaves the customers to four smaller quadrants. */
async function open(self: ActorSelf, state: QuadrantState): Promise<void> {
  const { parent, position, box, threshold, depth, threads, facilities, customers } = state
  parent?.cast.facility(...middle(box), position)
  state.children = await Promise.all(
    quarters(box).map((quarter, index) => {
      const isolation = depth === 0 ? spread(threads) : 'inline'
      const args: QuadrantArgs = [self.pid, index, quarter, threshold, depth + 1, threads, facilities, customers]
      return self.startLink(Quadrant, args, { isolation })
    }),
  )
  state.tree = { ...state.tree, facilities: 1, quadrants: 4 }
  customers.length = 0
}

function end(self: ActorSelf, state: QuadrantState): unknown {
  if (state.parent === undefined) self.ref(FacilityLocation, self.parent!).cast.settled(state.tree)
  else state.parent.cast.confirm(state.tree)
  return stop()
}

/** A part of the plane: a leaf that has customers, until they cost too much, and then four children. */
export const Quadrant: Server<QuadrantArgs, QuadrantProtocol> = defineServer(import.meta, 'Quadrant', {
  init: (self, ...args: QuadrantArgs): QuadrantState => {
    const [parent, position, box, threshold, depth, threads, facilities, customers] = args
    const state: QuadrantState = {
      parent: parent && self.ref(Quadrant, parent),
      producer: undefined,
      position,
      box,
      threshold,
      depth,
      threads,
      facilities: [...facilities, ...middle(box)],
      customers: [],
      cost: 0,
      children: [],
      handled: 0,
      confirmed: 0,
      tree: { sum: 0, facilities: 0, quadrants: 0, messages: 0 },
    }
    for (let index = 0; index < customers.length; index += 2) {
      const [x, y] = [customers[index]!, customers[index + 1]!]
      if (holds(box, x, y)) add(state, x, y)
    }
    return state
  },
  casts: {
    customer: (self, producer: Pid, x: number, y: number) => {
      const { state } = self
      let opening: Promise<void> | undefined
      if (state.children.length === 0) {
        add(state, x, y)
        if (state.cost > state.threshold) opening = open(self, state)
      } else {
        const [middleX, middleY] = middle(state.box)
        state.children[(y > middleY ? 0 : 2) + (x > middleX ? 1 : 0)]!.cast.customer(producer, x, y)
      }
      if (state.parent !== undefined) return opening
      state.handled++
      state.producer ??= self.ref(Producer, producer)
      state.producer.cast.next()
      return opening
    },
    facility: ({ state }, x: number, y: number, from: number) => {
      state.facilities.push(x, y)
      if (from === -1) {
        for (const child of state.children) child.cast.facility(x, y, -1)
        return
      }
      state.parent?.cast.facility(x, y, state.position)
      state.children[3 - from]!.cast.facility(x, y, -1)
    },
    finish: (self, produced: number) => {
      const { state } = self
      if (state.parent === undefined) state.tree = { ...state.tree, messages: state.handled + produced }
      for (const child of state.children) child.cast.finish(0)
      if (state.children.length > 0) return
      state.tree = { ...state.tree, sum: 2048 * state.customers.reduce((sum, value) => sum + value, 0) }
      return end(self, state)
    },
    confirm: (self, { sum, facilities, quadrants }: Tree) => {
      const { state } = self
      const { tree } = state
      state.tree = {
        sum: tree.sum + sum,
        facilities: tree.facilities + facilities,
        quadrants: tree.quadrants + quadrants,
        messages: tree.messages,
      }
      return ++state.confirmed === 4 ? end(self, state) : undefined
    },
  },
})

interface MainState {
  from: From<Outcome> | undefined
}

export const FacilityLocation: Server<[], MainProtocol> = defineServer(import.meta, 'FacilityLocation', {
  init: (): MainState => ({ from: undefined }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const box: Box = [0, 0, sizes.grid, sizes.grid]
      const threshold = sizes.alpha * Math.SQRT2 * sizes.grid
      const args: QuadrantArgs = [undefined, -1, box, threshold, 0, threads, [], []]
      const root = await self.startLink(Quadrant, args, { isolation: 'inline' })
      await self.startLink(Producer, [root.pid!, sizes], { isolation: 'inline' })
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    settled: ({ state }, { sum, facilities, quadrants, messages }: Tree) => {
      if (quadrants !== 4 * facilities) throw new Error(`${facilities} facilities have ${quadrants} quadrants`)
      if (state.from) reply(state.from, { spawns: 2, messages, checksum: sum })
    },
  },
})

/**
 * A quad tree that grows where the customers are. The root and the producer live beside the main actor, the four quadrants below the root are spread, and
 * what grows below them stays beside them.
 *
 * News of a new facility and customers race for each quadrant, so the order of events decides how many facilities open, some hundreds at the default
 * sizes. Not counted are therefore the quadrants, of which there are four for each facility (that is checked), and all messages but those between the
 * producer and the root. What is computed is where the customers are in the end: all of them, each once. The suite has a cut-off depth too, and does not use it.
 */
export const onlineFacilityLocation = program<Sizes>({
  number: 21,
  name: 'online-facility-location',
  sizes: { points: 100_000, grid: 500, alpha: 2 },
  quick: { points: 5_000, grid: 500, alpha: 2 },
  main: FacilityLocation,
  expected: ({ points, grid }) => {
    const random = new Random(123_456)
    let sum = 0
    for (let index = 0; index < 2 * points; index++) sum += 2048 * coordinate(random, grid)
    return { spawns: 2, messages: 2 * points, checksum: sum }
  },
})
