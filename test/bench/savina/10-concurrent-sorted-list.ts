import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'workers' | 'messages' | 'writePercent' | 'sizePercent', number>>

interface Node {
  readonly value: number
  next: Node | undefined
}

/**
 * A linked list, as in the suite: all that it does walks along it. A new value is added to a copy of what stands before it, as Erlang's lists are
 * made. That leaves neighbours beside each other in memory: walking along a list that is changed in place takes twice as long.
 */
class SortedLinkedList {
  #first: Node | undefined = undefined

  add(value: number): void {
    const head: Node = { value: 0, next: undefined }
    let last = head
    let after = this.#first
    for (; after !== undefined && value >= after.value; after = after.next)
      last = last.next = { value: after.value, next: undefined }
    last.next = { value, next: after }
    this.#first = head.next
  }

  /** Walks to the end, as in the suite, though a greater value would be reason to stop. */
  contains(value: number): boolean {
    for (let node = this.#first; node !== undefined; node = node.next) if (node.value === value) return true
    return false
  }

  get size(): number {
    let size = 0
    for (let node = this.#first; node !== undefined; node = node.next) size++
    return size
  }

  /** A number that other values, or another order, would hardly have. */
  get digest(): number {
    let digest = 0
    for (let node = this.#first; node !== undefined; node = node.next) digest = digested(digest, node.value)
    return digest
  }
}

const digested = (digest: number, value: number): number => (digest * 31 + value) % 2_147_483_647

interface ListProtocol {
  calls: { count: () => { readonly digest: number; readonly handled: number } }
  casts: {
    write: (from: Pid, value: number) => void
    contains: (from: Pid, value: number) => void
    size: (from: Pid) => void
  }
}

/** Owns a list, and answers with a number. */
export const SortedList: Server<[], ListProtocol> = defineServer(import.meta, 'SortedList', {
  init: () => ({ list: new SortedLinkedList(), handled: 0 }),
  casts: {
    write: (self, from: Pid, value: number) => {
      self.state.handled++
      self.state.list.add(value)
      self.send(from, value)
    },
    contains: (self, from: Pid, value: number) => {
      self.state.handled++
      self.send(from, self.state.list.contains(value) ? 1 : 0)
    },
    size: (self, from: Pid) => {
      self.state.handled++
      self.send(from, self.state.list.size)
    },
  },
  calls: {
    count: ({ state: { list, handled } }) => ({ digest: list.digest, handled }),
  },
})

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { ended: (handled: number) => void }
}

interface WorkerState {
  readonly main: ActorRef<MainProtocol>
  readonly list: ActorRef<ListProtocol>
  readonly random: Random
  readonly writePercent: number
  readonly sizePercent: number
  /** Requests that it has still to make. */
  left: number
  handled: number
}

/** Makes one request after the other. */
export const Worker: Server<
  [main: ActorRef<MainProtocol>, list: ActorRef<ListProtocol>, id: number, sizes: Sizes],
  { calls: object; casts: { work: () => void } }
> = defineServer(import.meta, 'Worker', {
  init: (
    _self,
    main: ActorRef<MainProtocol>,
    list: ActorRef<ListProtocol>,
    id: number,
    { messages, writePercent, sizePercent }: Sizes,
  ): WorkerState => ({
    main,
    list,
    random: new Random(id + messages + writePercent + sizePercent),
    writePercent,
    sizePercent,
    left: messages,
    handled: 0,
  }),
  casts: { work: next },
  info: next,
})

function next({ pid, state }: ServerSelf<WorkerState>): ReturnType<typeof stop> | undefined {
  const { main, list, random, writePercent, sizePercent } = state
  state.handled++
  if (state.left-- === 0) {
    main.cast.ended(state.handled)
    return stop()
  }
  const kind = random.below(100)
  if (kind < sizePercent) list.cast.size(pid)
  else if (kind < sizePercent + writePercent) list.cast.write(pid, random.next())
  else list.cast.contains(pid, random.next())
  return undefined
}

interface MainState {
  from: From<Outcome> | undefined
  list: ActorRef<ListProtocol> | undefined
  workers: number
  ended: number
  handled: number
}

/**
 * What the list answers, only the order of events decides; what it holds in the end, it does not: its digest is the checksum. Over threads, the list
 * and the workers are spread.
 */
export const ConcurrentSortedList: Server<[], MainProtocol> = defineServer(import.meta, 'ConcurrentSortedList', {
  init: (): MainState => ({ from: undefined, list: undefined, workers: 0, ended: 0, handled: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      const main = self.ref(ConcurrentSortedList, self.pid)
      const list = await self.startLink(SortedList, [], { isolation })
      const workers = await Promise.all(
        Array.from({ length: sizes.workers }, (_, id) =>
          self.startLink(Worker, [main, list, id, sizes], { isolation }),
        ),
      )
      state.list = list
      state.workers = workers.length
      for (const worker of workers) worker.cast.work()
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    ended: async ({ state }, handled: number) => {
      state.handled += handled + 1
      const { list, from, workers } = state
      if (++state.ended < workers || list === undefined || from === undefined) return
      const last = await list.call.count()
      reply(from, { spawns: workers + 1, messages: state.handled + last.handled, checksum: last.digest })
    },
  },
})

export const concurrentSortedList = program<Sizes>({
  number: 10,
  name: 'concurrent-sorted-list',
  sizes: { workers: 20, messages: 8_000, writePercent: 10, sizePercent: 1 },
  quick: { workers: 20, messages: 150, writePercent: 10, sizePercent: 1 },
  main: ConcurrentSortedList,
  expected: ({ workers, messages, writePercent, sizePercent }) => {
    const written: number[] = []
    for (let id = 0; id < workers; id++) {
      const random = new Random(id + messages + writePercent + sizePercent)
      for (let sent = 0; sent < messages; sent++) {
        const kind = random.below(100)
        if (kind < sizePercent) continue
        const value = random.next()
        if (kind < sizePercent + writePercent) written.push(value)
      }
    }
    return {
      spawns: workers + 1,
      messages: workers * (1 + 2 * messages + 1),
      checksum: written.toSorted((a, b) => a - b).reduce(digested, 0),
    }
  },
})
