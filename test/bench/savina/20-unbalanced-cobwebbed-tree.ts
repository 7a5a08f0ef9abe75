import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorSelf, From, Pid, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'nodes' | 'averageWork' | 'workDeviation' | 'children' | 'urgentPercent', number>>

/** What a node does before it asks for children, in steps. */
const TRY_STEPS = 100

/** How much work each child of one node has, and which of them is urgent; -1: none. */
interface Family {
  readonly work: number
  readonly urgent: number
}

/** Draws a family. The work has about a normal distribution: the sum of twelve numbers, which is exact everywhere. */
function drawFamily(random: Random, sizes: Sizes, mayBeUrgent: boolean): Family {
  let work = 0
  while (work <= 0) {
    let sum = 0
    for (let i = 0; i < 12; i++) sum += random.next()
    work = Math.floor(sizes.averageWork + sizes.workDeviation * (sum / 2_147_483_647 - 6) + 0.5)
  }
  const urgent = mayBeUrgent && random.below(100) <= sizes.urgentPercent ? random.below(sizes.children) : -1
  return { work, urgent }
}

const tries = (number: number): number => new Random(number).skip(TRY_STEPS)
const works = (work: number, urgent: boolean): number => new Random(work).skip(work) + (urgent ? 1 : 0)

/** What the actors of a part of the tree have seen. */
interface Seen {
  readonly spawns: number
  readonly messages: number
  readonly checksum: number
}

/** `ask` goes to the root, `ended` to the parent; the others go to a node. */
type Message =
  | 'try'
  | 'traverse'
  | 'terminate'
  | readonly ['ask', node: Pid, height: number]
  | readonly ['generate', first: number, family: Family]
  | readonly ['grant', child: number]
  | readonly ['ended', seen: Seen]

interface RootProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
}

interface NodeOptions {
  readonly number: number
  readonly height: number
  readonly children: number
  readonly work: number
  readonly urgent: boolean
}

/** What the root and the nodes have in common. */
interface Parent {
  children: readonly Pid[]
  urgentChild: number
  /** Which children have children, a bit for each. */
  granted: number
  /** Children that have not ended. */
  left: number
  spawns: number
  handled: number
  checksum: number
}

const childless = (): Parent => ({
  children: [],
  urgentChild: -1,
  granted: 0,
  left: 0,
  spawns: 0,
  handled: 0,
  checksum: 0,
})

/** The urgent child hears it first. */
function tellChildren(self: ServerSelf<Parent>, message: Message): void {
  const { children, urgentChild } = self.state
  const urgent = children[urgentChild]
  if (urgent !== undefined) self.send(urgent, message)
  for (const child of children) if (child !== urgent) self.send(child, message)
}

async function startChildren(
  self: ServerSelf<Parent>,
  options: { readonly first: number; readonly count: number; readonly family: Family },
  node: { readonly root: Pid; readonly height: number; readonly threads: Threads },
): Promise<void> {
  const { first, count, family } = options
  const { state } = self
  const children = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      self.startLink(
        Node,
        [
          self.pid,
          node.root,
          { number: first + i, height: node.height, children: count, work: family.work, urgent: i === family.urgent },
        ],
        { isolation: spread(node.threads) },
      ),
    ),
  )
  state.children = children.map(({ pid }) => pid as Pid)
  state.urgentChild = family.urgent
  state.left = count
  state.spawns += count
  for (const child of state.children) self.send(child, 'try')
}

/** Adds what a child has seen, and tells whether it was the last. */
function childEnded(state: Parent, { spawns, messages, checksum }: Seen): boolean {
  state.spawns += spawns
  state.handled += messages
  state.checksum += checksum
  state.left--
  return state.left === 0
}

/** Tells the parent what has been seen below it, and ends. */
function end(self: ActorSelf, parent: Pid, { spawns, handled, checksum }: Parent) {
  self.send(parent, ['ended', { spawns, messages: handled, checksum }])
  return stop()
}

/** Asks the root whether it may have children, works when the tree is traversed, and ends after its children. */
export const Node: Server<[parent: Pid, root: Pid, options: NodeOptions]> = defineServer(import.meta, 'Node', {
  init: (_, parent: Pid, root: Pid, options: NodeOptions) => ({ ...childless(), parent, root, options }),
  info: (self, received) => {
    const { state } = self
    const { parent, root, options } = state
    const message = received as Message
    if (message[0] !== 'ended') state.handled++
    if (message === 'try') {
      state.checksum += tries(options.number)
      self.send(root, ['ask', self.pid, options.height])
    } else if (message === 'traverse') {
      state.checksum += works(options.work, options.urgent)
      tellChildren(self, message)
    } else if (message === 'terminate') {
      if (state.children.length === 0) return end(self, parent, state)
      tellChildren(self, message)
    } else if (message[0] === 'generate') {
      const [, first, family] = message
      self.send(parent, ['grant', options.number % options.children])
      return startChildren(
        self,
        { first, count: options.children, family },
        { root, height: options.height + 1, threads: 0 },
      )
    } else if (message[0] === 'grant') state.granted |= 1 << message[1]
    else if (message[0] === 'ended' && childEnded(state, message[1])) return end(self, parent, state)
    return undefined
  },
})

interface RootState extends Parent {
  from: From<Outcome> | undefined
  readonly random: Random
  sizes: Sizes
  /** Of the tree, itself included. */
  size: number
  height: number
  /** Nodes that have not asked. */
  quiet: number
}

/** Decides by chance who has children while there may be more nodes; when all have asked, it has the tree traversed, and ended. */
export const Root: Server<[], RootProtocol> = defineServer(import.meta, 'Root', {
  init: (): RootState => ({
    ...childless(),
    from: undefined,
    random: new Random(2),
    sizes: { nodes: 0, averageWork: 0, workDeviation: 0, children: 0, urgentPercent: 0 },
    size: 1,
    height: 1,
    quiet: 0,
  }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      state.sizes = sizes
      const family = drawFamily(state.random, sizes, false)
      const first = grow(state, 2)
      await startChildren(self, { first, count: sizes.children, family }, { root: self.pid, height: 2, threads })
      return later<Outcome>((from) => (state.from = from))
    },
  },
  info: (self, received) => {
    const { state } = self
    const message = received as Exclude<Message, string>
    if (message[0] !== 'ended') state.handled++
    if (message[0] === 'ask') {
      const [, node, height] = message
      const { random, sizes } = state
      state.quiet--
      if (state.size + sizes.children <= sizes.nodes && random.below(2) === 1) {
        const family = drawFamily(random, sizes, true)
        self.send(node, ['generate', grow(state, height + 1), family])
      } else state.height = Math.max(state.height, height)
      if (state.quiet > 0) return
      tellChildren(self, 'traverse')
      tellChildren(self, 'terminate')
    } else if (message[0] === 'grant') state.granted |= 1 << message[1]
    else if (message[0] === 'ended' && childEnded(state, message[1]) && state.from !== undefined)
      reply(state.from, { spawns: state.spawns, messages: state.handled, checksum: state.checksum })
  },
})

/** Makes room for the children of one node, and says the number of the first. */
function grow(state: RootState, height: number): number {
  const first = state.size
  state.size += state.sizes.children
  state.quiet += state.sizes.children
  state.height = Math.max(state.height, height)
  return first
}

/**
 * A tree that grows by chance: each node asks the root whether it may have children. The root's children are spread, each with all that is below it.
 * In what order they ask is decided by scheduling, and with it the form of the tree, but not how many nodes there are nor how much work they have.
 * Three things differ from the suite: the tree is traversed when all nodes have asked and not while some still grow; each node tells its parent when
 * it has ended (not counted); and the work is so many numbers of the generator, where the suite has loops that a compiler removes.
 */
export const unbalancedCobwebbedTree = program<Sizes>({
  number: 20,
  name: 'unbalanced-cobwebbed-tree',
  sizes: { nodes: 200_000, averageWork: 500, workDeviation: 100, children: 10, urgentPercent: 50 },
  quick: { nodes: 2_000, averageWork: 50, workDeviation: 20, children: 10, urgentPercent: 50 },
  main: Root,
  expected: (sizes) => {
    const { nodes, children } = sizes
    const random = new Random(2)
    const families = [drawFamily(random, sizes, false)]
    for (let asked = 0; asked < families.length * children; asked++)
      if (1 + (families.length + 1) * children <= nodes && random.below(2) === 1)
        families.push(drawFamily(random, sizes, true))
    const spawns = families.length * children
    let checksum = 0
    for (let number = 1; number <= spawns; number++) checksum += tries(number)
    for (const { work, urgent } of families) checksum += children * works(work, false) + (urgent === -1 ? 0 : 1)
    return { spawns, messages: 4 * spawns + 2 * (families.length - 1), checksum }
  },
})
